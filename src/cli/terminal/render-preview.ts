import type { Preview, PreviewFeed, PreviewFinding, PreviewRow } from '../../pipeline/preview-source.js';
import { alignTable, type Cell, type Column } from './align-table.js';
import { printable } from './printable.js';
import { sayCount, sayName } from './say-number.js';
import type { View } from './view.js';

/** Records before and after mapping, one under the other; beside each field what the rules found in it. */
export function renderPreview(preview: Preview, view: View): string[] {
  const lines = preview.feeds.flatMap((feed) => renderFeed(preview.source, feed, view));
  return ['', ...lines];
}

function renderFeed(source: string, feed: PreviewFeed, view: View): string[] {
  const { paint } = view;
  const title = paint.finding(`${source} becomes ${sayName(feed.entity)}`);
  if (feed.rows.length === 0) return [title, '', '  There is no record to show.', ''];
  return [title, '', ...feed.rows.flatMap((row) => [...renderRow(feed, row, view), ''])];
}

function renderRow(feed: PreviewFeed, row: PreviewRow, { width, paint }: View): string[] {
  const place =
    row.line === null ? `${row.file}, record ${sayCount(row.ordinal)}` : `${row.file}:${row.line}`;
  const verdict = { accepted: row.verdict, filtered: row.verdict, rejected: paint.bad(row.verdict) }[
    row.verdict
  ];
  const whole = row.found.filter((each) => each.field === null || feed.from[each.field] === undefined);
  const head = [
    `  ${paint.soft(printable(place))}  ${verdict}${whole.map((each) => `  ${sayFinding(each)}`).join('')}`,
  ];
  if (Object.keys(row.before).length === 0) return head;
  const columns: Column[] = [
    { title: '', least: 8 },
    { title: '', least: 8 },
    { title: '' },
    { title: '', least: 8 },
    { title: '', least: 8 },
    { title: '', least: 10 },
  ];
  return [...head, ...alignTable(columns, fieldRows(feed, row, paint), { width, indent: 4 })];
}

/** A line a field, and one more for each further column that it is made of. */
function fieldRows(feed: PreviewFeed, row: PreviewRow, paint: View['paint']): (string | Cell)[][] {
  const key = feed.key.map((column, i): (string | Cell)[] => {
    const before = [{ text: printable(column), paint: paint.soft }, shownValue(row.before[column], paint)];
    return i > 0
      ? before
      : [...before, '→', { text: 'its key', paint: paint.soft }, shownValue(row.key, paint)];
  });
  const fields = Object.entries(feed.from).flatMap(([field, from]) => {
    const found = row.found.filter((each) => each.field === field);
    const after = shownValue(row.after[field], paint);
    const columns = from.length === 0 ? [undefined] : from;
    return columns.map((column, i): (string | Cell)[] => {
      const before: (string | Cell)[] =
        column === undefined
          ? ['', '']
          : [{ text: printable(column), paint: paint.soft }, shownValue(row.before[column], paint)];
      if (i > 0) return before;
      return [...before, '→', { text: field, paint: paint.soft }, after, findingCell(found, paint)];
    });
  });
  return [...key, ...fields];
}

/** Nothing is told apart from an empty text. */
function shownValue(value: string | null | undefined, paint: View['paint']): Cell {
  if (value === null || value === undefined) return { text: '–', paint: paint.soft };
  const edged = value === '' || value !== value.trim();
  return { text: edged ? `"${printable(value)}"` : printable(value) };
}

function findingCell(found: readonly PreviewFinding[], paint: View['paint']): Cell {
  const rejects = found.some((each) => each.severity === 'reject');
  return { text: found.map(sayFinding).join('; '), paint: rejects ? paint.bad : paint.warning };
}

const SAID: Record<string, string> = { reject: 'refused', blank: 'blanked', fix: 'mended', warn: 'doubtful' };

function sayFinding({ severity, rule, reason }: PreviewFinding): string {
  return `${SAID[severity] ?? severity}: ${printable(reason)} (${rule})`;
}
