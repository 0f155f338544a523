import { describe, expect, test } from 'vitest';
import { bindInsight, type ParameterValue } from '../../src/insights/bind-parameters.js';
import type { Insight } from '../../src/insights/insight.js';
import { readHeader } from '../../src/insights/read-header.js';

const SCHEMAS = { schema: 'shop', bookkeeping: 'the "books"', timezone: 'Africa/Nairobi' };

function insightOf(text: string): Insight {
  return {
    name: 'mine',
    ...readHeader(text, 'mine', 'insights/mine.sql'),
    text,
    origin: 'own',
    file: 'insights/mine.sql',
  };
}

function bind(text: string, given: Record<string, ParameterValue> = {}) {
  return bindInsight(insightOf(text), given, SCHEMAS);
}

const HEADER = '-- Mine\n-- param a: numeric = 1\n-- param b: text\n';

describe('binding', () => {
  test('makes a bound parameter of its type of every :name, however often it stands there', () => {
    const { sql, values } = bind(`${HEADER}SELECT :b, :a WHERE x > :a;`, { b: "'; DROP TABLE x" });
    expect(sql).toBe('SELECT $1::text, $2::numeric WHERE x > $2::numeric');
    expect(values).toEqual(["'; DROP TABLE x", '1']);
  });

  test.each([
    ['a cast', "SELECT '1'::int"],
    ['a text', "SELECT ':a it''s :a'"],
    ['a text with escapes', "SELECT E'\\':a'"],
    ['a quoted name', 'SELECT 1 AS ":a"'],
    ['a dollar-quoted text', 'SELECT $$ :a $$, $q$ :a $$ :a $q$'],
    ['a slice', 'SELECT (ARRAY[1, 2])[n:a] FROM t'],
    ['a time', "SELECT time '10:30'"],
  ])('leaves %s alone', (_, text) => {
    expect(bind(`${HEADER}${text}`)).toMatchObject({ sql: text, values: [] });
  });

  test('leaves comments out, and what stands in them with them', () => {
    const { sql, values } = bind(`${HEADER}SELECT 1 -- :a\n/* :b /* ' */ :a */ + :a`);
    expect(sql.replace(/\s+/g, ' ')).toBe('SELECT 1 + $1::numeric');
    expect(values).toEqual(['1']);
  });

  test('names the schemas, quoted', () => {
    expect(bind(`${HEADER}SELECT '{schema}' FROM {bookkeeping}.runs, {schema}.sales`).sql).toBe(
      `SELECT '{schema}' FROM "the ""books""".runs, "shop".sales`,
    );
  });

  test('a parameter that is not told is NULL where it has no default', () => {
    expect(bind(`${HEADER}SELECT :b`).values).toEqual([null]);
    expect(bind(`${HEADER}SELECT :a`, { a: null }).values).toEqual([null]);
  });

  test.each([
    ['integer', '20', '20'],
    ['integer', '1,000', '1000'],
    ['numeric', '12,345.50', '12345.50'],
    ['numeric', '-.5', '-.5'],
    ['date', '2024-02-29', '2024-02-29'],
    ['timestamp', '2026-10-31T18:30', '2026-10-31 18:30'],
    ['boolean', 'yes', 'true'],
    ['text', ' as it is ', ' as it is '],
  ])('a %s is read from %s', (type, typed, value) => {
    expect(bind(`-- Mine\n-- param p: ${type}\nSELECT :p`, { p: typed }).values).toEqual([value]);
  });

  test.each([
    ['integer', '2.5'],
    ['integer', '9223372036854775808'],
    ['numeric', '1e5'],
    ['numeric', 'NaN'],
    ['numeric', '1,00'],
    ['date', '2026-02-29'],
    ['date', '31/10/2026'],
    ['timestamp', '2026-10-31 25:00'],
    ['boolean', 'perhaps'],
    ['text', 'a\0b'],
  ])('a %s is not read from %s', (type, typed) => {
    const asked = () => bind(`-- Mine\n-- param p: ${type}\nSELECT :p`, { p: typed });
    expect(asked).toThrow(expect.objectContaining({ code: 'PAM-CLI-001', where: 'mine' }));
  });

  test('a mistyped parameter is told with the one that is meant', () => {
    const text = '-- Mine\n-- param min_price: numeric\nSELECT :min_price';
    expect(() => bind(text, { min_prise: 1 })).toThrow(
      expect.objectContaining({ code: 'PAM-CLI-001', next: 'Did you mean "min_price"?' }),
    );
    expect(() => bind('SELECT 1', { x: 1 })).toThrow(expect.objectContaining({ next: 'It takes none.' }));
  });

  test.each([
    ['SELECT :unknown', /names :unknown/],
    ['SELECT $1', /numbered parameter/],
    ['DELETE FROM customers', /starts with DELETE/],
    ['', /holds no SQL/],
  ])('%s is refused with the file', (text, message) => {
    try {
      bind(`${HEADER}${text}`);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'PAM-CFG-003', where: 'insights/mine.sql' });
      expect((error as Error).message).toMatch(message);
    }
  });
});

describe('the header', () => {
  test('tells title, description, parameters and chart', () => {
    const text = `-- Products by price.
-- What costs
-- how much.
--
-- param min_price: numeric = 100  Lowest price
-- param word: text = 'it''s so'
-- param since: date  First day
-- chart bar x=product y=price by=currency
SELECT 1 -- not: the header
-- param late: text`;
    expect(readHeader(text, 'x', 'x.sql')).toEqual({
      title: 'Products by price',
      description: 'What costs how much.',
      parameters: [
        { name: 'min_price', type: 'numeric', default: '100', description: 'Lowest price' },
        { name: 'word', type: 'text', default: "it's so", description: '' },
        { name: 'since', type: 'date', default: null, description: 'First day' },
      ],
      chart: { kind: 'bar', x: 'product', y: 'price', by: 'currency' },
    });
  });

  test('may be absent', () => {
    expect(readHeader('\ufeffSELECT 1', 'my-own_question', 'x.sql')).toEqual({
      title: 'My own question',
      description: '',
      parameters: [],
      chart: { kind: 'none' },
    });
  });

  test.each([
    ['-- param price = 1', 'x.sql, line 2'],
    ['-- param price: money = 1', 'x.sql, line 2'],
    ['-- param price: numeric = cheap', 'x.sql, line 2'],
    ['-- param price: numeric =', 'x.sql, line 2'],
    ['-- param a: text\n-- param a: text', 'x.sql, line 3'],
    ['-- chart pie x=a y=b', 'x.sql, line 2'],
    ['-- chart line x=a', 'x.sql, line 2'],
    ['-- chart line x=a y=b z=c', 'x.sql, line 2'],
  ])('with %s is refused with its line', (line, where) => {
    expect(() => readHeader(`-- Title\n${line}\nSELECT 1`, 'x', 'x.sql')).toThrow(
      expect.objectContaining({ code: 'PAM-CFG-003', where }),
    );
  });
});
