import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProject } from '../../src/config/read-config.js';
import { makeReport } from '../../src/pipeline/make-report.js';
import { runProject } from '../../src/pipeline/run-project.js';
import { pamoja } from '../cli/spawn-pamoja.js';
import { type Business, makeBusiness } from '../generate/business.js';
import { openTestDatabase, type TestDatabase } from '../support/postgres-server.js';
import { graveBarriers, HAS_BROWSER, type Look, openBrowser, openPage, overflowing } from './open-browser.js';

const HOSTILE_PRODUCT = '<img src=x onerror=alert(1)>';
const HOSTILE_CUSTOMER = '=HYPERLINK("http://x")';

const LOOKS: [string, Look][] = [
  ['desktop', { width: 1280, scheme: 'light' }],
  ['dark', { width: 1280, scheme: 'dark' }],
  ['tablet', { width: 660, scheme: 'light' }],
  ['phone', { width: 390, scheme: 'light' }],
  ['dark-phone', { width: 320, scheme: 'dark' }],
];

describe.skipIf(!HAS_BROWSER)('a report in a browser', () => {
  const shots = process.env.PAMOJA_SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'pamoja-report-'));
  let business: Business;
  let database: TestDatabase;
  let browser: Browser;
  let report: string;

  beforeAll(async () => {
    business = await makeBusiness({ customers: 150, products: 60, orders: 300, itemsPerOrder: 2, seed: 5 });
    database = await openTestDatabase();
    poison(business.dir);
    // A name with no place to break it.
    const config = join(business.dir, 'pamoja.config.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace(/^name: .*$/m, `name: ${'Duka'.repeat(40)}`));
    const env = { DATABASE_URL: database.url };
    const project = await readProject(business.dir);
    await runProject(project, { env });
    mkdirSync(shots, { recursive: true });
    report = join(shots, 'report.html');
    writeFileSync(report, (await makeReport(project, { env })).html);
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await database?.close();
    business?.close();
    if (process.env.PAMOJA_SCREENSHOTS === undefined) rmSync(shots, { recursive: true, force: true });
  });

  test('holds the hostile product, as a text', () => {
    const html = readFileSync(report, 'utf8');
    // Not the page itself, which would fill the screen of who reads the failure.
    expect(html.includes('&lt;img src=x onerror=alert(1)')).toBe(true);
    expect(html.includes('<img')).toBe(false);
  });

  test.each(LOOKS)('is silent, readable and without barriers: %s', async (name, look) => {
    const { page, noise, close } = await openPage(browser, report, look);
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
    expect(await page.locator('h1').textContent()).toContain('one database, every row accounted for.');
    expect(await overflowing(page)).toEqual([]);
    expect(noise).toEqual([]);
    expect(await graveBarriers(page)).toEqual([]);
    await close();
  });

  test('is dark where the reader wants it so, with one set of drawings', async () => {
    const backgrounds: unknown[] = [];
    for (const scheme of ['light', 'dark'] as const) {
      const { page, close } = await openPage(browser, report, { width: 1280, scheme });
      backgrounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      await close();
    }
    expect(backgrounds).toEqual(['rgb(250, 248, 244)', 'rgb(23, 20, 16)']);
  });

  test('prints, with what is folded on the screen, and light also from a dark screen', async () => {
    const { page, noise, close } = await openPage(browser, report, { width: 1280, scheme: 'dark' });
    const pdf = await page.pdf({ format: 'A4', printBackground: true });
    writeFileSync(join(shots, 'report.pdf'), pdf);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    const folded = 'document.querySelector("details table").getBoundingClientRect().height';
    expect(await page.evaluate(folded)).toBeGreaterThan(20);
    // As wide as A4 between its margins: a wider table would shrink every page, or be cut.
    await page.setViewportSize({ width: 688, height: 900 });
    expect(await overflowing(page)).toEqual([]);
    expect(noise).toEqual([]);
    await close();
  });

  test('and the name of a customer is no formula in a spreadsheet', async () => {
    mkdirSync(join(business.dir, 'insights'), { recursive: true });
    writeFileSync(
      join(business.dir, 'insights', 'people.sql'),
      '-- People\nSELECT first_name FROM customers;\n',
    );
    const { stdout, code } = await pamoja(['insights', 'people', '--csv', '--config', business.dir], {
      env: { DATABASE_URL: database.url },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/'=hyperlink/i);
    expect(stdout).not.toMatch(/^"?=/m);
  });
});

/** Every third product is called like an attack, so that charts and tables show it, and the first customer too. */
function poison(dir: string): void {
  rewrite(join(dir, 'catalogue/products.csv'), ';', (cells, line) => {
    const [sku = '', , ...others] = cells;
    return line % 3 === 1 ? [sku, HOSTILE_PRODUCT, ...others] : cells;
  });
  rewrite(join(dir, 'crm/customers.csv'), ',', (cells, line) => {
    const [id = '', , ...others] = cells;
    return line === 1 ? [id, `"${HOSTILE_CUSTOMER.replaceAll('"', '""')}"`, ...others] : cells;
  });
}

/** Rewrites the records of a CSV file that hold no quotes. */
function rewrite(path: string, delimiter: string, change: (cells: string[], line: number) => string[]): void {
  const lines = readFileSync(path, 'utf8').split('\n');
  const changed = lines.map((text, line) =>
    line === 0 || text === '' || text.includes('"')
      ? text
      : change(text.split(delimiter), line).join(delimiter),
  );
  writeFileSync(path, changed.join('\n'));
}
