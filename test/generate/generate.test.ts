import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workspace } from '../../src/engine/workspace.js';
import { padded } from '../../src/generate/draws.js';
import { generate } from '../../src/generate/generate.js';
import { silent } from '../../src/kernel/log.js';
import { sql } from '../../src/kernel/sql.js';
import { type Business, csv, hashes, makeBusiness, ndjson, refused } from './business.js';

describe('a business of 3,000 customers', () => {
  let business: Business;
  let people: ReturnType<typeof sql>;
  beforeAll(async () => {
    business = await makeBusiness({ customers: 3000, products: 1500, orders: 4000, itemsPerOrder: 2.5 });
    people = sql`(SELECT "Email Address" AS email, "Town" AS town, "County" AS county, "Postal Code" AS code
        FROM ${csv(business, 'crm/customers.csv')} UNION ALL
      SELECT email, address.city, address.county, address.postal_code FROM ${ndjson(business, 'shop/customers.ndjson')})`;
  });
  afterAll(() => business.close());
  const rows = <Row extends object>(query: ReturnType<typeof sql>) => business.workspace.rows<Row>(query);

  test('gives exactly as many golden rows as asked for', () => {
    expect(business.result.truth.golden).toEqual({
      customers: 3000,
      products: 1500,
      orders: 4000,
      order_items: 10_000,
    });
  });

  test('tells of every file and entity how each record ends', () => {
    for (const line of business.result.truth.ledger) {
      expect(line.read, line.file).toBe(line.accepted + line.rejected + line.filtered + line.repeated);
      expect(line.rejected).toBe(line.rejects.reduce((sum, { records }) => sum + records, 0));
      expect(line.rejected, `${line.file} has refused records`).toBeGreaterThan(0);
      expect(line.repeated, `${line.file} has repeated records`).toBeGreaterThan(0);
    }
  });

  test('counts as read what stands in the files', () => {
    for (const { file, entity, read } of business.result.truth.ledger) {
      const lines = readFileSync(join(business.dir, file), 'utf8').trimEnd().split('\n');
      if (file.endsWith('.csv')) expect(lines.length - 1, file).toBe(read);
      else if (entity !== 'order_items') expect(lines.length, file).toBe(read);
    }
  });

  test('knows each person by an address at an example domain that nobody else has', async () => {
    const [odd] = await rows<{ odd: number }>(
      sql`SELECT count(*) AS odd FROM ${people} WHERE email <> '' AND NOT contains(email, '(at)')
        AND NOT regexp_full_match(lower(email), '[a-z]+([._][a-z]+)?[0-9]*@example[.](com|org|net)')`,
    );
    expect(odd?.odd).toBe(0);
    const [shared] = await rows<{ shared: number }>(
      sql`SELECT count(*) AS shared FROM (SELECT lower(email) FROM (
          SELECT "Email Address" AS email, "Full Name" AS name FROM ${csv(business, 'crm/customers.csv')}
          UNION ALL SELECT email, first_name || ' ' || last_name FROM ${ndjson(business, 'shop/customers.ndjson')})
        WHERE email <> '' GROUP BY lower(email) HAVING count(DISTINCT lower(name)) > 1)`,
    );
    expect(shared?.shared).toBe(0);
  });

  test('joins into as many people as asked for by e-mail and phone', async () => {
    // Whoever is left is one person by a shared number or address; the counter's telephone is nobody's.
    const [found] = await rows<{ people: number }>(sql`
      WITH records AS (
        SELECT DISTINCT 'crm' || "Customer ID" AS id, lower("Email Address") AS email, "Mobile" AS phone
          FROM ${csv(business, 'crm/customers.csv')} WHERE "Customer ID" <> '' AND "Customer ID" NOT IN ${refused(business, 'crm', 'customers')}
        UNION ALL SELECT 'shop' || id, lower(email), phone FROM ${ndjson(business, 'shop/customers.ndjson')} WHERE email IS NOT NULL),
      clean AS (SELECT id, CASE WHEN contains(email, '(at)') THEN NULL ELSE nullif(email, '') END AS email,
        CASE WHEN phone LIKE '%X%' OR phone IN ('', '020 2220110') THEN NULL ELSE right(regexp_replace(phone, '[^0-9]', '', 'g'), 9) END AS phone FROM records)
      SELECT count(*) - (SELECT count(*) FROM clean b WHERE EXISTS (FROM clean a WHERE a.id < b.id
        AND (a.email = b.email OR a.phone = b.phone))) AS people FROM clean`);
    expect(found?.people).toBe(3000);
  });

  test('puts every town in its county, with the postal code of the town', async () => {
    const places = await rows<{ town: string; counties: number }>(
      sql`SELECT town, count(DISTINCT county) AS counties FROM ${people} GROUP BY town HAVING counties > 1`,
    );
    expect(places).toEqual([]);
    const [nairobi] = await rows<{ towns: number; codes: number }>(
      sql`SELECT count(DISTINCT town) AS towns, count(*) FILTER (NOT regexp_full_match(code, '00[1-9][0-9]{2}')) AS codes
        FROM ${people} WHERE county = 'Nairobi'`,
    );
    expect(nairobi).toEqual({ towns: 1, codes: 0 });
    const [all] = await rows<{ counties: number }>(
      sql`SELECT count(DISTINCT county) AS counties FROM ${people}`,
    );
    expect(all?.counties).toBe(47);
  });

  test('names people as their county does', async () => {
    const [homes] = await rows<{ home: number; away: number }>(
      sql`SELECT count(*) FILTER (county IN ('Kisumu', 'Siaya', 'Homa Bay', 'Migori', 'Nairobi')) AS home, count(*) AS away
        FROM (SELECT "County" AS county, "Full Name" AS name FROM ${csv(business, 'crm/customers.csv')})
        WHERE split_part(name, ' ', 2) IN ('Otieno', 'Odhiambo', 'Ochieng', 'Achieng', 'Akinyi')`,
    );
    expect(homes?.away).toBeGreaterThan(30);
    expect((homes?.home ?? 0) / (homes?.away ?? 1)).toBeGreaterThan(0.7);
  });

  test('sells every product under a name and number of its own', async () => {
    const [found] = await rows<{ skus: number; names: number }>(
      sql`SELECT count(DISTINCT sku) AS skus, count(DISTINCT name) AS names FROM (
        SELECT "SKU" AS sku, "Product" AS name FROM ${csv(business, 'catalogue/products.csv', ';')}
          WHERE "SKU" NOT IN ${refused(business, 'catalogue', 'products')} AND NOT contains("Product", chr(0))
        UNION SELECT sku, title FROM ${ndjson(business, 'shop/products.ndjson')} WHERE id::VARCHAR NOT IN ${refused(business, 'shop_products', 'products')})`,
    );
    expect(found).toEqual({ skus: 1500, names: 1500 });
  });

  test('writes subtotals and totals that hold, but for the orders that are to be refused', async () => {
    const [till] = await rows<{ lines: number; totals: number }>(sql`
      WITH items AS (SELECT *, "Amount"::DECIMAL(18,2) AS net FROM ${csv(business, 'pos/order_items.csv')}
        WHERE "Receipt No" || '|' || "Line" NOT IN ${refused(business, 'pos_items', 'order_items')}),
      sums AS (SELECT "Receipt No", sum(net) AS net FROM items GROUP BY ALL)
      SELECT (SELECT count(*) FROM items WHERE net <> "Qty"::INT * "Unit Price"::DECIMAL(18,2) - "Discount"::DECIMAL(18,2)) AS lines,
        count(*) FILTER (s.net <> "Total KES"::DECIMAL(18,2)) AS totals
      FROM ${csv(business, 'pos/orders.csv')} o JOIN sums s USING ("Receipt No")
      WHERE "Receipt No" NOT IN ${refused(business, 'pos_orders', 'orders')}`);
    expect(till).toEqual({ lines: 0, totals: 0 });
    const [web] = await rows<{ lines: number; totals: number }>(sql`
      WITH orders AS (SELECT * FROM ${webOrders()} WHERE order_no NOT IN ${refused(business, 'shop_orders', 'orders')})
      SELECT count(*) FILTER (round(total * 100) <> round(shipping * 100) + list_sum(list_transform(lines, lambda l: round(l.subtotal * 100)))) AS totals,
        (SELECT count(*) FROM (SELECT unnest(lines) AS l FROM orders) WHERE round(l.subtotal * 100) <> round(l.quantity * l.price * 100) - round(l.discount * 100)) AS lines
      FROM orders`);
    expect(web).toEqual({ lines: 0, totals: 0 });
  });

  test('tells the sums to the cent', async () => {
    const [sum] = await rows<{ amount: string }>(sql`
      SELECT ((SELECT sum("Amount"::DECIMAL(18,2)) FROM ${csv(business, 'pos/order_items.csv')}
          WHERE "Receipt No" NOT LIKE 'T%' AND "Receipt No" || '|' || "Line" NOT IN ${refused(business, 'pos_items', 'order_items')})
        + (SELECT sum(l.subtotal::DECIMAL(18,2)) FROM (SELECT unnest(lines) AS l FROM ${webOrders()}
            WHERE order_no NOT IN ${refused(business, 'shop_orders', 'orders')})))::DECIMAL(18,2)::VARCHAR AS amount`);
    const told = business.result.truth.amounts.find(({ measure }) => measure === 'order_items.subtotal');
    expect(sum?.amount).toBe(told?.amount);
  });

  test('refers only to customers and products that are accepted, but for the orders that are to be refused', async () => {
    const [lost] = await rows<{ customers: number; products: number }>(sql`
      WITH good AS (SELECT "SKU" AS sku FROM ${csv(business, 'catalogue/products.csv', ';')} WHERE "SKU" NOT IN ${refused(business, 'catalogue', 'products')}
        UNION SELECT sku FROM ${ndjson(business, 'shop/products.ndjson')} WHERE id::VARCHAR NOT IN ${refused(business, 'shop_products', 'products')}),
      bought AS (SELECT "SKU" AS sku FROM ${csv(business, 'pos/order_items.csv')}
          WHERE "Receipt No" NOT LIKE 'T%' AND "Receipt No" || '|' || "Line" NOT IN ${refused(business, 'pos_items', 'order_items')}
        UNION SELECT unnest(lines).sku FROM ${webOrders()} WHERE order_no NOT IN ${refused(business, 'shop_orders', 'orders')})
      SELECT (SELECT count(*) FROM bought ANTI JOIN good USING (sku)) AS products,
        (SELECT count(*) FROM ${csv(business, 'pos/orders.csv')} o ANTI JOIN
          (SELECT * FROM ${csv(business, 'crm/customers.csv')} WHERE "Customer ID" NOT IN ${refused(business, 'crm', 'customers')}) c ON c."Customer ID" = o."Customer No"
          WHERE "Receipt No" NOT LIKE 'T%' AND "Receipt No" NOT IN ${refused(business, 'pos_orders', 'orders')})
        + (SELECT count(*) FROM ${webOrders()} o ANTI JOIN
          (SELECT * FROM ${ndjson(business, 'shop/customers.ndjson')} WHERE email IS NOT NULL) c ON c.id = o.customer.id) AS customers`);
    expect(lost).toEqual({ customers: 0, products: 0 });
  });

  test('sells most in December', async () => {
    const months = await rows<{ month: number }>(sql`SELECT month(strptime("Date", '%d/%m/%Y')) AS month
      FROM ${csv(business, 'pos/orders.csv')} WHERE "Date" NOT LIKE '31/02/%' AND "Receipt No" NOT LIKE 'T%' GROUP BY ALL ORDER BY count(*) DESC`);
    expect(Number(months[0]?.month)).toBe(12);
  });

  test('sells most at the end of a month, and before the feasts', async () => {
    const [found] = await rows<{ payday: number; usual: number }>(sql`
      WITH days AS (SELECT strptime("Date", '%d/%m/%Y')::DATE AS day, count(*) AS orders FROM ${csv(business, 'pos/orders.csv')}
        WHERE "Date" NOT LIKE '31/02/%' AND "Receipt No" NOT LIKE 'T%' GROUP BY ALL)
      SELECT avg(orders) FILTER (day >= last_day(day) - 4) AS payday, avg(orders) FILTER (day(day) BETWEEN 8 AND 24) AS usual FROM days`);
    expect((found?.payday ?? 0) / (found?.usual ?? 1)).toBeGreaterThan(1.2);
  });

  test('sells over the counter by day, and on the web until midnight', async () => {
    const [hours] = await rows<{ till: string; web: string }>(sql`SELECT
      (SELECT min("Time") || '-' || max("Time") FROM ${csv(business, 'pos/orders.csv')} WHERE "Receipt No" NOT LIKE 'T%') AS till,
      (SELECT max(strftime(placed_at::TIMESTAMP + INTERVAL 3 HOUR, '%H')) FROM ${webOrders()}) AS web`);
    expect(hours?.till).toMatch(/^08:\d\d-19:\d\d$/);
    expect(hours?.web).toBe('23');
  });

  function webOrders() {
    return ndjson(business, 'shop/orders.ndjson', 'order_no');
  }
});

