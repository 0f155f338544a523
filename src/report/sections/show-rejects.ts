import { type Html, html } from '../html.js';
import { remedyOfReject } from '../remedy-of-reject.js';
import type { RejectSample, ReportData, ReportRejectGroup } from '../report-data.js';
import { sayCount, sayList, sayMany, sayName, sayOne } from '../say-number.js';
import { showSection } from './show-section.js';

/** Causes that are seen at once; the others are a click away. */
const SHOWN_CAUSES = 8;

/** What was refused, cause by cause: how many, why, where, such as what, and what to do about it. */
export function showRejects(data: ReportData): Html {
  const { rejects, made } = data;
  const { total, causes, groups } = rejects;
  if (total === 0) {
    return showSection(
      'rejects',
      'Nothing was refused',
      'Every record that was read could be taken.',
      html``,
    );
  }
  const left = causes - groups.length;
  const [first, rest] = [groups.slice(0, SHOWN_CAUSES), groups.slice(SHOWN_CAUSES)];
  const shape = made.names
    ? ''
    : ' Of values only the shape is shown: x for letters, 9 for what could be a person’s number.';
  const about = `${total === 1 ? 'It is kept as it was' : 'They are kept as they were'} read, with the reason; once mended in the source, the next run takes them.${shape}`;
  return showSection(
    'rejects',
    sayRejects(data),
    about,
    html`<ul class="causes">
${first.map(showGroup)}</ul>
${rest.length === 0 ? null : html`<details><summary>${sayMany(rest.length, 'more cause')} <span>with ${sayMany(countOf(rest), 'record')}</span></summary><div><ul class="causes">\n${rest.map(showGroup)}</ul></div></details>\n`}${left > 0 ? html`<p class="about">${sayMany(left, 'rarer cause')}: <code>pamoja rejects --json</code> lists every one.</p>\n` : null}`,
  );
}

export function sayRejects({ rejects: { total, causes }, flows }: ReportData): string {
  const waiting = Math.min(
    total,
    flows.reduce((sum, flow) => sum + flow.waiting, 0),
  );
  const refused = total - waiting;
  const said = [
    ...(refused > 0 ? [`${sayMany(refused, 'record was', 'records were')} refused`] : []),
    ...(waiting > 0
      ? [refused > 0 ? sayMany(waiting, 'waits', 'wait') : sayMany(waiting, 'record waits', 'records wait')]
      : []),
  ];
  return `${sayList(said)}, for ${causes === 1 ? 'one cause' : sayMany(causes, 'cause')}`;
}

function countOf(groups: readonly ReportRejectGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

function showGroup(group: ReportRejectGroup): Html {
  return html`<li class="cause"><div class="number">${sayCount(group.count)}</div>
<div><h3>${withCode(causeOf(group))}</h3>
<p>${sayName(group.source)} › ${sayName(group.entity)}${tookOf(group)}${group.waiting ? ' · waiting' : ''}</p>
${placesOf(group.samples).map(showPlace)}</div>
<p class="do"><b>What to do</b>${withCode(remedyOfReject(group))}</p></li>
`;
}

/** The reason as a sentence: `email is required and was not given`. */
export function causeOf({ field, reason }: Pick<ReportRejectGroup, 'field' | 'reason'>): string {
  return field === null || field === ''
    ? reason.charAt(0).toUpperCase() + reason.slice(1)
    : `${field} ${reason}`;
}

export function tookOf({ took }: ReportRejectGroup): string {
  const taken = Object.entries(took).map(([entity, count]) =>
    sayMany(count, sayOne(entity), sayName(entity)),
  );
  return taken.length === 0 ? '' : ` · took ${sayList(taken)} along`;
}

export interface SamplePlace {
  file: string;
  samples: { where: string; value: string | null }[];
}

/** The samples of a cause, each file named once. */
export function placesOf(samples: readonly RejectSample[]): SamplePlace[] {
  const places = new Map<string, SamplePlace>();
  for (const { file, line, ordinal, value } of samples) {
    const place = places.get(file) ?? { file, samples: [] };
    places.set(file, place);
    const where = line !== null ? `line ${line}` : ordinal === null ? '' : `record ${sayCount(ordinal)}`;
    place.samples.push({ where, value: value === '' ? null : value });
  }
  return [...places.values()];
}

function showPlace({ file, samples }: SamplePlace): Html {
  const said = samples.map(
    ({ where, value }, i) =>
      html`${i === 0 ? '' : ', '}${where}${value === null ? null : html` <code>${value}</code>`}`,
  );
  return html`<p class="samples">${file}: ${said}</p>
`;
}

/** What stands in backticks as code. */
function withCode(text: string): Html {
  return html`${text.split(/`([^`]*)`/).map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
