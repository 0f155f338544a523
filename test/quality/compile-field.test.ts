import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Workspace } from '../../src/engine/workspace.js';
import type { FieldMapping } from '../../src/model/config.js';
import type { Field } from '../../src/model/entity.js';
import { compileField } from '../../src/quality/compile-field.js';
import { context, openWorkspace, readSamples, readValues } from './read-samples.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await openWorkspace();
});
afterAll(() => workspace.close());

const text: Field = { name: 'field', type: 'text', description: '' };

describe('a mapping', () => {
  test('may be a constant, a default or an expression', async () => {
    expect(await readValues(workspace, text, ['x'], { constant: 'KES' })).toEqual(['KES']);
    expect(await readValues(workspace, { type: 'boolean' }, ['x'], { constant: true })).toEqual([true]);
    expect(await readValues(workspace, text, ['x', ''], { from: 'a', default: 'none' })).toEqual([
      'x',
      'none',
    ]);
    expect(await readValues(workspace, text, ['x'], { default: 'none' })).toEqual(['none']);
    expect(await readValues(workspace, text, ['x', ''], { sql: `upper("a") || '' -- comment` })).toEqual([
      'X',
      null,
    ]);
  });

  test('gives numbers of the configuration in its own notation, whatever that of the source', async () => {
    const comma = { decimal: ',' } as const;
    const money = { type: 'money' } as const;
    expect(await readValues(workspace, money, ['1,5', ''], { from: 'a', default: 2.5 }, comma)).toEqual([
      '1.5000',
      '2.5000',
    ]);
    expect(await readValues(workspace, money, ['x'], { constant: 1.25 }, comma)).toEqual(['1.2500']);
    expect(await readValues(workspace, money, ['125'], { sql: '"a"::INTEGER / 100' }, comma)).toEqual([
      '1.2500',
    ]);
    expect(await readValues(workspace, money, ['1,25'], { sql: 'trim("a")' }, comma)).toEqual(['1.2500']);
  });

  test('keeps what a DOUBLE of an expression carries, and no noise', async () => {
    const mapping = { sql: '"a"::DECIMAL(18,4) / 100' };
    expect(await readValues(workspace, { type: 'money' }, ['1999.99', '0.3', '7'], mapping)).toEqual([
      '19.9999',
      '0.0030',
      '0.0700',
    ]);
  });

  test('whose expression fails on a record tells so, and stops nothing', async () => {
    const read = await readSamples(workspace, text, ['12', 'x', null], { sql: '"a"::INTEGER + 1' });
    expect(read.map((each) => each.value)).toEqual(['13', null, null]);
    expect(read.map((each) => each.broken)).toEqual([[], ['type'], []]);
    expect(read[1]?.reasons[0]).toContain('SQL of the mapping');
  });

  test('keeps a reference as text', async () => {
    expect(await readValues(workspace, { type: 'reference' }, [' 007 ', '7.0', 'A-1'])).toEqual([
      '007',
      '7.0',
      'A-1',
    ]);
  });
});

