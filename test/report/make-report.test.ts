import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findingOf } from '../../src/cli/terminal/render-run.js';
import type { ProjectConfig, SourceConfig } from '../../src/model/config.js';
import { personalPlaces } from '../../src/model/personal-data.js';
import { makeReport, type Report, type ReportOptions } from '../../src/pipeline/make-report.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
  shop.write(SHOP_FILES);
});
afterEach(() => shop.close());

const NOON = () => new Date('2026-11-22T09:00:00Z');

function report(config: ProjectConfig = SHOP, options: ReportOptions = {}): Promise<Report> {
  return makeReport(shop.project(config), {
    env: { DATABASE_URL: shop.database.url },
    clock: NOON,
    ...options,
  });
}

const TROUBLED = {
  ...SHOP_FILES,
  'customers.csv': `${SHOP_FILES['customers.csv']}C4,Zebedayo Kiplimo,zebedayo@example.com,zebedayo has none\n`,
  'orders.csv': `${SHOP_FILES['orders.csv']}O4,C9,2026-01-07,210.00\nO5,C1,31/13/2026,210.00\n`,
};

test('before the first run there is nothing to report, and that is said', async () => {
  await expect(report()).rejects.toMatchObject({ code: 'PAM-DB-008', next: 'Run: pamoja run' });
});

test('a run that is not known is no run', async () => {
  await shop.ranShop();
  await expect(report(SHOP, { run: 'yesterday' })).rejects.toMatchObject({ code: 'PAM-CLI-001' });
});

test('the report begins with the finding, as a page and as Markdown', async () => {
  await shop.ranShop();
  const { title, html, markdown, outcome } = await report();
  expect(outcome).toBe('published');
  expect(title).toBe('Four sources, one database, every row accounted for.');
  expect(html).toContain(`<h1>${title}</h1>`);
  expect(markdown).toContain(`# ${title}`);
  expect(html).toContain('Nothing was refused');
});

test('the same state told at the same time gives the same bytes', async () => {
  shop.write(TROUBLED);
  await shop.run(SHOP);
  const [first, second] = [await report(), await report()];
  expect(second).toEqual(first);
});

test('a second run is compared with the first', async () => {
  await shop.ranShop();
  shop.write({ 'customers.csv': SHOP_FILES['customers.csv'].replace('otieno@', 'ouma@') });
  await shop.run(SHOP);
  expect((await report()).html).toContain('Since the last run: 1 row updated');
  await shop.run(SHOP);
  const { html, title } = await report();
  expect(title).toBe('Nothing changed: the database is still what its four sources say.');
  expect(html).toContain('Nothing changed since the last run');
  shop.write({ 'orders.csv': TROUBLED['orders.csv'] });
  const refusing = await shop.run(SHOP);
  const anew = 'No row changed, and 2 records are newly refused or waiting.';
  expect(findingOf(refusing)).toBe(anew);
  expect((await report()).title).toBe(anew);
  expect(findingOf(await shop.run(SHOP, { full: true }))).toContain('Nothing changed');
});

test('the money is that of the database, also where a run brought little of it', async () => {
  await shop.ranShop();
  shop.write({
    'orders.csv': 'no,customer,date,total\nO2,C2,2026-01-06,2710.00\n',
    'lines.csv': 'no,sku,qty,price\nO2,P1,1,210.00\nO2,P2,1,"2,500.00"\n',
  });
  const kept = { ...SHOP, maxVanished: 1 };
  await shop.run(kept);
  const { markdown } = await report(kept);
  expect(markdown).toMatch(/KES 3,130\.00.*reconciled/);
  expect(markdown).toContain('3,130.00 with what was there before');
  expect(markdown).toContain('Kept: no record that this run accepted speaks of them');
});

test('an earlier run can be told of', async () => {
  const { runId } = await shop.run(SHOP);
  await shop.run(SHOP);
  const told = await report(SHOP, { run: runId });
  expect(told.runId).toBe(runId);
  expect(told.html).toContain('an earlier run');
});

test('a run that failed says what went wrong, that nothing was changed, and what to do', async () => {
  await shop.run(SHOP, { clock: () => new Date('2026-11-21T09:00:00Z') });
  shop.write({ 'orders.csv': 'no,customer,date,total\n"O1,C1,2026-01-05,420.00\n' });
  await expect(shop.run(SHOP)).rejects.toMatchObject({ code: 'PAM-SRC-004' });
  const { title, html, markdown, outcome } = await report();
  expect(outcome).toBe('failed');
  expect(title).toBe('The run failed, and nothing was changed: a quote that is opened is never closed.');
  expect(html).toContain('The database is as the run of 21 November 2026, 12:00 EAT left it.');
  expect(html).toContain('Close the quote');
  expect(markdown).toContain('**What to do:** Close the quote');
});

