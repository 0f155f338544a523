import { addDecimals, equalDecimals } from '../kernel/add-decimals.js';
import { changedAmount } from '../model/ledger.js';
import { toneOf } from './ledger-table.js';
import type { HeldAmount, ReportAmount, ReportData } from './report-data.js';
import { capital, sayAmount, sayCurrency, sayMany, sayName } from './say-number.js';
import type { ShownTable, TableCell, TableColumn } from './sections/show-section.js';

/** Where rows stay that this run did not write, the database holds more than was accepted, and the check knows it. */
function inDatabase(amount: ReportAmount, held: readonly HeldAmount[]): TableCell {
  if (!amount.reconciled) return { text: 'not reconciled', tone: 'red' };
  const there = held.find(
    ({ source, measure, currency }) =>
      source === amount.source && measure === amount.measure && currency === amount.currency,
  );
  if (there === undefined || equalDecimals(there.sum, amount.accepted))
    return { text: 'the same', tone: 'good' };
  return amount.kept
    ? { text: `${sayAmount(there.sum)} with what was there before`, tone: 'good' }
    : { text: `${sayAmount(there.sum)}, changed since`, tone: 'red' };
}

/** The money of one measure and currency, a line a source. */
export function moneyTables({ amounts, held }: ReportData): ShownTable[] {
  const groups = new Map<string, typeof amounts>();
  for (const amount of amounts) {
    const key = JSON.stringify([amount.entity, amount.measure, amount.currency]);
    groups.set(key, [...(groups.get(key) ?? []), amount]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    const parts = (['read', 'accepted', 'rejected', 'filtered', 'repeated'] as const).filter(
      (part) =>
        part === 'read' ||
        part === 'accepted' ||
        part === 'rejected' ||
        group.some((each) => Number(each[part]) !== 0),
    );
    const changed = group.some((each) => Number(changedAmount(each)) !== 0);
    const unreadable = group.some((each) => each.unreadable > 0);
    const currency = sayCurrency(first?.currency ?? '') || 'no currency told';
    const cell = (value: string, part: string): TableCell => ({
      text: Number(value) === 0 ? '0' : sayAmount(value),
      ...toneOf(Number(value), part),
    });
    return {
      caption: `${capital(sayName(first?.measure ?? ''))}, ${currency}`,
      long: true,
      columns: [
        { title: 'Source' },
        ...parts.map((part): TableColumn => ({ title: capital(part), number: true })),
        ...(changed ? [{ title: 'Changed', number: true }] : []),
        ...(unreadable ? [{ title: 'Not readable', number: true }] : []),
        { title: 'In the database', number: true },
      ],
      rows: group.map((each) => [
        { text: sayName(each.source) },
        ...parts.map((part) => cell(each[part], part)),
        ...(changed ? [cell(changedAmount(each), 'changed')] : []),
        ...(unreadable
          ? [
              {
                text: each.unreadable === 0 ? '0' : sayMany(each.unreadable, 'row'),
                ...toneOf(each.unreadable, 'rejected'),
              },
            ]
          : []),
        inDatabase(each, held),
      ]),
      ...(group.length > 1
        ? {
            total: [
              { text: 'Together' },
              ...parts.map((part) => cell(addDecimals(...group.map((each) => each[part])), part)),
              ...(changed ? [cell(addDecimals(...group.map(changedAmount)), 'changed')] : []),
              ...(unreadable ? [{ text: '' }] : []),
              { text: '' },
            ],
          }
        : {}),
    };
  });
}