test('a number that outgrows its zeros stays whole', async () => {
  const workspace = await Workspace.open({ dir: mkdtempSync(join(tmpdir(), 'pamoja-generate-')) });
  const numbers = sql`(VALUES (7), (999999), (1000000), (1000001)) numbers(n)`;
  const keys = await workspace.rows<{ key: string }>(
    sql`SELECT ${padded(sql`n`, 6)} AS key FROM ${numbers} ORDER BY n`,
  );
  expect(keys.map(({ key }) => key)).toEqual(['000007', '999999', '1000000', '1000001']);
  workspace.close();
});

describe('the same business', () => {
  const small = { customers: 400, products: 300, orders: 500, itemsPerOrder: 2 };

  test('comes again byte for byte from the same seed, on one thread or two', async () => {
    const [one, two] = [
      await makeBusiness({ ...small, threads: 1 }),
      await makeBusiness({ ...small, threads: 2, memoryMb: 700 }),
    ];
    expect(hashes(two)).toEqual(hashes(one));
    one.close();
    two.close();
  });

  test('comes as a workbook byte for byte again, too', async () => {
    const sheet = { ...small, crm: 'xlsx', walkIns: 0.2, returns: 0.1 } as const;
    const [one, two] = [
      await makeBusiness({ ...sheet, threads: 1 }),
      await makeBusiness({ ...sheet, threads: 2 }),
    ];
    expect(hashes(two)).toEqual(hashes(one));
    expect(Object.keys(hashes(one))).toContain('crm/customers.xlsx');
    one.close();
    two.close();
  });

  test('differs in every file under another seed', async () => {
    const [one, two] = [await makeBusiness(small), await makeBusiness({ ...small, seed: 2 })];
    const [first, second] = [hashes(one), hashes(two)];
    for (const file of Object.keys(first)) expect(second[file], file).not.toBe(first[file]);
    one.close();
    two.close();
  });

  test('has no dirt where none is wanted', async () => {
    const clean = await makeBusiness({ ...small, dirt: 0 });
    for (const line of clean.result.truth.ledger) expect(line.accepted, line.file).toBe(line.read);
    clean.close();
  });

  test('may be as small as ten of each', async () => {
    const tiny = await makeBusiness({ customers: 10, products: 10 });
    expect(tiny.result.truth.golden).toEqual({ customers: 10, products: 10, orders: 10, order_items: 10 });
    expect(tiny.result.truth.ledger.every(({ accepted }) => accepted > 0)).toBe(true);
    tiny.close();
  });
});

