import { relative, resolve } from 'node:path';
import { EXIT } from '../../kernel/error-codes.js';
import { startProject } from '../../pipeline/start-project.js';
import type { Given, Session } from '../session.js';
import { alignTable } from '../terminal/align-table.js';
import { printable } from '../terminal/printable.js';
import { renderDoubts } from '../terminal/render-doubts.js';
import { sayMany, sayName } from '../terminal/say-number.js';

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
          paint.finding(`${shown} holds an example, as no data files that could be told were found.`),
          '',
          `Put your files and columns into it, then try: ${paint.command(`pamoja run --dry-run${there}`)}`,
        ]
      : [
          paint.finding(
            `${shown} says what ${sayMany(known.length, 'source')} seem${known.length === 1 ? 's' : ''} to hold.`,
          ),
          '',
          ...alignTable(
            [{ title: 'source' }, { title: 'file', least: 12, cut: 'middle' }, { title: 'becomes' }],
            sources.map(({ name, path, sheet, entities }) => [
              entities.length === 0 ? '' : name,
              printable(sheet === undefined ? path : `${path}, ${sheet}`),
              entities.length === 0
                ? { text: 'not told by its columns', paint: paint.warning }
                : entities.map(sayName).join(', '),
            ]),
            { width: out.width, paintTitle: paint.soft },
          ),
          '',
          ...renderDoubts(doubts, shown, out),
          'It was guessed by the names of columns: read it, correct it, then look at what it makes of a source.',
          `  ${paint.command(`pamoja preview ${first}${there}`)}`,
          `  ${paint.command(`pamoja run --dry-run${there}`)}`,
        ];
  for (const line of ['', ...lines, '']) out.line(line);
  return EXIT.ok;
}