describe('rules', () => {
  async function broken(
    field: Partial<Field> & Pick<Field, 'type'>,
    raw: (string | null)[],
    mapping: FieldMapping = {},
  ) {
    return (await readSamples(workspace, field, raw, mapping)).map((each) => each.broken);
  }

  test('ask whether a value is there', async () => {
    expect(await broken({ type: 'text', required: true }, ['x', '', null, 'NULL'])).toEqual([
      [],
      ['required'],
      ['required'],
      ['required'],
    ]);
  });

  test('tell a value that cannot be read once, and not as missing too', async () => {
    expect(await broken({ type: 'date', required: true }, ['x'])).toEqual([['type']]);
  });

  test('ask for range, length, form and list', async () => {
    expect(
      await broken({ type: 'money', min: 0, max: 10.5 }, ['-0.0001', '0', '10.5', '10.5001', 'x', '']),
    ).toEqual([['range'], [], [], ['range'], ['type'], []]);
    expect(await broken({ type: 'text', maxLength: 3 }, ['abc', 'abcd', 'ũũũ', ''])).toEqual([
      [],
      ['length'],
      [],
      [],
    ]);
    expect(await broken({ type: 'text', pattern: '^[A-Z]{3}$' }, ['KES', 'KESH', 'kes', ''])).toEqual([
      [],
      ['pattern'],
      ['pattern'],
      [],
    ]);
    expect(await broken({ type: 'text', pattern: 'ES' }, ['KESH', 'KSH'])).toEqual([[], ['pattern']]);
    expect(await broken({ type: 'text', allowed: ['sale', 'return'] }, ['sale', 'Sale', ''])).toEqual([
      [],
      ['allowed'],
      [],
    ]);
    expect(await broken({ type: 'integer', allowed: ['1', '2'] }, ['1.0', '3'])).toEqual([[], ['allowed']]);
  });

  test('of the mapping go before those of the field', async () => {
    const field = { type: 'text', required: true, maxLength: 1, allowed: ['x'] } as const;
    const mapping = { required: false, maxLength: 9, allowed: ['abc'] };
    expect(await broken({ ...field, allowed: ['x'] }, ['', 'abc', 'x'], mapping)).toEqual([
      [],
      [],
      ['allowed'],
    ]);
  });

  test('are as severe as mapping, field or need make them', () => {
    const severity = (field: Partial<Field>, mapping: FieldMapping = {}) =>
      compileField({ ...text, type: 'money', ...field }, { from: 'a', ...mapping }, context).rules.map(
        (rule) => rule.severity,
      )[0];
    expect(severity({})).toBe('blank');
    expect(severity({ required: true })).toBe('reject');
    expect(severity({}, { required: true })).toBe('reject');
    expect(severity({ severity: 'warn', required: true })).toBe('warn');
    expect(severity({ severity: 'warn' }, { severity: 'reject' })).toBe('reject');
  });

  test('say why in words that hold no value', async () => {
    for (const type of [
      'integer',
      'decimal',
      'money',
      'date',
      'timestamp',
      'boolean',
      'email',
      'phone',
    ] as const) {
      const [read] = await readSamples(workspace, { type }, ['Zx9Zx']);
      expect(read?.broken).toEqual(['type']);
      expect(read?.reasons[0]).not.toContain('Zx9Zx');
    }
  });
});

describe('errors of the configuration', () => {
  const compile =
    (mapping: FieldMapping, field: Partial<Field> = {}) =>
    () =>
      compileField({ ...text, ...field }, mapping, context);

  test('name the place, and the column that may be meant', () => {
    const unknown = () => compileField(text, { from: 'emial' }, { ...context, columns: ['email', 'phone'] });
    expect(unknown).toThrow(
      expect.objectContaining({ code: 'PAM-CFG-004', where: context.path, next: 'Did you mean "email"?' }),
    );
  });

  test('are patterns that DuckDB cannot take', () => {
    for (const pattern of [
      '(?=x)',
      '(?<!x)y',
      '(a)\\1',
      '(',
      'a)',
      '[a',
      '*a',
      'a**',
      'a|*',
      'x\\',
      '(?>a)',
    ]) {
      expect(compile({ from: 'a', pattern }), pattern).toThrow(
        expect.objectContaining({ code: 'PAM-CFG-005' }),
      );
    }
  });

  test('are no patterns that DuckDB takes', async () => {
    const patterns = [
      '^[A-Z]{3}$',
      '(?i)abc',
      '(?:a|b)+?',
      '[]a]',
      '[^]]',
      '\\(\\*',
      '(?P<n>a)',
      '[[:alpha:]]+',
      '\\pL\\x{41}',
      'a{2,3}',
      '^$',
      '\\Qa(\\E',
      '[\\]]*',
      '(a|)',
      'a?',
    ];
    for (const pattern of patterns) {
      await expect(readSamples(workspace, text, ['x'], { pattern }), pattern).resolves.toHaveLength(1);
    }
  });

  test('are settings that contradict each other', () => {
    for (const mapping of [
      {},
      { from: [] },
      { from: 'a', lookup: { a: 'b' }, values: { c: [] } },
      { from: 'a', split: { part: 0 } },
      { from: 'a', split: { part: 1, by: '' } },
      { from: 'a', min: 1 },
    ] satisfies FieldMapping[]) {
      expect(compile(mapping), JSON.stringify(mapping)).toThrow(
        expect.objectContaining({ code: 'PAM-CFG-003' }),
      );
    }
  });
});
