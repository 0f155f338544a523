import type { Html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { capital, sayCount, sayMany, sayName } from '../say-number.js';
import { type ShownTable, showSection, showTable } from './show-section.js';

const SEVERITIES: Record<string, string> = {
  blank: 'left empty',
  fix: 'mended',
  warn: 'taken in doubt',
};

/** What rules blanked, mended or doubted, in counts. */
export function showFindings({ findings }: ReportData): Html | null {
  if (findings.total === 0) return null;
  const about = 'Their records were taken. What the source had written is kept beside them.';
  return showSection('findings', sayFindings(findings), about, showTable(findingsTable(findings)));
}

/** `24 values were left empty or mended`. */
export function sayFindings({ groups, total }: ReportData['findings']): string {
  const found = new Set(groups.map(({ severity }) => severity));
  const kinds = Object.keys(SEVERITIES).filter((severity) => found.has(severity));
  const said = kinds.map((severity) => SEVERITIES[severity] ?? severity);
  const last = said.pop() ?? 'told of';
  return `${sayMany(total, 'value was', 'values were')} ${said.length === 0 ? last : `${said.join(', ')} or ${last}`}`;
}

export function findingsTable({ groups }: ReportData['findings']): ShownTable {
  return {
    caption: 'The most frequent first.',
    long: true,
    columns: [
      { title: 'Field' },
      { title: 'What is wrong' },
      { title: 'What became of it' },
      { title: 'Values', number: true },
    ],
    rows: groups.map(({ severity, source, entity, field, reason, count }) => [
      { text: field ?? sayName(entity), below: `${sayName(source)} › ${sayName(entity)}` },
      { text: reason },
      { text: capital(SEVERITIES[severity] ?? severity) },
      { text: sayCount(count) },
    ]),
  };
}
