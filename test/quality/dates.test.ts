import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Workspace } from '../../src/engine/workspace.js';
import type { FieldMapping } from '../../src/model/config.js';
import type { CleanContext } from '../../src/quality/compiled-field.js';
import { openWorkspace, readSamples, readValues } from './read-samples.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await openWorkspace();
});
afterAll(() => workspace.close());

async function expectRead(
  type: 'date' | 'timestamp',
  expected: Record<string, string | null>,
  mapping: FieldMapping = {},
  more: Partial<CleanContext> = {},
) {
  const texts = Object.keys(expected);
  const values = await readValues(workspace, { type }, texts, mapping, more);
  expect(Object.fromEntries(texts.map((text, i) => [text, values[i]]))).toEqual(expected);
}

describe('days', () => {
  test('are ISO days, with or without a time', () =>
    expectRead('date', {
      '2024-03-04': '2024-03-04',
      '2024-02-29': '2024-02-29',
      '2024-03-04T23:30': '2024-03-04',
      '2024-03-04 23:30:00': '2024-03-04',
      '2024-03-04T23:30:00.123456789': '2024-03-04',
      // 21:30 in London's winter is half past midnight in Nairobi.
      '2024-03-04T21:30:00Z': '2024-03-05',
      '2024-03-04T23:30:00-05:00': '2024-03-05',
      '2024-03-04T00:30:00+03:00': '2024-03-04',
      '2024-03-04 02:30+0530': '2024-03-04',
    }));

  test('that are no days are refused', () =>
    expectRead('date', {
      '2023-02-29': null,
      '2024-02-31': null,
      '2024-13-01': null,
      '03/04/2024': null,
      '2024/03/04': null,
      '24-03-04': null,
      '0024-03-04': null,
      '2024-3-4': null,
      '2024-03-04 x': null,
      '2024-03-04T25:00': null,
      '2024-03-04T10:61': null,
      '2024-03-04T23:30-25': null,
      infinity: null,
      '-infinity': null,
      today: null,
      now: null,
      epoch: null,
      '45361': null,
      '10000-01-01': null,
      '2024-03-04 (BC)': null,
    }));

  test('whose day and month could be either say how to declare them', async () => {
    const [ambiguous, other] = await readSamples(workspace, { type: 'date' }, ['03/04/2024', '4 March']);
    expect(ambiguous?.broken).toEqual(['type']);
    expect(ambiguous?.reasons[0]).toContain("format: '%d/%m/%Y'");
    expect(other?.broken).toEqual(['type']);
    expect(other?.reasons[0]).toContain('YYYY-MM-DD');
  });

  test('are read in the declared formats only, the first that fits', () =>
    expectRead(
      'date',
      {
        '03/04/2024': '2024-04-03',
        '3/4/2024': '2024-04-03',
        '5 Mar 2024': '2024-03-05',
        '05 MARCH 2024': '2024-03-05',
        '31/02/2024': null,
        '03/04/24': null,
        '03/04/2024 x': null,
        '03/04/2024 10:00': null,
        '2024-04-03': null,
        infinity: null,
      },
      { format: ['%d/%m/%Y', '%d %b %Y'] },
    ));

  test('have the names of months and weekdays in six languages', async () => {
    const inFormat = (format: string | string[], expected: Record<string, string | null>) =>
      expectRead('date', expected, { format });
    await inFormat('%d. %B %Y', {
      '3. März 2025': '2025-03-03',
      '3. MAERZ 2025': '2025-03-03',
      '31. Juni 2025': null,
    });
    await inFormat('%d %b %Y', {
      '12 févr. 2025': '2025-02-12',
      '1er août 2025': '2025-08-01',
      '5 Mei 2025': '2025-05-05',
      '5 Sept 2025': '2025-09-05',
      '5 Juix 2025': null,
      '5 ju 2025': null,
    });
    await inFormat('%d de %B de %Y', {
      '3 de março de 2025': '2025-03-03',
      '3 de Enero de 2025': '2025-01-03',
    });
    await inFormat(['%a, %d %b %Y', '%A %d %B %Y %H:%M', '%a %d/%m/%Y'], {
      'Mon, 3 Mar 2025': '2025-03-03',
      'Mo., 3 Okt. 2025': '2025-10-03',
      'Mardi 4 mars 2025 14:30': '2025-03-04',
      'terça-feira 4 fev 2025 10:00': '2025-02-04',
      'Jumatatu 03/03/2025': '2025-03-03',
      'Xyz, 3 Mar 2025': null,
    });
    await inFormat(['%d%b%Y', '%B %d, %Y'], {
      '03DEZ2025': '2025-12-03',
      'Desemba 3rd, 2025': '2025-12-03',
      '3Mai2025': '2025-05-03',
    });
  });

  test('have two-digit years only where that is declared', () =>
    expectRead(
      'date',
      { '03/04/24': '2024-04-03', '03/04/70': '1970-04-03', '03/04/2024': null },
      { format: '%d/%m/%y' },
    ));

  test('with a declared offset are seen from the zone of the project', () =>
    expectRead(
      'date',
      { '04.03.2024 22:00 +0000': '2024-03-05', '04.03.2024 22:00 +0300': '2024-03-04' },
      { format: '%d.%m.%Y %H:%M %z' },
    ));
});

