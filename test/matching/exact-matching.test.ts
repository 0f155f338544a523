import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Workspace } from '../../src/engine/workspace.js';
import { sql } from '../../src/kernel/sql.js';
import type { ProjectConfig } from '../../src/model/config.js';
import { openTestProject, type TestProject } from '../support/project.js';

let shop: TestProject;
beforeEach(async () => {
  shop = await openTestProject();
});
afterEach(() => shop.close());

const source = (path: string): ProjectConfig['sources'][string] => ({
  type: 'csv',
  path,
  entities: {
    customers: {
      key: 'id',
      fields: {
        first_name: 'first',
        last_name: 'last',
        email: 'email',
        phone: 'phone',
        city: 'city',
        updated_at: 'updated',
      },
    },
  },
});

const TWO: ProjectConfig = { sources: { crm: source('a.csv'), web: source('b.csv') } };
const HEADER = 'id,first,last,email,phone,city,updated';

/** Keys of source records, grouped by golden row. */
async function groups(): Promise<string[]> {
  const rows = await shop.query<{
    keys: string;
  }>(`SELECT string_agg(source || ' ' || key, ', ' ORDER BY source, key) AS keys
    FROM pamoja.links WHERE entity = 'customers' AND NOT deleted GROUP BY id ORDER BY 1`);
  return rows.map((row) => row.keys);
}

async function integrate(a: string[], b: string[]): Promise<string[]> {
  shop.write({ 'a.csv': [HEADER, ...a, ''].join('\n'), 'b.csv': [HEADER, ...b, ''].join('\n') });
  const result = await shop.run(TWO);
  expect(result.ledger.every((line) => line.balanced)).toBe(true);
  return groups();
}

