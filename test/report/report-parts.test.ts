import { describe, expect, test } from 'vitest';
import { escapeMarkup } from '../../src/kernel/escape-markup.js';
import { mostlyRefused } from '../../src/model/ledger.js';
import { chartPanels } from '../../src/report/charts/chart-panels.js';
import { COUNTY_TILES, countyNamed } from '../../src/report/charts/county-tiles.js';
import { titleChart } from '../../src/report/charts/title-chart.js';
import { layOutFlow } from '../../src/report/flow/lay-out-flow.js';
import { html } from '../../src/report/html.js';
import { maskValue } from '../../src/report/mask-value.js';
import { remedyOfReject } from '../../src/report/remedy-of-reject.js';
import type { ReportInsight, SourceFlow } from '../../src/report/report-data.js';
import { escapeMarkdown } from '../../src/report/report-markdown.js';
import { sayAmount, sayExact, sayShare, sayShort } from '../../src/report/say-number.js';
import { sayMoment } from '../../src/report/say-time.js';
import { foldFigures } from '../../src/report/sections/show-head.js';
import { placesOf } from '../../src/report/sections/show-rejects.js';
import { shorten } from '../../src/report/shorten.js';

describe('a refused value is masked', () => {
  const phone = { type: 'phone', personal: true } as const;
  const price = { type: 'money', personal: false } as const;
  const date = { type: 'date', personal: false } as const;
  test.each([
    ['07** *** 678', phone, '99** *** 999'],
    ['Wanjiru(at)example.com', { type: 'email', personal: true } as const, 'Xxxxxxx(xx)xxxxxxx.xxx'],
    ['-1994.00', price, '-1994.00'],
    ['KES 12O.50', price, 'KES 12O.50'],
    ['on request', price, 'on xxxxxxx'],
    ['31/02/2025', date, '31/02/2025'],
    ['1990-02-31', { type: 'date', personal: true } as const, '9999-99-99'],
    ['Ŵanjirũ Ñandi', null, 'Xxxxxxx Xxxxx'],
    ['', price, ''],
  ])('%s becomes its shape', (value, field, masked) => {
    expect(maskValue(value, field)).toBe(masked);
  });

  test('also where a shifted column brings a phone number or a name into an amount', () => {
    expect(maskValue('0712345678', price)).toBe('9999999999');
    expect(maskValue('+254 712 345 678', date)).toBe('+999 999 999 999');
    expect(maskValue('Otieno Ouma', price)).toBe('Xxxxxx Xxxx');
  });

  test('and a very long one is cut', () => {
    expect(maskValue('x'.repeat(1000), null).length).toBeLessThan(60);
  });
});

test('key figures that find no room are counted, and money keeps a place', () => {
  const figures = (unit: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ unit, value: String(i), means: 'x' }));
  const folded = (rows: number, money: number) => {
    const shown = foldFigures(figures('', rows), figures('KES', money));
    return [shown.length, shown.at(-1)?.value, shown.at(-1)?.means];
  };
  expect(folded(4, 4)).toEqual([8, '3', 'x']);
  expect(folded(4, 5)).toEqual([8, '+ 2', 'currencies, further down']);
  expect(folded(9, 1)).toEqual([8, '+ 3', 'tables, further down']);
  expect(folded(7, 3)).toEqual([8, '+ 3', '1 table and 2 currencies, further down']);
  expect(folded(12, 0)).toEqual([8, '+ 5', 'tables, further down']);
});

