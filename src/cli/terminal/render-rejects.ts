import type { RejectGroup } from '../../pipeline/group-rejects.js';
import type { Rejects } from '../../pipeline/read-rejects.js';
import { printable } from './printable.js';
import { sayCount, sayMany, sayName, sayOne } from './say-number.js';
import type { View } from './view.js';
import { wrapText } from './wrap-text.js';

export interface RejectsView extends View {
  /** A command as it must be typed here. */
  typed(command: string): string;
}

/** More causes than this are a list for a program. */
const MOST = 30;

/** The causes of a run's rejects: how many, of what, why, where the first one stands, and what they took along. */
export function renderRejects(rejects: Rejects, view: RejectsView): string[] {
  const { paint } = view;
  const { groups, total } = rejects;
  const said = [paint.finding(sentence(rejects))];
  if (rejects.outcome === 'failed') said.push('This run failed, and published nothing.');
  if (groups.length === 0) return ['', ...said, ''];
  const widest = Math.max(...groups.map((group) => sayCount(group.count).length));
  const rest = groups.length - MOST;
  const shown = groups.slice(0, MOST).flatMap((group) => [...renderGroup(group, widest, view), '']);
  const more =
    rest > 0
      ? [`${sayMany(rest, 'more cause')}: ${paint.command(view.typed('rejects --json'))} lists them.`]
      : [];
  const all = `${paint.command(view.typed('rejects --csv rejects.csv'))} writes all ${sayCount(total)} into a file.`;
  return ['', ...said, '', ...shown, ...more, all, ''];
}

function sentence({ groups, total, runId }: Rejects): string {
  if (total === 0) return `Nothing was refused in run ${runId}.`;
  if (groups.length === 0) return `None of the ${sayCount(total)} refused records is of that kind.`;
  const causes = groups.length === 1 ? 'one cause' : `${sayCount(groups.length)} causes`;
  const roots = groups.reduce((sum, group) => sum + group.count, 0);
  const along = groups.reduce((sum, { took }) => sum + count(took), 0);
  const more = along === 0 ? '' : ` and took ${sayCount(along)} along`;
  return `${sayMany(roots, 'record')} ${roots === 1 ? 'was' : 'were'} refused${more}, for ${causes}.`;
}

function count(took: Record<string, number>): number {
  return Object.values(took).reduce((sum, each) => sum + each, 0);
}

function renderGroup(group: RejectGroup, widest: number, { width, paint }: View): string[] {
  const indent = ' '.repeat(2 + widest + 2);
  const room = Math.max(30, width - indent.length);
  const what = `${group.source} ${sayName(group.entity)}`;
  const field = group.field === null ? '' : `${printable(group.field)} `;
  const reason = wrapText(`${what}: ${field}${printable(group.reason)}`, room);
  const number = paint.bad(sayCount(group.count).padStart(widest));
  const details = [`${group.rule}, first ${placeOf(group)}`, ...tookAlong(group), ...valuesOf(group)];
  return [
    ...reason.map((line, i) => (i === 0 ? `  ${number}  ${line}` : indent + line)),
    ...details.flatMap((text) => wrapText(text, room)).map((line) => indent + paint.soft(line)),
  ];
}

/** `customers.csv:812`, as editors open it; kinds without lines say which record of the file it is. */
function placeOf({ file, line, ordinal }: RejectGroup): string {
  const name = printable(file);
  if (line !== null) return `${name}:${line}`;
  return ordinal === null ? name : `${name}, record ${sayCount(ordinal)}`;
}

function tookAlong({ took }: RejectGroup): string[] {
  const taken = Object.entries(took).map(([entity, number]) =>
    sayMany(number, sayOne(entity), sayName(entity)),
  );
  return taken.length > 0 ? [`took ${taken.join(' and ')} along`] : [];
}

function valuesOf({ values }: RejectGroup): string[] {
  if (values.length === 0) return [];
  return [`such as ${values.map((value) => `"${printable(value)}"`).join(', ')}`];
}
