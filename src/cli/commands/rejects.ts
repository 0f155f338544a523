import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXIT } from '../../kernel/error-codes.js';
import { PamojaError } from '../../kernel/errors.js';
import { type RejectQuery, type Rejects, readRejects } from '../../pipeline/read-rejects.js';
import type { Output } from '../output.js';
import type { Given, Session } from '../session.js';
import { type RejectsView, renderRejects } from '../terminal/render-rejects.js';
import { sayMany } from '../terminal/say-number.js';

const SHOWN_VALUES = 3;

/** `pamoja rejects`: what was refused and why, grouped by cause; as CSV or JSON every record. */
export async function rejects(session: Session, { flags }: Given): Promise<number> {
  session.interruption.stopped = 'Stopped.';
  const file = textOf(flags.csv);
  if (file === '-' && session.json) {
    throw new PamojaError('PAM-CLI-001', 'It is either --csv - or --json.', { next: 'Take one away.' });
  }
  const project = await session.project();
  const path = file === undefined || file === '-' ? undefined : resolve(session.cwd, file);
  if (path !== undefined && existsSync(path) && flags.force !== true) throw inTheWay(session, path);
  const query: RejectQuery = { env: session.env, log: session.progress.log, ...filtersOf(flags) };
  await readRejects(project, query, async (found) => {
    session.progress.end();
    const csv = () => found.csv({ safe: flags.exact !== true });
    if (file === '-') await sendOn(csv(), session.out);
    else if (path !== undefined) await writeWhole(csv(), path);
    if (file === '-') return;
    if (session.json) await printJson(found, session.out, file === undefined);
    else if (path !== undefined) tellWritten(session, found, path);
    else for (const line of renderRejects(found, viewOf(session))) session.out.line(line);
  });
  return EXIT.ok;
}

function viewOf({ out, typed }: Session): RejectsView {
  return { width: out.width, paint: out.paint, typed };
}

function filtersOf(flags: Given['flags']): RejectQuery {
  const given = Object.entries({
    run: textOf(flags.run),
    source: textOf(flags.source),
    rule: textOf(flags.rule),
    entity: textOf(flags.entity),
    values: flags.values === true ? SHOWN_VALUES : undefined,
  });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function inTheWay(session: Session, path: string): PamojaError {
  return new PamojaError('PAM-CLI-002', 'is already there.', {
    where: relative(session.cwd, path) || path,
    next: 'Name another file, or replace it with --force.',
  });
}

/** Under its own name the file is there complete or not at all; it holds people's data, so only we may read it. */
async function writeWhole(bytes: Readable, path: string): Promise<void> {
  const unfinished = join(dirname(path), `.pamoja-${randomBytes(4).toString('hex')}.csv`);
  try {
    await pipeline(bytes, createWriteStream(unfinished, { mode: 0o600 }));
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof PamojaError || typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) throw error;
    throw new PamojaError('PAM-CLI-002', `The file cannot be written (${code}).`, {
      where: path,
      next: 'Name a file in a folder that is there and that you may write to.',
      cause: error,
    });
  }
}

async function sendOn(bytes: Readable, out: Output): Promise<void> {
  for await (const chunk of bytes) {
    out.write(chunk as Uint8Array);
    if (!(await out.drained())) break;
  }
}

/** One JSON object, its rows written as they come. */
async function printJson(found: Rejects, out: Output, rows: boolean): Promise<void> {
  const { runId, outcome, total, groups } = found;
  const head = JSON.stringify({ run_id: runId, outcome, total, groups }, null, 2);
  if (!rows) {
    out.line(head);
    return;
  }
  out.write(`${head.slice(0, head.lastIndexOf('\n'))},\n  "rejects": [`);
  let first = true;
  for await (const line of createInterface({
    input: found.jsonLines(),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    out.write(`${first ? '' : ','}\n    ${line}`);
    first = false;
    if (!(await out.drained())) return;
  }
  out.line(first ? ']\n}' : '\n  ]\n}');
}

function tellWritten(session: Session, found: Rejects, path: string): void {
  if (session.quiet) return;
  session.out.line(
    `Written to ${relative(session.cwd, path) || path}, from the ${sayMany(found.total, 'record')} that run ${found.runId} refused. It can hold personal data.`,
  );
}