describe('the folder', () => {
  const made = (options: object) => generate({ dir, customers: 10, products: 10, ...options });
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'pamoja-generate-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('keeps a file that the generator did not make', async () => {
    const path = join(dir, 'truth.json');
    writeFileSync(path, '{"mine": true}');
    await expect(made({})).rejects.toMatchObject({ code: 'PAM-CLI-002' });
    expect(readFileSync(path, 'utf8')).toBe('{"mine": true}');
    rmSync(path);
  });

  test('is written over where the generator made it, but never its configuration', async () => {
    expect((await made({})).config).toBe(true);
    writeFileSync(join(dir, 'pamoja.config.yaml'), 'name: mine\n');
    const again = await made({ seed: 5 });
    expect(again.config).toBe(false);
    expect(readFileSync(join(dir, 'pamoja.config.yaml'), 'utf8')).toBe('name: mine\n');
    rmSync(join(dir, 'pamoja.config.yaml'));
    // One that nobody changed follows what the business is made of.
    await made({});
    expect((await made({ crm: 'xlsx' })).config).toBe(true);
    expect(readFileSync(join(dir, 'pamoja.config.yaml'), 'utf8')).toContain('type: excel');
    expect(existsSync(join(dir, 'crm/customers.csv'))).toBe(true);
  });

  test.each([
    { customers: 0 },
    { customers: 1.5 },
    { products: -3 },
    { orders: Number.NaN },
    { itemsPerOrder: 0.5 },
    { dirt: 2 },
    { seed: -1 },
    { until: '2026-02-30' },
    { walkIns: 1 },
    { returns: 0.5 },
    { customers: 1_000_001, crm: 'xlsx' },
    { crm: 'xls' as 'xlsx' },
    { dirt: '0.1' as unknown as number },
    { threads: 0 },
    { memoryMb: -5 },
  ])('stays empty when asked for %o', async (options) => {
    await expect(made(options)).rejects.toMatchObject({ code: 'PAM-GEN-001' });
  });
});

test('two that make files in one folder at once would mix them, so the second is refused', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pamoja-two-'));
  let second: Promise<unknown> | undefined;
  const step = () => {
    second ??= generate({ dir, customers: 20 }).catch((error) => error);
  };
  const first = await generate({ dir, customers: 10, threads: 1, log: { ...silent, step } });
  expect(await second).toMatchObject({ code: 'PAM-GEN-001', next: expect.stringMatching(/^Wait/) });
  expect(JSON.parse(readFileSync(join(dir, 'truth.json'), 'utf8')).golden).toEqual(first.truth.golden);
  expect((await generate({ dir, customers: 20, threads: 1 })).truth.golden.customers).toBe(20);
  rmSync(dir, { recursive: true });
});
