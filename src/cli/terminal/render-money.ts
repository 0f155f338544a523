import { addDecimals } from '../../kernel/add-decimals.js';
import { type Amount, changedAmount, type LedgerLine } from '../../model/ledger.js';
import { alignTable, type Cell, type Column, tableWidth } from './align-table.js';
import { sayAmount, sayCount, sayName } from './say-number.js';
import type { View } from './view.js';

const SUMS = ['read', 'accepted', 'rejected', 'filtered', 'repeated'] as const;
const AMOUNTS = [...SUMS, 'changed'] as const;
type Line = (typeof AMOUNTS)[number] | 'unreadable';
/** What is shown only where there is some. */
const SPARSE: readonly Line[] = ['filtered', 'repeated', 'changed', 'unreadable'];

/** One measure in one currency, summed over all sources. */
interface Sum {
  measure: string;
  currency: string;
  amounts: Record<(typeof AMOUNTS)[number], string>;
  unreadable: number;
}

/**
 * What was read in money and what became of it, per measure and currency, exact; never summed across currencies. A
 * line a measure, or where that is too wide for the terminal a column a measure.
 */
export function renderMoney(ledger: readonly LedgerLine[], view: View): string[] {
  const sums = sumUp(ledger);
  if (sums.length === 0) return [];
  const shown = ([...AMOUNTS, 'unreadable'] as const).filter(
    (line) => !SPARSE.includes(line) || sums.some((sum) => !isNothing(sum, line)),
  );
  const columns: Column[] = [
    { title: 'money' },
    { title: '' },
    ...shown.map((title): Column => ({ title, align: 'right' })),
  ];
  const rows = sums.map((sum): (string | Cell)[] => [
    sum.measure,
    { text: sum.currency, paint: view.paint.soft },
    ...shown.map((line) => cellOf(sum, line, view.paint)),
  ]);
  if (tableWidth(columns, rows) <= view.width) {
    return alignTable(columns, rows, { width: view.width, paintTitle: view.paint.soft });
  }
  return turned(sums, shown, view);
}

/** As many measures beside each other as fit. */
function turned(sums: readonly Sum[], shown: readonly Line[], view: View): string[] {
  const { width, paint } = view;
  const blocks: string[][] = [];
  for (let from = 0; from < sums.length; ) {
    let taken = sums.length - from;
    let table = columnsOf(sums.slice(from, from + taken), shown, paint);
    while (taken > 1 && tableWidth(table.columns, table.rows) > width) {
      taken -= 1;
      table = columnsOf(sums.slice(from, from + taken), shown, paint);
    }
    blocks.push(alignTable(table.columns, table.rows, { width, paintTitle: paint.soft }));
    from += taken;
  }
  return blocks.flatMap((block, i) => (i === 0 ? block : ['', ...block]));
}

function columnsOf(sums: readonly Sum[], shown: readonly Line[], paint: View['paint']) {
  const columns: Column[] = [
    { title: 'money' },
    ...sums.map(({ measure }): Column => ({ title: measure, align: 'right' })),
  ];
  const rows: (string | Cell)[][] = [
    ['', ...sums.map(({ currency }) => ({ text: currency, paint: paint.soft }))],
    ...shown.map((line) => [
      { text: line, paint: paint.soft },
      ...sums.map((sum) => cellOf(sum, line, paint)),
    ]),
  ];
  return { columns, rows };
}

function sumUp(ledger: readonly LedgerLine[]): Sum[] {
  const groups = new Map<string, { entity: string; amounts: Amount[] }>();
  for (const { entity, amounts } of ledger) {
    for (const amount of amounts) {
      const key = `${entity}\0${amount.measure}\0${amount.currency}`;
      const group = groups.get(key) ?? { entity, amounts: [] };
      group.amounts.push(amount);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ entity, amounts }) => {
    const sum = (name: (typeof SUMS)[number]) => addDecimals(...amounts.map((amount) => amount[name]));
    const sums = {
      read: sum('read'),
      accepted: sum('accepted'),
      rejected: sum('rejected'),
      filtered: sum('filtered'),
      repeated: sum('repeated'),
    };
    return {
      measure: measureName(entity, amounts[0]?.measure ?? ''),
      currency: currencyName(amounts[0]?.currency ?? ''),
      amounts: { ...sums, changed: changedAmount(sums) },
      unreadable: amounts.reduce((total, amount) => total + amount.unreadable, 0),
    };
  });
}

function isNothing(sum: Sum, line: Line): boolean {
  return line === 'unreadable' ? sum.unreadable === 0 : /^-?0*(\.0*)?$/.test(sum.amounts[line]);
}

function cellOf(sum: Sum, line: Line, paint: View['paint']): Cell {
  if (isNothing(sum, line)) return { text: '0', paint: paint.soft };
  if (line === 'unreadable') return { text: sayCount(sum.unreadable), paint: paint.bad };
  return { text: sayAmount(sum.amounts[line]), paint: line === 'rejected' ? paint.bad : undefined };
}

function measureName(entity: string, measure: string): string {
  return sayName(measure.includes('.') ? measure.replace('.', ' ') : `${entity} ${measure}`);
}

/** ISO 4217 has XXX for no currency. */
function currencyName(currency: string): string {
  return currency === 'XXX' ? 'no currency' : currency;
}