test('rejects say where, why, what they took along, and what to do', async () => {
  shop.write(TROUBLED);
  await shop.run(SHOP);
  const { html, markdown } = await report();
  expect(html).toContain('1 record was refused and 1 waits, for 2 causes');
  expect(html).toMatch(/orders\.csv: line 5 <code>31\/13\/2026<\/code>/);
  expect(markdown).toContain('orders.csv: line 4 `X9`');
  expect(html).toContain('What to do');
});

describe('personal data', () => {
  beforeEach(async () => {
    shop.write(TROUBLED);
    await shop.run(SHOP);
  });

  test('is in no report unless it was asked for', async () => {
    const { html, markdown } = await report();
    for (const text of [html, markdown])
      expect(text).not.toMatch(/zebedayo|kiplimo|wanjiru|otieno|amina|0712/i);
  });

  test('is there with names', async () => {
    const { html, markdown } = await report(SHOP, { names: true });
    for (const text of [html, markdown]) expect(text).toMatch(/Wanjiru/);
  });
});

test('what an insight that fails repeats of a row is in no report', async () => {
  await shop.ranShop();
  mkdirSync(join(shop.root, 'insights'));
  const text = '-- A cast that fails\nSELECT first_name::numeric AS number FROM customers ORDER BY 1;\n';
  writeFileSync(join(shop.root, 'insights', 'cast.sql'), text);
  const { html, markdown } = await report();
  for (const told of [html, markdown]) {
    expect(told).toContain('a value does not fit what its SQL makes of it (22P02)');
    expect(told).not.toMatch(/wanjiru|otieno|amina/i);
  }
});

test('the inventory of personal data lists the report', () => {
  const places = personalPlaces('public', 'pamoja', shop.project(SHOP).entities);
  expect(places.map(({ place }) => place)).toContainEqual(expect.stringContaining('report.html'));
});

test('the password of the database is in no report', async () => {
  await shop.ranShop();
  const { password } = new URL(shop.database.url);
  const { html, markdown } = await report();
  expect(password.length).toBeGreaterThan(3);
  for (const text of [html, markdown]) expect(text).not.toContain(password);
});

test('an insight that fails is told of, and the others are there', async () => {
  await shop.ranShop();
  mkdirSync(join(shop.root, 'insights'));
  writeFileSync(join(shop.root, 'insights', 'broken.sql'), '-- A broken one\nSELECT nothing FROM nowhere;\n');
  const { html, markdown } = await report();
  for (const text of [html, markdown]) {
    expect(text).toMatch(/A broken one(<\/b>|\*\*) could not be answered/);
    expect(text).toContain('Best sellers');
  }
});

test('currencies are never added up', async () => {
  shop.write({
    'orders.csv':
      'no,customer,date,total,cur\nO1,C1,2026-01-05,420.00,USD\nO2,C2,2026-01-06,2710.00,KES\nO3,C2,2026-01-06,210.00,EUR\n',
  });
  const orders = SHOP.sources.orders as SourceConfig;
  const fields = orders.entities.orders?.fields ?? {};
  const config: ProjectConfig = {
    ...SHOP,
    sources: {
      ...SHOP.sources,
      orders: { ...orders, entities: { orders: { key: 'no', fields: { ...fields, currency: 'cur' } } } },
    },
  };
  await shop.run(config);
  const { html } = await report(config);
  const figures = [...html.matchAll(/<small>(\w+)<\/small>([\d.,]+)/g)].map(([, currency, sum]) => [
    currency,
    sum,
  ]);
  expect(figures).toEqual([
    ['EUR', '210.00'],
    ['KES', '2,710.00'],
    ['USD', '420.00'],
  ]);
  expect(html).not.toContain('3,130');
  expect(html).not.toContain('3,340');
});

test('a project with one table, no amounts and an entity of its own has a report too', async () => {
  shop.write({ 'branches.csv': 'code,town\nB2,Nakuru\nB2,Nakuru\n' });
  const config: ProjectConfig = {
    name: 'branches',
    entities: {
      branches: {
        kind: 'document',
        description: 'Where we sell',
        id: 'branch_id',
        fields: { town: { type: 'text', description: 'Town' } },
      },
    },
    sources: {
      list: {
        type: 'csv',
        path: 'branches.csv',
        entities: { branches: { key: 'code', fields: { town: 'town' } } },
      },
    },
  };
  await shop.run(config);
  const { title, html } = await report(config);
  expect(title).toBe('One source, one database, every row accounted for.');
  expect(html).toContain('1 repeated word for word');
  expect(html).toContain('<b>1</b><span>branch</span>');
  expect(html).not.toContain('1 rows');
  expect(html).not.toContain('The money');
});
