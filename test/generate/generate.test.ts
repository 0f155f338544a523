import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generate } from '../../src/generate/generate.js';
import { sql } from '../../src/kernel/sql.js';
import { type Business, csv, hashes, makeBusiness, ndjson } from './business.js';

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
      expect(line.read, line.file).toBe(line.accepted + line.rejected + line.repeated);
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
      sql`SELECT count(*) AS odd FROM ${people} WHERE email <> ''
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
    // Refused records have no name in the CRM or no e-mail in the shop; whoever is left is one person by a shared number or address.
    const [found] = await rows<{ people: number }>(sql`
      WITH records AS (
        SELECT 'crm' || "Customer ID" AS id, lower("Email Address") AS email, "Mobile" AS phone FROM ${csv(business, 'crm/customers.csv')} WHERE "Full Name" <> ''
        UNION ALL SELECT 'shop' || id, lower(email), phone FROM ${ndjson(business, 'shop/customers.ndjson')} WHERE email IS NOT NULL),
      clean AS (SELECT id, nullif(email, '') AS email,
        CASE WHEN phone LIKE '%X%' OR phone = '' THEN NULL ELSE right(regexp_replace(phone, '[^0-9]', '', 'g'), 9) END AS phone FROM records)
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
          WHERE "Product" <> '' AND "Price" NOT LIKE '-%'
        UNION SELECT sku, title FROM ${ndjson(business, 'shop/products.ndjson')} WHERE title IS NOT NULL AND price <> 'on request')`,
    );
    expect(found).toEqual({ skus: 1500, names: 1500 });
  });

  test('writes subtotals and totals that hold, but for the orders that are to be refused', async () => {
    const [till] = await rows<{ lines: number; totals: number }>(sql`
      WITH items AS (SELECT *, "Amount"::DECIMAL(18,2) AS net FROM ${csv(business, 'pos/order_items.csv')} WHERE "Qty" <> 'mbili'),
      sums AS (SELECT "Receipt No", sum(net) AS net FROM items GROUP BY ALL)
      SELECT (SELECT count(*) FROM items WHERE net <> "Qty"::INT * "Unit Price"::DECIMAL(18,2) - "Discount"::DECIMAL(18,2)) AS lines,
        count(*) FILTER (s.net <> "Total KES"::DECIMAL(18,2)) AS totals
      FROM ${csv(business, 'pos/orders.csv')} o JOIN sums s USING ("Receipt No")`);
    expect(till?.lines).toBe(0);
    expect(till?.totals).toBe(rejects('pos/orders.csv', 'equation:total'));
    const [web] = await rows<{ lines: number; totals: number }>(sql`
      WITH orders AS (SELECT * FROM ${ndjson(business, 'shop/orders.ndjson')} WHERE NOT list_contains(list_transform(lines, lambda l: l.quantity IS NULL), true))
      SELECT count(*) FILTER (round(total * 100) <> round(shipping * 100) + list_sum(list_transform(lines, lambda l: round(l.subtotal * 100)))) AS totals,
        (SELECT count(*) FROM (SELECT unnest(lines) AS l FROM orders) WHERE round(l.subtotal * 100) <> round(l.quantity * l.price * 100) - round(l.discount * 100)) AS lines
      FROM orders`);
    expect(web).toEqual({ lines: 0, totals: 0 });
  });

  test('tells the sums to the cent', async () => {
    const [sum] = await rows<{ amount: string }>(sql`
      SELECT ((SELECT sum("Amount"::DECIMAL(18,2)) FROM ${csv(business, 'pos/order_items.csv')} i
          WHERE "Receipt No" NOT IN (SELECT "Receipt No" FROM ${csv(business, 'pos/orders.csv')} WHERE "Date" LIKE '31/02/%')
            AND "Qty" <> 'mbili' AND "Receipt No" NOT IN (SELECT o."Receipt No" FROM ${csv(business, 'pos/orders.csv')} o
              JOIN (SELECT "Receipt No", sum("Amount"::DECIMAL(18,2)) AS s FROM ${csv(business, 'pos/order_items.csv')} GROUP BY ALL) t
                USING ("Receipt No") WHERE t.s <> o."Total KES"::DECIMAL(18,2)))
        + (SELECT sum(l.subtotal::DECIMAL(18,2)) FROM (SELECT order_date::VARCHAR AS day, unnest(lines) AS l
            FROM ${ndjson(business, 'shop/orders.ndjson')}) WHERE l.quantity IS NOT NULL AND day NOT LIKE '%-02-30'))::DECIMAL(18,2)::VARCHAR AS amount`);
    const told = business.result.truth.amounts.find(({ measure }) => measure === 'order_items.subtotal');
    expect(sum?.amount).toBe(told?.amount);
  });

  test('refers only to customers and products that are accepted', async () => {
    const [lost] = await rows<{ customers: number; products: number }>(sql`
      WITH good AS (SELECT "SKU" AS sku FROM ${csv(business, 'catalogue/products.csv', ';')} WHERE "Product" <> '' AND "Price" NOT LIKE '-%'
        UNION SELECT sku FROM ${ndjson(business, 'shop/products.ndjson')} WHERE title IS NOT NULL AND price <> 'on request'),
      bought AS (SELECT "SKU" AS sku FROM ${csv(business, 'pos/order_items.csv')} UNION
        SELECT unnest(lines).sku FROM ${ndjson(business, 'shop/orders.ndjson')})
      SELECT (SELECT count(*) FROM bought ANTI JOIN good USING (sku)) AS products,
        (SELECT count(*) FROM ${csv(business, 'pos/orders.csv')} o ANTI JOIN
          (SELECT * FROM ${csv(business, 'crm/customers.csv')} WHERE "Full Name" <> '') c ON c."Customer ID" = o."Customer No")
        + (SELECT count(*) FROM ${ndjson(business, 'shop/orders.ndjson')} o ANTI JOIN
          (SELECT * FROM ${ndjson(business, 'shop/customers.ndjson')} WHERE email IS NOT NULL) c ON c.id = o.customer.id) AS customers`);
    expect(lost).toEqual({ customers: 0, products: 0 });
  });

  test('sells most in December', async () => {
    const months = await rows<{ month: number }>(sql`SELECT month(strptime("Date", '%d/%m/%Y')) AS month
      FROM ${csv(business, 'pos/orders.csv')} WHERE "Date" NOT LIKE '31/02/%' GROUP BY ALL ORDER BY count(*) DESC`);
    expect(Number(months[0]?.month)).toBe(12);
  });

  function rejects(file: string, rule: string): number | undefined {
    const line = business.result.truth.ledger.find((each) => each.file === file);
    return line?.rejects.find((each) => each.rule === rule)?.records;
  }
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
  ])('stays empty when asked for %o', async (options) => {
    await expect(made(options)).rejects.toMatchObject({ code: 'PAM-GEN-001' });
  });
});
