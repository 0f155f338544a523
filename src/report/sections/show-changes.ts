import { changesTable, sayChanges } from '../changes-table.js';
import { type Html, html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { showSection, showTable } from './show-section.js';

/** What the run did to the tables, beside the run before. */
export function showChanges(data: ReportData): Html | null {
  if (data.run.outcome === 'failed' || data.tables.every(({ outcome }) => outcome === null)) return null;
  const { title, about } = sayChanges(data);
  // Of a first run the figures above say it all.
  const table = data.before === null ? html`` : showTable(changesTable(data));
  return showSection('changes', title, about, table);
}