test('a source of which nothing came in, or the least, is told, but not the few that wait', () => {
  const line = (source: string, entity: string, accepted: number, rejected: number) => ({
    ...{ source, entity, accepted, rejected },
  });
  const till = line('till', 'orders', 300, 0);
  expect(mostlyRefused([till, line('web', 'orders', 0, 80)])).toMatchObject({ source: 'web', rejected: 80 });
  expect(mostlyRefused([till, line('web', 'orders', 0, 3)])).toBeUndefined();
  expect(mostlyRefused([till, line('web', 'customers', 0, 2)])).toMatchObject({ source: null, rejected: 2 });
  expect(mostlyRefused([till, line('web', 'orders', 30, 31)])).toMatchObject({ source: 'web', accepted: 30 });
  expect(mostlyRefused([till, line('web', 'orders', 30, 30)])).toBeUndefined();
  expect(mostlyRefused([line('a', 'orders', 5, 15), line('b', 'orders', 3, 15)])).toMatchObject({
    source: null,
  });
  expect(mostlyRefused([line('web', 'orders', 2, 9)])).toBeUndefined();
});

describe('what a source says is no markup', () => {
  test('in HTML', () => {
    const product = `<img src=x onerror=alert(1)> "a" & 'b'`;
    expect(html`<td title="${product}">${product}</td>`.text).not.toMatch(/<img|"a"|'b'/);
    expect(html`<p>${[html`<b>x</b>`, '<i>', null, false, undefined, 7]}</p>`.text).toBe(
      '<p><b>x</b>&lt;i&gt;7</p>',
    );
  });

  test('and cannot turn the direction of the words around it, nor carry half a character', () => {
    expect(escapeMarkup('a\u202eb\u0007c\u2066d')).toBe('abcd');
    expect(escapeMarkup('a\ud800b')).toBe('a\ufffdb');
  });

  test('in Markdown', () => {
    const hostile = '| `x` <script> [a](http://b.c) *b* _c_ # d';
    expect(escapeMarkdown(hostile).replace(/\\./g, '')).not.toMatch(/[|`<>[\]*_#]/);
    expect(escapeMarkdown('- a\n- b')).toBe('\\- a - b');
    expect(escapeMarkdown('1. a')).toBe('1\\. a');
    expect(escapeMarkdown('1,020.70')).toBe('1,020.70');
  });
});

describe('numbers are said', () => {
  test.each([
    [21_431_000, '21.4 M'],
    [9_500, '9.5 k'],
    [999_600, '1 M'],
    [412, '412'],
    [-1_250_000, '−1.25 M'],
    [0, '0'],
    [1_000_000, '1 M'],
    [100, '100'],
    [4.29, '4.29'],
  ])('%d short, as %s', (value, said) => expect(sayShort(value)).toBe(said));

  test('exactly, with thousands set apart', () => {
    expect(sayAmount('13309390.5500')).toBe('13,309,390.55');
    expect(sayAmount('-0.1234')).toBe('−0.1234');
    expect(sayExact('2000')).toBe('2,000');
    expect(sayExact('98.5')).toBe('98.5');
    expect(sayExact('NaN')).toBe('NaN');
  });

  test('and a share never as all or nothing where it is not', () => {
    expect(sayShare(999_999, 1_000_000)).toBe('over 99.9 %');
    expect(sayShare(1, 1_000_000)).toBe('under 0.1 %');
    expect(sayShare(5, 5)).toBe('100 %');
    expect(sayShare(0, 0)).toBe('0 %');
  });

  test('a moment has its zone', () => {
    const at = new Date('2026-11-22T11:05:00Z');
    expect(sayMoment(at, 'Africa/Nairobi')).toBe('22 November 2026, 14:05 EAT');
    expect(sayMoment(at, 'UTC')).toBe('22 November 2026, 11:05 UTC');
  });

  test('a long path keeps its end', () => {
    expect(shorten('exports/2026/november/branch/customers.csv', 20)).toMatch(
      /^export…customers\.csv$|customers\.csv$/,
    );
    expect([...shorten('x'.repeat(50), 20)]).toHaveLength(20);
  });
});

describe('what to do about a refused record', () => {
  const cause = { source: 'shop', entity: 'orders', field: 'sku', reason: '', waiting: false };
  test.each(['json', 'bytes', 'formula', 'mixed-dates', 'rounded'])(
    'names no rule of the configuration for %s',
    (rule) => {
      expect(remedyOfReject({ ...cause, rule })).not.toContain('in the configuration');
    },
  );

  test('is to declare the decimals only where all are written so, and not to mend what stands below a table', () => {
    const reason = 'is not an amount of at most 14 digits and 4 decimals, the decimals behind "."';
    expect(remedyOfReject({ ...cause, rule: 'type', reason })).toContain(
      'if that is how shop always writes it',
    );
    expect(remedyOfReject({ ...cause, rule: 'structure' })).toContain('Words below the table');
  });

  test('is not to wait for one record where two are meant', () => {
    const remedy = remedyOfReject({ ...cause, rule: 'ambiguous', waiting: true });
    expect(remedy).toBe('Make `sku` in shop name one record only.');
  });
});

describe('the title of a chart', () => {
  const insight = (rows: [string, string][], chart: Partial<ReportInsight['chart']> = {}): ReportInsight => ({
    name: 'revenue-by-category',
    title: 'Revenue by category',
    description: '',
    chart: { kind: 'bar', x: 'category', y: 'revenue', by: 'currency', ...chart } as ReportInsight['chart'],
    columns: [
      { name: 'currency', kind: 'text' },
      { name: 'category', kind: (chart as { kind?: string }).kind === 'line' ? 'date' : 'text' },
      { name: 'revenue', kind: 'number' },
    ],
    rows: rows.map(([x, y]) => ['KES', x, y]),
    complete: true,
    own: false,
    hidden: [],
    failure: null,
  });
  const titleOf = (given: ReportInsight) => titleChart(given, chartPanels(given));

  test('is not needed where all that is drawn is not known', () => {
    expect(chartPanels(insight([['(no category)', '9']]))).toEqual([]);
    expect(
      chartPanels(
        insight([
          ['(no category)', '9'],
          ['Food', '1'],
        ]),
      ),
    ).toHaveLength(1);
  });

  test('says who leads, and in which unit', () => {
    expect(
      titleOf(
        insight([
          ['Electronics', '9'],
          ['Groceries', '5'],
        ]),
      ),
    ).toEqual({
      title: 'Electronics lead',
      subtitle: 'Revenue by category, in KES',
    });
    expect(
      titleOf(
        insight([
          ['Furniture', '9'],
          ['Groceries', '5'],
        ]),
      ).title,
    ).toBe('Furniture leads');
  });

  test('says nothing of the kind where two are equal, the order is another, or there is one only', () => {
    expect(
      titleOf(
        insight([
          ['A', '5'],
          ['B', '5'],
        ]),
      ).title,
    ).toBe('Revenue by category');
    expect(
      titleOf(
        insight([
          ['A', '1'],
          ['B', '5'],
        ]),
      ).title,
    ).toBe('Revenue by category');
    expect(titleOf(insight([['A', '1']])).title).toBe('Revenue by category');
    expect(
      titleOf(
        insight([
          ['(no category)', '9'],
          ['B', '5'],
        ]),
      ).title,
    ).toBe('Revenue by category');
  });

  test('names the highest month', () => {
    const months = insight(
      [
        ['2026-01-01', '3'],
        ['2026-02-01', '8'],
        ['2026-03-01', '4'],
      ],
      { kind: 'line', x: 'category' } as never,
    );
    expect(titleOf(months).title).toBe('Revenue highest in 1 Feb 2026');
  });

  test('draws no two currencies on one pair of axes', () => {
    const two = insight([
      ['A', '5'],
      ['B', '4'],
    ]);
    two.rows = [
      ['KES', 'A', '5'],
      ['USD', 'A', '7'],
      ['USD', 'B', '2'],
    ];
    expect(chartPanels(two).map(({ currency }) => currency)).toEqual(['USD', 'KES']);
    expect(titleOf(two).title).toBe('Revenue by category');
  });

  test('and a month alone, which becomes a bar, is called by its name', () => {
    const month = insight([['2026-01-01', '5']], { x: 'month' });
    month.columns = month.columns.map((each) =>
      each.name === 'category' ? { ...each, name: 'month' } : each,
    );
    expect(chartPanels(month)[0]?.series[0]?.points[0]?.label).toBe('January 2026');
  });
});

test('every county of Kenya has a tile of its own and is found however it is spelled', () => {
  expect(new Set(COUNTY_TILES.map(({ column, row }) => `${column} ${row}`)).size).toBe(47);
  expect(new Set(COUNTY_TILES.map(({ short }) => short)).size).toBe(47);
  expect(countyNamed('THARAKA-NITHI COUNTY')?.name).toBe('Tharaka Nithi');
  expect(countyNamed('Muranga')?.name).toBe("Murang'a");
  expect(countyNamed('Nairobi City')?.name).toBe('Nairobi');
  expect(countyNamed('Kampala')).toBeUndefined();
});

describe('the flow', () => {
  const flow = (source: string, more: Partial<SourceFlow> = {}): SourceFlow => ({
    source,
    entity: 'things',
    file: `${source}.csv`,
    files: 1,
    read: 10,
    accepted: 10,
    rejected: 0,
    filtered: 0,
    repeated: 0,
    merged: 0,
    waiting: 0,
    balanced: true,
    ...more,
  });
  const measures = { span: 300, label: 40, above: 0, gap: 16 };

  test('leads every row somewhere', () => {
    const mixed = flow('a', {
      read: 100,
      accepted: 80,
      merged: 10,
      rejected: 12,
      waiting: 2,
      filtered: 5,
      repeated: 3,
    });
    const { streams, targets } = layOutFlow([mixed], measures);
    expect(streams.reduce((sum, { rows }) => sum + rows, 0)).toBe(100);
    expect(targets.map(({ name, rows }) => [name, rows])).toEqual([
      ['things', 70],
      ['fate:merged', 10],
      ['fate:repeated', 3],
      ['fate:filtered', 5],
      ['fate:waiting', 2],
      ['fate:refused', 10],
    ]);
  });

  test('keeps labels apart and a single row visible, whatever the sizes', () => {
    const sizes = [5_000_000, 1, 300, 2, 80_000, 7, 9, 1, 44, 12, 3, 6, 2, 1, 1];
    const flows = sizes.map((read, i) => flow(`source_${i}`, { read, accepted: read }));
    const { sources, streams, height } = layOutFlow(flows, measures);
    expect(sources).toHaveLength(15);
    expect(Math.min(...streams.map(({ width }) => width))).toBeGreaterThan(1);
    const middles = sources.map(({ y, height: tall }) => y + tall / 2);
    for (const [i, middle] of middles.entries())
      if (i > 0) expect(middle - (middles[i - 1] ?? 0)).toBeGreaterThanOrEqual(40);
    expect(Math.max(...sources.map(({ y, height: tall }) => y + tall))).toBeLessThanOrEqual(height + 1);
  });

  test('draws the smallest of very many sources as one', () => {
    const flows = Array.from({ length: 40 }, (_, i) => flow(`s${i}`, { read: i + 1, accepted: i + 1 }));
    const { sources } = layOutFlow(flows, measures);
    expect(sources).toHaveLength(15);
    expect(sources.at(-1)).toMatchObject({ name: null, sources: 26 });
    expect(sources.reduce((sum, { rows }) => sum + rows, 0)).toBe(820);
  });
});

test('a line is told as an editor counts it', () => {
  const sample = { file: 'orders.csv', line: 12345, ordinal: 12344, value: '' };
  expect(placesOf([sample])).toEqual([
    { file: 'orders.csv', samples: [{ where: 'line 12345', value: null }] },
  ]);
});