describe('exact matching', () => {
  test('joins by e-mail in any case, and by phone in any format', async () => {
    const joined = await integrate(
      ['1,Jane,Mwangi,Jane@Example.com,,Nairobi,', '2,Peter,Kimani,,0712 345 678,,'],
      ['x,Jane,Mwangi,jane@example.com,,,', 'y,Peter,Kimani,,+254712345678,,'],
    );
    expect(joined).toEqual(['crm 1, web x', 'crm 2, web y']);
  });

  test('a chain through e-mail and phone is one person', async () => {
    const joined = await integrate(
      ['1,Jane,Mwangi,jane@example.com,,,'],
      ['x,Jane,Mwangi,jane@example.com,0712345678,,', 'y,Mwangi,Jane,,0712345678,,'],
    );
    expect(joined).toEqual(['crm 1, web x, web y']);
  });

  test('how people are addressed is no part of their names', async () => {
    const joined = await integrate(
      [
        '1,Mr. Otieno,James,otieno@example.com,,,',
        '2,Mrs,Kamau,kamau@example.com,,,',
        '3,Prof. Dr. Jane,Mwangi,jane@example.com,,,',
        '4,Honorine,Achieng,honorine@example.com,,,',
        '5,,"Kamau, Mrs. Esther",esther@example.com,,,',
        '6,Mr,,someone@example.com,,,',
        "7,Brian,Nyong'o,brian@example.com,,,",
      ],
      [
        'w,James,Otieno,otieno@example.com,,,',
        'x,Wanjiru,Kamau,kamau@example.com,,,',
        'y,Jane Mwangi,Eng.,jane@example.com,,,',
        'z,Orine,Achieng,honorine@example.com,,,',
        's,Esther,Kamau,esther@example.com,,,',
        't,Some,One,someone@example.com,,,',
        'u,Brian,Nyongʼo,brian@example.com,,,',
      ],
    );
    expect(joined).toEqual([
      'crm 1, web w',
      'crm 2, web x',
      'crm 3, web y',
      'crm 4',
      'crm 5, web s',
      'crm 6, web t',
      'crm 7, web u',
      'web z',
    ]);
  });

  test('contradicting names keep a shared address apart', async () => {
    const joined = await integrate(
      ['1,Jane,Mwangi,home@example.com,,,'],
      ['x,Peter,Mwangi,home@example.com,,,'],
    );
    expect(joined).toEqual(['crm 1', 'web x']);
  });

  test('an address that carries many names joins nobody, not even equal names', async () => {
    const joined = await integrate(
      [
        '1,Jane,Mwangi,info@example.com,,,',
        '2,Otieno,Ouma,info@example.com,,,',
        '3,Amina,Hassan,info@example.com,,,',
      ],
      ['x,Jane,Mwangi,info@example.com,,,'],
    );
    expect(joined).toEqual(['crm 1', 'crm 2', 'crm 3', 'web x']);
    const told = await shop.query(`SELECT DISTINCT rule, field FROM pamoja.findings`);
    expect(told).toEqual([{ rule: 'shared', field: 'email' }]);
  });

  test.each([
    [
      'single',
      ['Mary', 'Peter', 'Jane', 'Ali'].map((first, i) => `${i},${first},,,0712345678,,`),
      'x,Mary,,,0712345678,,',
    ],
    [
      'shortened',
      ['M.', 'P.', 'J.', 'A.'].map((first, i) => `${i},${first},Kamau,,0712345678,,`),
      'x,M.,Kamau,,0712345678,,',
    ],
  ])('an address that carries many %s names joins nobody either', async (_, many, one) => {
    expect(await integrate(many, [one])).toEqual(['crm 0', 'crm 1', 'crm 2', 'crm 3', 'web x']);
    expect(await shop.query('SELECT DISTINCT rule, field FROM pamoja.findings')).toEqual([
      { rule: 'shared', field: 'phone' },
    ]);
  });

  test('short names that mean the few who have the address do not make them many', async () => {
    const joined = await integrate(
      ['1,Mary,Kamau,home@example.com,,,', '2,Peter,Kamau,home@example.com,,,'],
      ['x,M.,Kamau,home@example.com,,,', 'y,P.,Kamau,home@example.com,,,', 'z,Mary,,home@example.com,,,'],
    );
    expect(joined).toEqual(['crm 1, web x, web z', 'crm 2, web y']);
  });

  test('a number is no initial', async () => {
    const joined = await integrate(
      ['1,Depot,1,hq@example.com,0712345678,,', '2,Depot,10,hq@example.com,,,'],
      ['x,Depot,12,,0712345678,,'],
    );
    expect(joined).toEqual(['crm 1', 'crm 2', 'web x']);
  });

  test('what joins across sources only does not join two of one source by a third', async () => {
    const catalogue = (path: string): ProjectConfig['sources'][string] => ({
      type: 'csv',
      path,
      entities: {
        products: { key: 'no', fields: { product_name: 'name', sku: 'sku', gtin: 'gtin', price: 'price' } },
      },
    });
    shop.write({
      'a.csv': 'no,name,sku,gtin,price\nP1,Milk,S1,,10\nP2,Milk in a box,,4006381333931,55\nP3,Tea,S3,,20\n',
      'b.csv': 'no,name,sku,gtin,price\nX1,Milk,S1,4006381333931,10\nX3,Tea,S3,,20\n',
    });
    const identifiers = ['sku', 'gtin'].map((field) => ({ field, within: false }));
    const config: ProjectConfig = { sources: { a: catalogue('a.csv'), b: catalogue('b.csv') } };
    await shop.run({ ...config, entities: { products: { identifiers } } });
    const rows = await shop.query<{ keys: string }>(`SELECT string_agg(key, ' ' ORDER BY key) AS keys
      FROM pamoja.links WHERE entity = 'products' GROUP BY id ORDER BY 1`);
    expect(rows.map(({ keys }) => keys)).toEqual(['P1 X1', 'P2', 'P3 X3']);
    expect(await shop.query('SELECT DISTINCT rule FROM pamoja.findings')).toEqual([{ rule: 'shared' }]);
  });

  test('an initial or a missing name joins where it can mean one person only', async () => {
    const joined = await integrate(
      [
        '1,Jane,Mwangi,jane@example.com,,,',
        '2,John,Otieno,otieno@example.com,,,',
        '3,Judith,Otieno,otieno@example.com,,,',
      ],
      ['x,J.,Mwangi,jane@example.com,,,', 'y,J.,Otieno,otieno@example.com,,,', 'z,,,jane@example.com,,,'],
    );
    expect(joined).toEqual(['crm 1, web x, web z', 'crm 2', 'crm 3', 'web y']);
  });

  test('a part of a name joins where each word of it is one of the whole, or its first letter', async () => {
    const joined = await integrate(
      [
        '1,Mary Wanjiku,Njoroge,mary@example.com,,,',
        '2,John,Muthoni,john@example.com,,,',
        '3,Amina,,amina@example.com,,,',
        '4,Mary,Njoroge,family@example.com,,,',
      ],
      [
        'x,M.,Njoroge,mary@example.com,,,',
        'w,N.,Njoroge,family@example.com,,,',
        'y,J.,Mwangi,john@example.com,,,',
        'z,Amina,Hassan,amina@example.com,,,',
      ],
    );
    expect(joined).toEqual(['crm 1, web x', 'crm 2', 'crm 3, web z', 'crm 4', 'web w', 'web y']);
  });

  test('a full name joins a longer one that begins alike and has all its words', async () => {
    const joined = await integrate(
      [
        '1,Peter Mwangi,Kamau,peter@example.com,,,',
        '2,John Q.,Smith,john@example.com,,,',
        '3,Hassan,Ali,home@example.com,,,',
        '4,Grace,Wambui,grace@example.com,,,',
        '5,Jane Achieng,Otieno,jane@example.com,,,',
        '6,Jane Akinyi,Otieno,jane@example.com,,,',
        '7,Ali Said,Noor,ali@example.com,,,',
      ],
      [
        'u,Peter,Kamau,peter@example.com,,,',
        'v,John,Smith,john@example.com,,,',
        'w,Amina Hassan,Ali,home@example.com,,,',
        'x,Wambui,Grace Njeri,grace@example.com,,,',
        'y,Jane,Otieno,jane@example.com,,,',
        'z,A. Said,Noor,ali@example.com,,,',
      ],
    );
    expect(joined).toEqual([
      'crm 1, web u',
      'crm 2, web v',
      'crm 3',
      'crm 4',
      'crm 5',
      'crm 6',
      'crm 7, web z',
      'web w',
      'web x',
      'web y',
    ]);
  });

  test('longer and longer names are one person, and make no many', async () => {
    const joined = await integrate(
      ['1,Jane,Otieno,jane@example.com,,,', '2,Jane A.,Otieno,jane@example.com,,,'],
      ['x,Jane Achieng,Otieno,jane@example.com,0712345678,,', 'y,Jane Achieng Mary,Otieno,,0712345678,,'],
    );
    expect(joined).toEqual(['crm 1, crm 2, web x, web y']);
  });

  test('a nameless record does not join a father and his daughter', async () => {
    const joined = await integrate(
      ['1,Hassan,Ali,home@example.com,,,', '2,Amina Hassan,Ali,,0712345678,,'],
      ['x,,,home@example.com,0712345678,,'],
    );
    expect(joined).toEqual(['crm 1', 'crm 2', 'web x']);
  });

  test('a nameless record cannot join two people with different names', async () => {
    const joined = await integrate(
      ['1,Jane,Mwangi,jane@example.com,,,', '2,Peter,Kimani,,0712345678,,'],
      ['x,,,jane@example.com,0712345678,,'],
    );
    expect(joined).toEqual(['crm 1', 'crm 2', 'web x']);
  });

  test('no record is held against every other, and a chain in any order takes few rounds', async () => {
    const statements: string[] = [];
    const everyWithEvery: string[] = [];
    const run = Workspace.prototype.run;
    const watch = vi.spyOn(Workspace.prototype, 'run').mockImplementation(async function (
      this: Workspace,
      text,
    ) {
      statements.push(text);
      const plan = /^(CREATE|INSERT)/.test(text) ? await this.rows(sql`EXPLAIN ${text}`).catch(() => []) : [];
      if (/BLOCKWISE_NL_JOIN/.test(JSON.stringify(plan))) everyWithEvery.push(text);
      return run.call(this, text);
    });
    // A person with a new e-mail or a new phone each time; the numbers of the records do not tell in which order.
    const chain = Array.from({ length: 200 }, (_, i) => {
      const phone = 712000000 + Math.floor(i / 2);
      return `${(i * 83) % 200},Jane,Mwangi,jane${Math.floor((i + 1) / 2)}@example.com,0${phone},,`;
    }).sort();
    const partial = [
      'x,Peter Mwangi,Kamau,p@example.com,,,',
      'y,Peter,Kamau,p@example.com,,,',
      'z,P.,,p@example.com,,,',
    ];
    try {
      const joined = await integrate(chain, partial);
      expect(joined.map((keys) => keys.split(', ').length)).toEqual([200, 3]);
    } finally {
      watch.mockRestore();
    }
    expect(statements.filter((text) => text.includes('labels')).length).toBeLessThan(50);
    expect(everyWithEvery).toEqual([]);
  });

  test('a masked phone identifies nobody', async () => {
    const joined = await integrate(['1,Jane,Mwangi,,0712***678,,'], ['x,Jane,Mwangi,,0712***678,,']);
    expect(joined).toEqual(['crm 1', 'web x']);
  });
});

