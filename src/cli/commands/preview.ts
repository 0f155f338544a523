import { EXIT } from '../../kernel/error-codes.js';
import { PamojaError } from '../../kernel/errors.js';
import { type PreviewOptions, previewSource } from '../../pipeline/preview-source.js';
import type { Given, Session } from '../session.js';
import { renderPreview } from '../terminal/render-preview.js';
import { wholeNumber } from '../whole-number.js';

const MOST_ROWS = 1000;

/** `pamoja preview`: the first records of a source before and after mapping. */
export async function preview(session: Session, { args, flags }: Given): Promise<number> {
  const { out, progress } = session;
  session.interruption.stopped = 'Stopped.';
  const rows = wholeNumber(flags.rows, '--rows', 1) ?? 5;
  if (rows > MOST_ROWS) {
    throw new PamojaError('PAM-CLI-001', `--rows is ${rows}; a preview shows ${MOST_ROWS} at the most.`, {
      next: 'To see every record, run the project and ask the database: pamoja db psql',
    });
  }
  const project = await session.project();
  const options: PreviewOptions = {
    rows,
    log: progress.log,
    progress: (source, read, total) => progress.read(source, read, total),
    ...(typeof flags.entity === 'string' ? { entity: flags.entity } : {}),
  };
  const found = await previewSource(project, args[0] ?? '', options);
  progress.end();
  if (session.json) out.line(JSON.stringify(found, null, 2));
  else for (const line of renderPreview(found, out)) out.line(line);
  return EXIT.ok;
}
