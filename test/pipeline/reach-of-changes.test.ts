import { afterEach, describe, expect, test, vi } from 'vitest';
import { Workspace } from '../../src/engine/workspace.js';
import { sql } from '../../src/kernel/sql.js';
import type { EntityMapping, ProjectConfig, SourceConfig } from '../../src/model/config.js';
import { account, left } from '../support/left-by-runs.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const clock = () => new Date('2026-02-01T08:00:00Z');

/** Runs two projects over the same rounds of files, one in full; holds what they leave against each other. */
async function sameInFull(config: ProjectConfig, rounds: Record<string, string>[]): Promise<string[]> {
  const [some, all] = [await openTestProject(), await openTestProject()];
  open.push(some, all);
  const ways: string[] = [];
  for (const [round, files] of rounds.entries()) {
    some.write(files);
    all.write(files);
    const [one, other] = await Promise.all([
      some.run(config, { clock }),
      all.run(config, { clock, full: true }),
    ]);
    ways.push(one.way);
    expect(account(one), `round ${round}, ${one.way}`).toEqual(account(other));
    expect(await left(some), `round ${round}, ${one.way}`).toEqual(await left(all));
  }
  return ways;
}

/** The shop with another source in place of one of its own. */
function shopWith(name: string, source: Partial<SourceConfig>): ProjectConfig {
  return {
    ...SHOP,
    sources: { ...SHOP.sources, [name]: { ...(SHOP.sources[name] as SourceConfig), ...source } },
  };
}

