import type { Amount, LedgerLine } from '../../model/ledger.js';
import { addAmounts } from './add-amounts.js';
import { alignTable, type Cell, type Column } from './align-table.js';
import { printable } from './printable.js';
import { sayAmount, sayCount, sayName } from './say-number.js';
import type { View } from './view.js';

const COUNTS = ['read', 'accepted', 'rejected', 'filtered', 'repeated', 'merged'] as const;
/** Counts that are shown where they are not 0 everywhere. */
const SPARSE: readonly string[] = ['filtered', 'repeated', 'merged'];

interface Stream {
  source: string;
  entity: string;
  files: string[];
  counts: Record<(typeof COUNTS)[number], number>;
}

/** The ledger as a table: one line a source and entity, the files of a source counted together. */
export function renderLedger(ledger: readonly LedgerLine[], { width, paint }: View): string[] {
  const streams = gather(ledger);
  const counts = COUNTS.filter(
    (count) => !SPARSE.includes(count) || streams.some((stream) => stream.counts[count] > 0),
  );
  const columns: Column[] = [
    { title: 'source', least: 8 },
    { title: 'file', least: 10, cut: 'middle' },
    { title: 'into', least: 6 },
    ...counts.map((title): Column => ({ title, align: 'right' })),
  ];
  const rows = streams.map((stream, i): (string | Cell)[] => {
    const first = streams[i - 1]?.source !== stream.source;
    const files =
      stream.files.length === 1 ? printable(stream.files[0] ?? '') : `${sayCount(stream.files.length)} files`;
    return [
      first ? stream.source : '',
      { text: first ? files : '', paint: paint.soft },
      sayName(stream.entity),
      ...counts.map((count) => countCell(count, stream.counts[count], paint)),
    ];
  });
  return alignTable(columns, rows, { width, paintTitle: paint.soft });
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
      counts: zeros(),
    };
    stream.files.push(line.file);
    for (const count of COUNTS) stream.counts[count] += line[count];
    streams.set(key, stream);
  }
  return [...streams.values()];
}

function zeros(): Stream['counts'] {
  return { read: 0, accepted: 0, rejected: 0, filtered: 0, repeated: 0, merged: 0 };
}

const SUMS = ['read', 'accepted', 'rejected', 'filtered', 'repeated'] as const;

/** What was read in money and what became of it, per measure and currency; never summed across currencies. */
export function renderMoney(ledger: readonly LedgerLine[], { width, paint }: View): string[] {
  const groups = new Map<string, { entity: string; amounts: Amount[] }>();
  for (const { entity, amounts } of ledger) {
    for (const amount of amounts) {
      const key = `${entity}\0${amount.measure}\0${amount.currency}`;
      const group = groups.get(key) ?? { entity, amounts: [] };
      group.amounts.push(amount);
      groups.set(key, group);
    }
  }
  const sums = [...groups.values()].map(({ entity, amounts }) => ({
    measure: measureName(entity, amounts[0]?.measure ?? ''),
    currency: currencyName(amounts[0]?.currency ?? ''),
    unreadable: amounts.reduce((sum, amount) => sum + amount.unreadable, 0),
    totals: Object.fromEntries(SUMS.map((name) => [name, addAmounts(amounts.map((amount) => amount[name]))])),
  }));
  if (sums.length === 0) return [];
  const shown = SUMS.filter(
    (name) => !SPARSE.includes(name) || sums.some(({ totals }) => !isZero(totals[name] ?? '')),
  );
  const unreadable = sums.some((sum) => sum.unreadable > 0);
  const columns: Column[] = [
    { title: 'money', least: 12 },
    { title: '' },
    ...shown.map((title): Column => ({ title, align: 'right' })),
    ...(unreadable ? [{ title: 'unreadable', align: 'right' } as const] : []),
  ];
  const rows = sums.map(({ measure, currency, totals, unreadable: rows }): (string | Cell)[] => [
    measure,
    { text: currency, paint: paint.soft },
    ...shown.map((name) => amountCell(name, totals[name] ?? '', paint)),
    ...(unreadable ? [{ text: sayCount(rows), paint: rows > 0 ? paint.bad : paint.soft }] : []),
  ]);
  return alignTable(columns, rows, { width, paintTitle: paint.soft });
}

function amountCell(name: string, amount: string, paint: View['paint']): Cell {
  if (isZero(amount)) return { text: '0', paint: paint.soft };
  return { text: sayAmount(amount), paint: name === 'rejected' ? paint.bad : undefined };
}

function isZero(amount: string): boolean {
  return /^-?0*(\.0*)?$/.test(amount);
}

function measureName(entity: string, measure: string): string {
  return sayName(measure.includes('.') ? measure.replace('.', ' ') : `${entity} ${measure}`);
}

/** ISO 4217 has XXX for no currency. */
function currencyName(currency: string): string {
  return currency === 'XXX' ? 'no currency' : currency;
}
