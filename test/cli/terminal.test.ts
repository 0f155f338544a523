import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignTable, tableWidth } from '../../src/cli/terminal/align-table.js';
import { displayWidth, fitText } from '../../src/cli/terminal/display-width.js';
import { LiveLines } from '../../src/cli/terminal/live-lines.js';
import { makePaint, wantsColour } from '../../src/cli/terminal/paint.js';
import { printable, printableJson } from '../../src/cli/terminal/printable.js';
import { makeProgress } from '../../src/cli/terminal/progress.js';
import { renderRun } from '../../src/cli/terminal/render-run.js';
import { sayAmount, sayBytes, sayCount, sayInWords, saySeconds } from '../../src/cli/terminal/say-number.js';
import { wrapText } from '../../src/cli/terminal/wrap-text.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import type { RunResult } from '../../src/pipeline/run-options.js';

describe('numbers', () => {
  test('are told with thousands separators, in words at the beginning of a sentence', () => {
    expect([0, 999, 1000, 1234567].map(sayCount)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect(sayInWords(4, 'source')).toBe('Four sources');
    expect(sayInWords(1, 'source')).toBe('One source');
    expect(sayInWords(40, 'source')).toBe('40 sources');
  });

  test('amounts stay exact, with two decimals at least', () => {
    expect(sayAmount('1265793.0395')).toBe('1,265,793.0395');
    expect(sayAmount('-1354458.5900')).toBe('-1,354,458.59');
    expect(sayAmount('12345678901234567890')).toBe('12,345,678,901,234,567,890.00');
  });

  test('bytes and seconds are short', () => {
    expect([12, 1500, 53_000, 999_600, 12_400_000].map(sayBytes)).toEqual([
      '12 B',
      '1.5 kB',
      '53 kB',
      '1.0 MB',
      '12 MB',
    ]);
    expect([0.04, 59.96, 83.4].map(saySeconds)).toEqual(['0.0 s', '60.0 s', '1 min 23 s']);
  });
});

describe('text from outside', () => {
  test('brings no control character to the terminal', () => {
    expect(printable('a\u001b[2Jb\nc\u202e\u061c')).toBe('a\\u001b[2Jb\\nc\\u202e\\u061c');
    const written = printableJson(JSON.stringify({ 'a\u009b': '\u202e\u061c\u001b' }));
    expect(written).toBe('{"a\\u009b":"\\u202e\\u061c\\u001b"}');
    expect(JSON.parse(written)).toEqual({ 'a\u009b': '\u202e\u061c\u001b' });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });

  test('is cut by the columns it takes, not by its characters', () => {
    expect(displayWidth('東京 Müller')).toBe(11);
    expect(displayWidth('\u001b[31mred\u001b[39m')).toBe(3);
    expect(fitText('customers.csv', 8)).toBe('custome…');
    expect(fitText('exports/customers-2026.csv', 14, 'middle')).toBe('export…026.csv');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, width) => {
        expect(displayWidth(fitText(text, width))).toBeLessThanOrEqual(width);
        expect(displayWidth(fitText(text, width, 'middle'))).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('is cut as fast where it is long', () => {
    const long = `${'a'.repeat(255)}👩‍👩‍👧${'é'.repeat(300_000)}`;
    expect(fitText(long, 260)).toBe(`${'a'.repeat(255)}👩‍👩‍👧éé…`);
    expect(fitText(long, 5, 'middle')).toBe('aa…éé');
    expect(displayWidth(long)).toBe(300_257);
  }, 5_000);

  test('wraps between words and keeps long ones whole', () => {
    expect(wrapText('see docs/guides/configuration.md for all of it', 12)).toEqual([
      'see',
      'docs/guides/configuration.md',
      'for all of',
      'it',
    ]);
  });
});

describe('tables', () => {
  const columns = [
    { title: 'file', least: 6 },
    { title: 'read', align: 'right' as const },
  ];

  test('align texts left and numbers right', () => {
    expect(
      alignTable(
        columns,
        [
          ['orders.csv', '1,000'],
          ['a.csv', '7'],
        ],
        { width: 80 },
      ),
    ).toEqual(['  file         read', '  orders.csv  1,000', '  a.csv           7']);
  });

  test('give way where the terminal is narrow, down to what can still be read', () => {
    const rows = [['a-very-long-name-of-a-file.csv', '1,000,000']];
    expect(tableWidth(columns, rows)).toBe(43);
    expect(alignTable(columns, rows, { width: 30 }).every((line) => displayWidth(line) <= 30)).toBe(true);
    expect(alignTable(columns, rows, { width: 5 })[1]).toBe('  a-ver…  1,000,000');
  });
});

describe('colour', () => {
  const terminal = { isTTY: true };
  test('is for terminals, unless somebody wants none', () => {
    expect(wantsColour(terminal, { TERM: 'xterm' }, false)).toBe(true);
    expect(wantsColour({}, { TERM: 'xterm' }, false)).toBe(false);
    expect(wantsColour(terminal, { TERM: 'dumb' }, false)).toBe(false);
    expect(wantsColour(terminal, { NO_COLOR: '1' }, false)).toBe(false);
    expect(wantsColour(terminal, { NO_COLOR: '' }, false)).toBe(true);
    expect(wantsColour(terminal, {}, true)).toBe(false);
    expect(wantsColour({}, { FORCE_COLOR: '1' }, false)).toBe(true);
  });
});

function screen(width: number, rows: number) {
  const written: string[] = [];
  return { written, width, rows, write: (text: string | Uint8Array) => void written.push(String(text)) };
}

describe('what moves', () => {
  test('is drawn over what was drawn before, never longer or wider than the terminal', () => {
    const terminal = screen(20, 6);
    const live = new LiveLines(terminal);
    live.draw(Array.from({ length: 9 }, (_, i) => `line ${i} ${'x'.repeat(30)}`));
    live.draw(['one']);
    live.clear();
    const [first, second, last] = terminal.written as [string, string, string];
    const lines = first
      .replace(/\u001b\[[?\d]*[a-zA-Z]/g, '')
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(4);
    expect(lines.every((line) => line.length <= 19)).toBe(true);
    expect(lines[3]).toMatch(/^line 8/);
    expect(second).toMatch(/^\u001b\[\?25l\u001b\[4Aone/);
    expect(last).toBe('\u001b[1A\u001b[0K\n\u001b[1A\u001b[?25h');
  });

  test('does not move on a pipe: there each step is a line', () => {
    const pipe = screen(100, 24);
    const err = {
      ...pipe,
      line: (text = '') => pipe.write(`${text}\n`),
      drained: async () => true,
      isTty: false,
      paint: makePaint(false),
    };
    const progress = makeProgress({ err, steps: true, warnings: true, details: false });
    progress.log.step('Reading crm');
    progress.read('crm', 1, 2);
    progress.log.warn('Another run published first');
    progress.log.debug('not for everybody');
    progress.end();
    expect(pipe.written.join('')).toBe('Reading crm\nAnother run published first\n');
  });
});

function ledgerLine(source: string, entity: string, read: number, rejected: number): LedgerLine {
  const amounts = ['KES', 'USD'].map((currency) => ({
    measure: `${entity}.total`,
    currency,
    read: '7284562808.2000',
    accepted: '7217157375.2000',
    rejected: '24652051.2000',
    filtered: '0',
    repeated: '42753381.8000',
    unreadable: 0,
  }));
  const file = `exports of the year 2026/${source}-with-a-very-long-name.csv`;
  const counts = { read, accepted: read - rejected, rejected, filtered: 0, repeated: 0, merged: 0 };
  return {
    source,
    file,
    entity,
    ...counts,
    sha256: '',
    balanced: true,
    amounts: entity === 'orders' ? amounts : [],
  };
}

function result(sources: number): RunResult {
  const counts = {
    created: 1234567,
    updated: 0,
    unchanged: 0,
    kept: 0,
    deleted: 0,
    total: 1234567,
    placeholders: 0,
  };
  const ledger = Array.from({ length: sources }, (_, i) =>
    ledgerLine(
      `source_${i}`,
      ['customers', 'products', 'orders', 'order_items'][i % 4] as string,
      1234567,
      i,
    ),
  );
  return {
    runId: '20261122-101500-abcdef',
    outcome: 'published',
    way: 'all new',
    database: 'db.example.com:5432/shop',
    entities: { customers: counts, products: counts, orders: counts, order_items: counts },
    ledger,
    checks: [{ name: 'ledger: balance', passed: true, detail: '' }],
    rejects: 28,
    waiting: 3,
    findings: 0,
    steps: [{ name: 'read', seconds: 1.5 }],
  };
}

describe('the summary of a run', () => {
  const view = {
    paint: makePaint(false),
    embedded: false,
    details: false,
    typed: (text: string) => `pamoja ${text}`,
  };

  test('of eight sources fits one screen, 80 columns wide', () => {
    const lines = renderRun(result(8), { ...view, width: 80 });
    expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
    expect(lines.length).toBeLessThanOrEqual(34);
  });

  test('leaves the files out where they do not fit, and never a number', () => {
    const narrow = renderRun(result(8), { ...view, width: 70 }).join('\n');
    expect(narrow).not.toContain('.csv');
    expect(narrow).toContain('1,234,567');
    expect(narrow).toContain('14,569,125,616.40');
    expect(renderRun(result(8), { ...view, width: 140 }).join('\n')).toContain('.csv');
  });

  test('is red only where something was refused', () => {
    const lines = renderRun(result(2), { ...view, paint: makePaint(true), width: 120 });
    const [first, second] = lines.filter((line) => line.includes('source_'));
    expect(first).not.toContain('\u001b[31m');
    expect(second).toContain('\u001b[31m1\u001b[39m');
  });

  test('says what waits', () => {
    expect(renderRun(result(2), { ...view, width: 120 }).join('\n')).toContain(
      '28 records; 3 of them wait for what they refer to  pamoja rejects',
    );
    expect(renderRun({ ...result(2), waiting: 1 }, { ...view, width: 120 }).join('\n')).toContain(
      '28 records; 1 of them waits for what it refers to  pamoja rejects',
    );
  });
});
