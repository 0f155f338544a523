import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { EXIT } from '../../kernel/error-codes.js';
import { PamojaError } from '../../kernel/errors.js';
import { makeReport } from '../../pipeline/make-report.js';
import { isOurReport } from '../../report/is-our-report.js';
import type { Given, Session } from '../session.js';

/** `pamoja report`: tells of a run as one page, and beside it as Markdown. */
export async function report(session: Session, { flags }: Given): Promise<number> {
  const { out, progress, interruption } = session;
  interruption.stopped = 'Stopped. No report was written.';
  const project = await session.project();
  const place =
    typeof flags.out === 'string' ? resolve(session.cwd, flags.out) : join(project.root, 'report.html');
  if (isFolder(place)) {
    throw new PamojaError('PAM-CLI-002', 'is a folder.', {
      where: shown(session, place),
      next: `Name a file in it: --out ${join(shown(session, place), 'report.html')}`,
    });
  }
  const [page, text] = placesOf(place);
  if (flags.force !== true) for (const path of [page, text]) demandOurs(path, shown(session, path));
  const names = flags.names === true;
  const made = await makeReport(project, {
    env: session.env,
    log: progress.log,
    names,
    ...(typeof flags.run === 'string' ? { run: flags.run } : {}),
  });
  progress.end();
  write(page, made.html, names);
  write(text, made.markdown, names);
  if (session.json) {
    const { runId, outcome, title } = made;
    out.line(JSON.stringify({ run_id: runId, outcome, title, html: page, markdown: text, names }, null, 2));
  } else if (!session.quiet) {
    const personal = names ? ['It shows personal data: give it only to who may see that.'] : [];
    for (const line of [
      '',
      out.paint.finding(made.title),
      '',
      `Written to ${shown(session, page)}, and as Markdown to ${shown(session, text)}.`,
      ...personal,
      '',
    ])
      out.line(line);
  }
  return EXIT.ok;
}

/** The page as named, with .html where it has no ending, and the Markdown beside it. */
function placesOf(out: string): [page: string, text: string] {
  const ending = extname(out);
  const stem = /^\.(html?|md)$/i.test(ending) ? out.slice(0, -ending.length) : out;
  return [/^\.html?$/i.test(ending) ? out : `${stem}.html`, `${stem}.md`];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Only what Pamoja wrote is replaced unasked. */
function demandOurs(path: string, name: string): void {
  if (!existsSync(path)) return;
  let head = '';
  try {
    head = readFileSync(path, 'utf8').slice(0, 4000);
  } catch {
    // A folder, or a file that may not be read, is not ours either.
  }
  if (isOurReport(head)) return;
  throw new PamojaError('PAM-CLI-002', 'is already there, and is no report of Pamoja.', {
    where: name,
    next: 'Name another file with --out, or replace it with --force.',
  });
}

/** Under its own name the file is there complete or not at all; with people's names in it, only we may read it. */
function write(path: string, text: string, names: boolean): void {
  const unfinished = join(dirname(path), `.pamoja-${randomBytes(4).toString('hex')}${extname(path)}`);
  try {
    writeFileSync(unfinished, text, names ? { mode: 0o600 } : {});
    renameSync(unfinished, path);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    throw new PamojaError('PAM-CLI-002', `The file cannot be written (${code}).`, {
      where: path,
      next: 'Name a file in a folder that is there and that you may write to.',
      cause,
    });
  }
}

function shown({ cwd }: Session, path: string): string {
  return relative(cwd, path) || path;
}