describe('the day of a moment', () => {
  test('written in another zone is that of the project', () =>
    expectRead(
      'date',
      {
        '2026-01-31 22:30': '2026-02-01',
        '2026-02-28T21:00:00': '2026-03-01',
        '2026-02-28 20:59:59': '2026-02-28',
        '2026-02-28T23:30:00+03:00': '2026-02-28',
        '2026-02-28': '2026-02-28',
      },
      { timezone: 'UTC' },
    ));

  test('is the day itself at midnight, as which many programs write a day', () =>
    expectRead(
      'date',
      { '2026-03-01 00:00:00': '2026-03-01', '2026-03-01 00:30:00': '2026-02-28' },
      { timezone: 'Asia/Tokyo' },
    ));

  test('in a declared format is so, too', () =>
    expectRead(
      'date',
      { '31/01/2026 22:30': '2026-02-01', '31/01/2026': '2026-01-31' },
      { timezone: 'UTC', format: ['%d/%m/%Y %H:%M', '%d/%m/%Y'] },
    ));
});

describe('moments', () => {
  test('are UTC, and without an offset those of the zone', () =>
    expectRead('timestamp', {
      '2024-03-04T10:00:00Z': '2024-03-04 10:00:00',
      '2024-03-04T10:00Z': '2024-03-04 10:00:00',
      '2024-03-04t10:00z': '2024-03-04 10:00:00',
      '2024-03-04T10:00:00+03:00': '2024-03-04 07:00:00',
      '2024-03-04T10:00:00+0300': '2024-03-04 07:00:00',
      '2024-03-04 10:00:00 +03': '2024-03-04 07:00:00',
      '2024-03-04 10:00-05:30': '2024-03-04 15:30:00',
      '2024-03-04T10:00:00.123456Z': '2024-03-04 10:00:00.123456',
      '2024-03-04T10:00:00': '2024-03-04 07:00:00',
      '2024-03-04 10:00': '2024-03-04 07:00:00',
      '2024-03-04': '2024-03-03 21:00:00',
      '2024-02-31T10:00:00': null,
      '2024-02-31T10:00:00Z': null,
      '2024-03-04T24:00:00': null,
      '2024-03-04T10:00:60': null,
      '2024-03-04T10:00:00+99:00': null,
      '04/03/2024 10:00': null,
      '1709546400': null,
      infinity: null,
    }));

  test('are of the zone that the mapping names, summer time included', () =>
    expectRead(
      'timestamp',
      {
        '2024-01-15 12:00': '2024-01-15 11:00:00',
        '2024-07-15 12:00': '2024-07-15 10:00:00',
        '2024-07-15T12:00:00Z': '2024-07-15 12:00:00',
      },
      { timezone: 'Europe/Berlin' },
    ));

  test('are read in declared formats', () =>
    expectRead(
      'timestamp',
      {
        '04/03/2024 1:05 PM': '2024-03-04 10:05:00',
        '04/03/2024': '2024-03-03 21:00:00',
        '04/03/2024 13:05:00 +0000': '2024-03-04 13:05:00',
        '04/03/2024 13:05': null,
      },
      { format: ['%d/%m/%Y %I:%M %p', '%d/%m/%Y', '%d/%m/%Y %H:%M:%S %z'] },
    ));
});

test('numbers side by side have all their digits, so that no day is guessed', async () => {
  await expectRead(
    'date',
    { '01112026': '2026-11-01', '1112026': null, '11112026': '2026-11-11', '111126': null },
    { format: '%d%m%Y' },
  );
  await expectRead('date', { '20261101': '2026-11-01', '2026111': null }, { format: '%Y%m%d' });
  await expectRead(
    'timestamp',
    { '1/2/26 0930': '2026-02-01 06:30:00', '1/2/26 930': null },
    { format: '%d/%m/%y %H%M' },
  );
});

test('the day of a year is one of that year', async () => {
  const days = {
    '2024-366': '2024-12-31',
    '2025-366': null,
    '2025-365': '2025-12-31',
    '2025-5': '2025-01-05',
  };
  await expectRead(
    'date',
    { ...days, '1900-366': null, '2000-366': '2000-12-31', '2025-0': null },
    { format: '%Y-%j' },
  );
  await expectRead(
    'date',
    { '25366': null, '24366': '2024-12-31', '25005': '2025-01-05', '2505': null },
    { format: '%y%j' },
  );
});

test('formats and zones that do not exist are errors of the configuration', async () => {
  const read = (mapping: FieldMapping) => readSamples(workspace, { type: 'timestamp' }, ['x'], mapping);
  await expect(read({ format: '%Q/%Y' })).rejects.toThrow(/"%Q"/);
  await expect(read({ format: '%d/%m' })).rejects.toThrow(/no year/);
  await expect(read({ format: '%d/%m/%Y %I:%M' })).rejects.toThrow(/which half of the day/);
  await expect(read({ timezone: 'Africa/Nairoby' })).rejects.toThrow(/no time zone/);
});