describe('survivorship', () => {
  test('takes the first source, then the most recent; a blank never beats a value', async () => {
    await integrate(
      ['1,Jane,Mwangi,jane@example.com,,,2026-01-01', '2,Jane,Mwangi,jane@example.com,,Kisumu,2026-03-01'],
      ['x,Jane,Mwangi,jane@example.com,0712345678,Nakuru,2026-05-01'],
    );
    const [row] = await shop.query(`SELECT city, phone, updated_at FROM customers`);
    expect(row).toEqual({ city: 'Kisumu', phone: '+254712345678', updated_at: '2026-02-28 21:00:00' });
  });

  test('takes the most frequent where nothing else decides', async () => {
    await integrate(
      [
        '1,Jane,Mwangi,jane@example.com,,Thika,',
        '2,Jane,Mwangi,jane@example.com,,Nyeri,',
        '3,Jane,Mwangi,jane@example.com,,Nyeri,',
      ],
      [],
    );
    expect(await shop.query(`SELECT city FROM customers`)).toEqual([{ city: 'Nyeri' }]);
  });

  test('takes the most recent before the most frequent, also where older ones are equally old', async () => {
    await integrate(
      [
        '1,Jane,Mwangi,jane@example.com,,Thika,2026-03-01',
        '2,Jane,Mwangi,jane@example.com,,Nyeri,2026-01-01',
        '3,Jane,Mwangi,jane@example.com,,Nyeri,2026-01-01',
      ],
      [],
    );
    expect(await shop.query(`SELECT city FROM customers`)).toEqual([{ city: 'Thika' }]);
  });

  test('takes the earliest time at which a source first saw somebody, whichever it is', async () => {
    const seen = (path: string) => {
      const { entities, ...rest } = source(path);
      const { updated_at, ...fields } = entities.customers?.fields ?? {};
      return {
        ...rest,
        entities: { customers: { key: 'id', fields: { ...fields, created_at: 'updated' } } },
      };
    };
    shop.write({
      'a.csv': `${HEADER}\n1,Jane,Mwangi,jane@example.com,,,2026-03-01\n`,
      'b.csv': `${HEADER}\nx,Jane,Mwangi,jane@example.com,,,2026-01-02\n`,
    });
    await shop.run({ sources: { crm: seen('a.csv'), web: seen('b.csv') } });
    expect(await shop.query(`SELECT created_at FROM customers`)).toEqual([
      { created_at: '2026-01-01 21:00:00' },
    ]);
  });
});

describe('ids', () => {
  test('stay when a new record joins, and two rows that become one keep the smaller', async () => {
    await integrate(['1,Jane,Mwangi,jane@example.com,,,', '2,Jane,Mwangi,,0712345678,,'], []);
    expect(await groups()).toEqual(['crm 1', 'crm 2']);
    await integrate(
      ['1,Jane,Mwangi,jane@example.com,,,', '2,Jane,Mwangi,,0712345678,,'],
      ['x,Jane,Mwangi,jane@example.com,0712345678,,'],
    );
    expect(await groups()).toEqual(['crm 1, crm 2, web x']);
    expect(await shop.query('SELECT customer_id FROM customers')).toEqual([{ customer_id: 1 }]);
  });
});
