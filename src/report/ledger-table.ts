import type { ReportData, SourceFlow } from './report-data.js';
import { capital, sayCount, sayMany, sayName } from './say-number.js';
import type { ShownTable, TableCell, TableColumn } from './sections/show-section.js';
import { sumFlows } from './sum-up.js';

type Count = 'read' | 'accepted' | 'rejected' | 'filtered' | 'repeated' | 'merged';
const ALWAYS: readonly Count[] = ['read', 'accepted', 'rejected'];
const COUNTS: readonly Count[] = ['read', 'accepted', 'rejected', 'filtered', 'repeated', 'merged'];

/** The ledger, a line a source and table; columns that are 0 throughout are left out. */
export function ledgerTable({ flows }: ReportData): ShownTable {
  const all = sumFlows(flows);
  const balanced = flows.every((flow) => flow.balanced);
  const counts = COUNTS.filter((count) => ALWAYS.includes(count) || all[count] > 0);
  return {
    caption:
      'Read = accepted + rejected + filtered + repeated, and read is counted a second time by other code than the reader.',
    columns: [
      { title: 'Source' },
      { title: 'Becomes' },
      ...counts.map(
        (count): TableColumn => ({
          title: count === 'merged' ? 'Of which merged' : capital(count),
          number: true,
        }),
      ),
      ...(balanced ? [] : [{ title: 'Balance' }]),
    ],
    rows: flows.map((flow) => [
      { text: sayName(flow.source), below: flow.files > 1 ? sayMany(flow.files, 'file') : flow.file },
      { text: sayName(flow.entity) },
      ...counts.map((count) => countCell(flow[count], count)),
      ...(balanced ? [] : [balanceCell(flow)]),
    ]),
    total: [
      { text: 'Together' },
      { text: '' },
      ...counts.map((count) => countCell(all[count], count)),
      ...(balanced ? [] : [{ text: '' }]),
    ],
  };
}

/** The files of sources that give several. */
export function filesTable({ files }: ReportData): ShownTable {
  const counts = (['read', 'accepted', 'rejected', 'filtered', 'repeated'] as const).filter(
    (count) => ALWAYS.includes(count) || files.some((file) => file[count] > 0),
  );
  return {
    caption: 'Every file of the sources that give several.',
    columns: [
      { title: 'File' },
      { title: 'Becomes' },
      ...counts.map((count): TableColumn => ({ title: capital(count), number: true })),
    ],
    rows: files.map((file) => [
      { text: file.file, below: sayName(file.source) },
      { text: sayName(file.entity) },
      ...counts.map((count) => countCell(file[count], count)),
    ]),
  };
}

function countCell(count: number, part: string): TableCell {
  return { text: sayCount(count), ...toneOf(count, part) };
}

/** A zero says little, a reject much. */
export function toneOf(value: number, part: string): Pick<TableCell, 'tone'> {
  if (value === 0) return { tone: 'zero' };
  return part === 'rejected' ? { tone: 'red' } : {};
}

function balanceCell({ balanced }: SourceFlow): TableCell {
  return balanced ? { text: 'balances', tone: 'good' } : { text: 'does not balance', tone: 'red' };
}
