import { drawFlow } from '../flow/draw-flow.js';
import { type Html, html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { sayShare } from '../say-number.js';
import { sumFlows } from '../sum-up.js';
import { showSection } from './show-section.js';

/** The ways of all rows as a picture. */
export function showFlow(data: ReportData): Html | null {
  if (data.flows.length === 0) return null;
  const red = data.rejects.total > 0 ? ' Red is what was refused.' : '';
  const about = `${sayArrival(data)} Width is the number of rows.${red}`;
  return showSection(
    'flow',
    'Where every record went',
    about,
    html`<figure class="flow">${drawFlow(data)}</figure>\n`,
  );
}

/** How much of what was read arrived. */
export function sayArrival({ flows, run }: ReportData): string {
  const { read, accepted, rejected, filtered } = sumFlows(flows);
  if (read === 0) return 'Nothing was read.';
  const share = sayShare(accepted, read);
  const arrived = run.outcome === 'failed' ? 'was good' : 'arrived';
  const rest = filtered > 0 ? 'was left out, or repeats it' : 'repeats it';
  const end = share !== '100 %' && rejected === 0 ? `; the rest ${rest}` : '';
  return `${share === '100 %' ? 'All' : share} of what was read ${arrived}${end}.`;
}
