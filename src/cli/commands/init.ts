import { relative, resolve } from 'node:path';
import { EXIT } from '../../kernel/error-codes.js';
import { type StartResult, startProject } from '../../pipeline/start-project.js';
import type { Given, Session } from '../session.js';
import { alignTable, tableWidth } from '../terminal/align-table.js';
import { fitText } from '../terminal/display-width.js';
import { printable } from '../terminal/printable.js';
import { renderDoubts } from '../terminal/render-doubts.js';
import { sayMany, sayName } from '../terminal/say-number.js';
import type { View } from '../terminal/view.js';
import { wrapText } from '../terminal/wrap-text.js';

/** `pamoja init`: writes a configuration to start from. */
export async function init(session: Session, { args, flags }: Given): Promise<number> {
  const { out, progress } = session;
  session.interruption.stopped = 'Stopped. Nothing was written.';
  const dir = resolve(session.cwd, args[0] ?? '.');
  const { file, sources, doubts } = await startProject({
    dir,
    force: flags.force === true,
    log: progress.log,
  });
  progress.end();
  const shown = relative(session.cwd, file) || file;
  if (session.json) {
    out.line(JSON.stringify({ file, sources, doubts }, null, 2));
    return EXIT.ok;
  }
  if (session.quiet) return EXIT.ok;
  const { paint } = out;
  const folder = relative(session.cwd, dir);
  const there = folder === '' ? '' : ` --config ${folder}`;
  const known = sources.filter(({ entities }) => entities.length > 0);
  const first = known[0]?.name;
  const lines =
    known.length === 0
      ? [
          paint.finding(
            sources.length === 0
              ? `${shown} holds an example, as no data files were found.`
              : `${shown} holds an example, as of ${sayMany(sources.length, 'file')} none could be told.`,
          ),
          '',
          ...(sources.length === 0 ? [] : [...sourceLines(sources, out), '']),
          `Put your files and columns into it, then try: ${paint.command(`pamoja run --dry-run${there}`)}`,
        ]
      : [
          paint.finding(
            `${shown} says what ${sayMany(known.length, 'source')} seem${known.length === 1 ? 's' : ''} to hold.`,
          ),
          '',
          ...sourceLines(sources, out),
          '',
          ...renderDoubts(doubts, shown, out),
          ...wrapText(
            'It was guessed by the names of columns and the first records: read it, correct it, then look at what it makes of a source.',
            out.width,
          ),
          `  ${paint.command(`pamoja preview ${first}${there}`)}`,
          `  ${paint.command(`pamoja run --dry-run${there}`)}`,
        ];
  for (const line of ['', ...lines, '']) out.line(line);
  return EXIT.ok;
}

/** What each file seems to hold: a table, or where that is wider than the terminal a few lines each. */
function sourceLines(sources: StartResult['sources'], { width, paint }: View): string[] {
  const columns = [
    { title: 'source' },
    { title: 'file', least: 12, cut: 'middle' as const },
    { title: 'becomes' },
  ];
  const told = sources.map(({ name, path, sheet, entities, why = '' }) => ({
    name: entities.length === 0 ? '' : name,
    place: printable(sheet === undefined ? path : `${path}, ${sheet}`),
    text: entities.length === 0 ? why : entities.map(sayName).join(', '),
    paint: entities.length === 0 ? paint.warning : undefined,
  }));
  const rows = told.map(({ name, place, text, paint }) => [
    name,
    place,
    paint === undefined ? text : { text, paint },
  ]);
  const least = rows.map(([name, , becomes]) => [name ?? '', ' '.repeat(12), becomes ?? '']);
  if (tableWidth(columns, least) <= width)
    return alignTable(columns, rows, { width, paintTitle: paint.soft });
  return told.flatMap(({ place, text }) => [
    `  ${fitText(place, width - 2, 'middle')}`,
    ...wrapText(text, width - 6).map((line) => `      ${line}`),
  ]);
}