describe('a change is followed as far as it reaches', () => {
  test('to the same line of before, where it stands twice now', async () => {
    const orders = (SHOP.sources.orders as SourceConfig).entities.orders as EntityMapping;
    const { total_amount, ...fields } = orders.fields;
    const config = shopWith('orders', { entities: { orders: { ...orders, fields } } });
    const ways = await sameInFull(config, [
      SHOP_FILES,
      { 'lines.csv': `${SHOP_FILES['lines.csv']}O1,P1,2,210.00\n` },
      SHOP_FILES,
    ]);
    expect(ways).toEqual(['all new', 'only changes', 'only changes']);
  });

  test('to an order that a later export repeats, grows or lets go', async () => {
    const till: SourceConfig = {
      type: 'csv',
      path: 'sales-*.csv',
      vanished: 'delete',
      entities: {
        products: { key: 'sku', fields: { product_name: 'item', sku: 'sku' } },
        orders: { key: 'no', fields: { order_date: 'date' } },
        order_items: { fields: { order_id: 'no', product_id: 'sku', quantity: 'qty', unit_price: 'price' } },
      },
    };
    const file = (...rows: string[]) => `no,date,sku,item,qty,price\n${rows.join('\n')}\n`;
    const [mug, tea] = ['1,2026-01-05,MUG,Mug,1,10', '1,2026-01-05,TEA,Tea,2,5'];
    const other = '2,2026-01-05,MUG,Mug,3,10';
    const third = '3,2026-01-06,TEA,Tea,1,5';
    await sameInFull({ currency: 'KES', sources: { till } }, [
      { 'sales-1.csv': file(mug, mug, tea, other) },
      { 'sales-2.csv': file(tea, mug, mug, third) },
      { 'sales-2.csv': file(tea, mug, mug, third, third) },
      { 'sales-2.csv': file(tea, mug, third) },
      { 'sales-1.csv': file(other) },
    ]);
    const [project] = open;
    expect(await project?.query('SELECT source_key FROM public.order_items ORDER BY 1')).toEqual(
      ['1|MUG|1', '1|TEA|1', '2|MUG|1', '3|TEA|1'].map((source_key) => ({ source_key })),
    );
  });

  test('to a line that stands four hundred times, without each being held against each', async () => {
    const held: number[] = [];
    const run = Workspace.prototype.run;
    const watch = vi.spyOn(Workspace.prototype, 'run').mockImplementation(async function (
      this: Workspace,
      text,
    ) {
      await run.call(this, text);
      const [made] = /(?<=CREATE OR REPLACE TABLE )"settled_\d+"/.exec(text) ?? [];
      if (made !== undefined) held.push(await this.count(sql`SELECT count(*) FROM ${made as never}`));
    });
    const times = (n: number) => ({
      'orders.csv': SHOP_FILES['orders.csv'].replace('420.00', `${n * 420}.00`),
      'lines.csv': `${SHOP_FILES['lines.csv']}${'O1,P1,2,210.00\n'.repeat(n - 1)}`,
    });
    const rounds = [{ ...SHOP_FILES, ...times(400) }, times(401), times(300)];
    const ways = await sameInFull(SHOP, rounds).finally(() => watch.mockRestore());
    expect(ways).toEqual(['all new', 'only changes', 'only changes']);
    expect(Math.max(...held)).toBeLessThan(1000);
  });

  test('to the lines that are left out, where the currency of their order changes', async () => {
    const { orders, lines } = SHOP.sources as Record<string, SourceConfig>;
    const [whole, part] = [
      orders?.entities.orders as EntityMapping,
      lines?.entities.order_items as EntityMapping,
    ];
    const { total_amount, ...fields } = whole.fields;
    const config = shopWith('lines', { entities: { order_items: { ...part, where: "qty <> '2'" } } });
    config.sources.orders = {
      ...(orders as SourceConfig),
      entities: { orders: { ...whole, fields: { ...fields, currency: 'currency' } } },
    };
    const sold = (currency: string) =>
      `no,customer,date,currency\nO1,C1,2026-01-05,${currency}\nO2,C2,2026-01-06,KES\n`;
    await sameInFull(config, [
      {
        ...SHOP_FILES,
        'orders.csv': sold('KES'),
        'lines.csv': `${SHOP_FILES['lines.csv']}O1,P2,1,"2,500.00"\n`,
      },
      { 'orders.csv': sold('USD') },
    ]);
  });

  test('to the order that no file gives any more, where its customer becomes another again and again', async () => {
    const { lines: _, ...sources } = SHOP.sources;
    const emails = (...domains: string[]) =>
      `id,name,email,phone\n${domains.map((one, i) => `C${i + 1},Wanjiru Kamau,w@${one}.com,\n`).join('')}`;
    const head = 'no,customer,date,total\nO1,C1,2026-01-05,\n';
    await sameInFull({ ...SHOP, sources }, [
      { ...SHOP_FILES, 'customers.csv': emails('a', 'b', 'c'), 'orders.csv': `${head}O2,C3,2026-01-06,\n` },
      { 'customers.csv': emails('a', 'b', 'b'), 'orders.csv': head },
      { 'customers.csv': emails('a', 'a', 'a') },
    ]);
  });

  test('to the order of a customer whose record is gone, while that of another system gives the row', async () => {
    const crm = SHOP.sources.crm as SourceConfig;
    const config = shopWith('crm', { vanished: 'delete' });
    Object.assign(config.sources, { web: { ...crm, path: 'web.csv' } });
    const njeri = ',Njeri Mwangi,njeri@example.com,\n';
    const ways = await sameInFull(config, [
      {
        ...SHOP_FILES,
        'customers.csv': `${SHOP_FILES['customers.csv']}C4${njeri}`,
        'web.csv': `id,name,email,phone\nW1${njeri}`,
      },
      { 'customers.csv': SHOP_FILES['customers.csv'] },
      {
        'orders.csv': `${SHOP_FILES['orders.csv']}O3,C4,2026-01-07,210.00\n`,
        'lines.csv': `${SHOP_FILES['lines.csv']}O3,P1,1,210.00\n`,
      },
    ]);
    expect(ways).toEqual(['all new', 'only changes', 'only changes']);
    expect(
      await open[0]?.query(
        `SELECT c.email FROM orders o JOIN customers c USING (customer_id) WHERE o.source_key = 'O3'`,
      ),
    ).toEqual([{ email: 'njeri@example.com' }]);
  });

  test('to the one whose value may stand once only, and now stands twice', async () => {
    const { customers } = (SHOP.sources.crm as SourceConfig).entities;
    const config = {
      ...shopWith('crm', {
        entities: {
          customers: {
            ...customers,
            fields: { ...customers?.fields, address_line1: { from: 'card', unique: true } },
          },
        },
      }),
      rejects: { maxShare: 1 },
    };
    const people = SHOP_FILES['customers.csv']
      .split('\n')
      .map((line, i) => (line === '' ? '' : `${line},${i === 0 ? 'card' : `K${i}`}`));
    await sameInFull(config, [
      { ...SHOP_FILES, 'customers.csv': people.join('\n') },
      { 'customers.csv': `${people.join('\n')}C4,Njeri Mutua,njeri@example.com,,K1\n` },
    ]);
  });

  test('to the file that gives a record first', async () => {
    const config = shopWith('crm', { path: 'customers*.csv' });
    const [one, other] = ['C1,Wanjiru Kamau,,0712 345 678', 'C1,Wanjiru Kamau,,0712345678'];
    const file = (...rows: string[]) => `${['id,name,email,phone', ...rows].join('\n')}\n`;
    await sameInFull(config, [
      { ...SHOP_FILES, 'customers.csv': file(one, 'C2,Otieno Ouma,,'), 'customers-2.csv': file(other) },
      { 'customers.csv': file(other, 'C2,Otieno Ouma,,'), 'customers-2.csv': file(one) },
    ]);
  });
});
