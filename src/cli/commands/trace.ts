import { EXIT } from '../../kernel/error-codes.js';
import { PamojaError } from '../../kernel/errors.js';
import { type TraceQuery, traceRow } from '../../pipeline/trace-row.js';
import type { Given, Session } from '../session.js';
import { renderTrace } from '../terminal/render-trace.js';
import { wholeView } from '../terminal/view.js';
import { wholeNumber } from '../whole-number.js';

/** `pamoja trace`: where a row comes from, field by field. */
export async function trace(session: Session, { args, flags }: Given): Promise<number> {
  const { out, progress } = session;
  session.interruption.stopped = 'Stopped.';
  const query = queryOf(args, flags);
  const project = await session.project();
  const found = await traceRow(project, query, {
    values: flags.values === true,
    sources: flags.sources !== false,
    env: session.env,
    log: progress.log,
    progress: (source, read, total) => progress.read(source, read, total),
  });
  progress.end();
  if (session.json) out.line(JSON.stringify(found, null, 2));
  else
    for (const line of renderTrace(found, {
      ...wholeView(out),
      typed: session.typed,
      values: flags.values === true,
    }))
      out.line(line);
  return EXIT.ok;
}

/** `order item 17` is an entity of two words and an id; with `--key` all words are the entity. */
function queryOf(words: readonly string[], flags: Given['flags']): TraceQuery {
  const key = typeof flags.key === 'string' ? flags.key : undefined;
  const source = typeof flags.source === 'string' ? flags.source : undefined;
  if (key !== undefined) return { entity: words.join(' '), key, ...(source === undefined ? {} : { source }) };
  const last = words.at(-1) ?? '';
  if (source !== undefined || words.length < 2) {
    throw new PamojaError('PAM-CLI-001', `It is not said which ${words.join(' ')} is meant.`, {
      next: 'Give an id, pamoja trace order 1042, or a key, pamoja trace order --key R17 --source pos.',
    });
  }
  return { entity: words.slice(0, -1).join(' '), id: wholeNumber(last, 'The id', 1) ?? 0 };
}
