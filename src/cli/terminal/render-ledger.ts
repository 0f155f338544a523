import type { LedgerLine } from '../../model/ledger.js';
import { alignTable, type Cell, type Column, tableWidth } from './align-table.js';
import { printable } from './printable.js';
import { sayCount, sayName } from './say-number.js';
import type { View } from './view.js';

const COUNTS = ['read', 'accepted', 'rejected', 'filtered', 'repeated', 'merged'] as const;
/** Counts that are shown where they are not 0 everywhere. */
const SPARSE: readonly string[] = ['filtered', 'repeated', 'merged'];
/** A name of a file that is cut further tells nothing. */
const LEAST_FILE = 18;

interface Stream {
  source: string;
  entity: string;
  files: string[];
  counts: Record<(typeof COUNTS)[number], number>;
}

/**
 * The ledger as a table: one line a source and entity, the files of a source counted together. On a narrow terminal
 * the files are left out: the sources have names of their own.
 */
export function renderLedger(ledger: readonly LedgerLine[], { width, paint }: View): string[] {
  const streams = gather(ledger);
  const counts = COUNTS.filter(
    (count) => !SPARSE.includes(count) || streams.some((stream) => stream.counts[count] > 0),
  );
  const draw = (files: boolean) => {
    const columns: Column[] = [
      { title: 'source', least: 8, cut: 'middle' },
      ...(files ? [{ title: 'file', least: LEAST_FILE, cut: 'middle' } as const] : []),
      { title: 'into', least: 8 },
      ...counts.map((title): Column => ({ title, align: 'right' })),
    ];
    const rows = streams.map((stream, i): (string | Cell)[] => {
      const first = streams[i - 1]?.source !== stream.source;
      return [
        first ? stream.source : '',
        ...(files ? [{ text: first ? sayFiles(stream.files) : '', paint: paint.soft }] : []),
        sayName(stream.entity),
        ...counts.map((count) => countCell(count, stream.counts[count], paint)),
      ];
    });
    return { columns, rows };
  };
  const whole = draw(true);
  const longest = Math.max(4, ...streams.map((stream) => sayFiles(stream.files).length));
  const narrowest = tableWidth(whole.columns, whole.rows) - Math.max(0, longest - LEAST_FILE);
  const { columns, rows } = narrowest <= width ? whole : draw(false);
  return alignTable(columns, rows, { width, paintTitle: paint.soft });
}

function sayFiles(files: readonly string[]): string {
  return files.length === 1 ? printable(files[0] ?? '') : `${sayCount(files.length)} files`;
}

function countCell(name: string, count: number, paint: View['paint']): Cell {
  if (name === 'rejected' && count > 0) return { text: sayCount(count), paint: paint.bad };
  return { text: sayCount(count), paint: count === 0 ? paint.soft : undefined };
}

function gather(ledger: readonly LedgerLine[]): Stream[] {
  const streams = new Map<string, Stream>();
  for (const line of ledger) {
    const key = `${line.source}\0${line.entity}`;
    const stream = streams.get(key) ?? {
      source: line.source,
      entity: line.entity,
      files: [],
      counts: { read: 0, accepted: 0, rejected: 0, filtered: 0, repeated: 0, merged: 0 },
    };
    stream.files.push(line.file);
    for (const count of COUNTS) stream.counts[count] += line[count];
    streams.set(key, stream);
  }
  return [...streams.values()];
}
