import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hasFifos, removeFifo, writeFifo } from '../../engine/fifo.js';
import type { Workspace } from '../../engine/workspace.js';
import { messageOf, PamojaError } from '../../kernel/errors.js';
import { ident, literal, type Sql, sql } from '../../kernel/sql.js';
import type { Source } from '../../model/config.js';
import { exactPath } from '../bytes/exact-path.js';
import type { JsonText } from './json-text.js';
import { oneTextALine } from './one-text-a-line.js';
import type { Survey } from './survey-json.js';

/** How the texts of the records came into the stage. */
export interface Stage {
  /** Table with one column, `text`; rowid is the order in the file. */
  table: string;
  /** Whether a row is a physical line, blank ones and those that are not JSON included. */
  physical: boolean;
}

/** Brings the text of every record of a document into a table, one row a record. */
export async function stageDocument(
  workspace: Workspace,
  text: JsonText,
  source: Source,
  survey: Survey,
): Promise<Stage> {
  const table = `stage_${source.name}`;
  const { found } = survey;
  if (found === undefined || found.kind === 'null' || survey.records === 0) {
    await workspace.run(sql`CREATE OR REPLACE TABLE ${ident(table)} (text VARCHAR)`);
    return { table, physical: false };
  }
  const read = (path: Sql) => readObjects(table, path, 'array', survey.longest);
  // Only the outermost list can be read from where it is: what stands around an inner one would be a record too.
  const outermost = found.kind === 'array' && (source.records ?? '$') === '$';
  if (survey.verbatim && outermost && text.path !== undefined) {
    await explained(text, workspace.run(read(exactPath(text.path))));
  } else {
    await piped(workspace, text, slice(text.open().chunks, found), read);
  }
  return { table, physical: false };
}

/** Brings the text of every line into a table, one row a line. */
export async function stageLines(
  workspace: Workspace,
  text: JsonText,
  source: Source,
  survey: Survey,
): Promise<Stage> {
  const table = `stage_${source.name}`;
  if (survey.blank > 0 || survey.invalid > 0) {
    const chunks = oneTextALine(text.open().chunks);
    await piped(workspace, text, chunks, (path) => readLines(table, path, survey.longest));
    return { table, physical: true };
  }
  const read = (path: Sql) => readObjects(table, path, 'newline_delimited', survey.longest);
  if (survey.verbatim && text.path !== undefined)
    await explained(text, workspace.run(read(exactPath(text.path))));
  else await piped(workspace, text, text.open().chunks, read);
  return { table, physical: false };
}

function readObjects(table: string, path: Sql, format: string, longest: number): Sql {
  return sql`CREATE OR REPLACE TABLE ${ident(table)} AS SELECT json::VARCHAR AS text
    FROM read_json_objects(${path}, format = ${literal(format)}, compression = 'uncompressed',
      maximum_object_size = ${Math.max(16777216, longest + 1024)})`;
}

function readLines(table: string, path: Sql, longest: number): Sql {
  return sql`CREATE OR REPLACE TABLE ${ident(table)} AS SELECT text
    FROM read_csv(${path}, auto_detect = false, header = false, delim = E'\\x1f', quote = '', escape = '',
      comment = '', new_line = '\\n', nullstr = E'\\x1d', compression = 'none', columns = {'text': 'VARCHAR'},
      max_line_size = ${Math.max(16777216, longest + 1024)})`;
}

/** Only the bytes of the list of records; one object becomes a list of one. */
async function* slice(
  chunks: AsyncIterable<Buffer>,
  found: { kind: string; start: number; end: number },
): AsyncGenerator<Buffer, void, undefined> {
  if (found.kind === 'object') yield Buffer.from('[');
  let offset = 0;
  for await (const chunk of chunks) {
    const part = chunk.subarray(Math.max(0, found.start - offset), Math.max(0, found.end - offset));
    if (part.length > 0) yield part;
    offset += chunk.length;
    if (offset >= found.end) break;
  }
  if (found.kind === 'object') yield Buffer.from(']');
}

async function piped(
  workspace: Workspace,
  text: JsonText,
  chunks: AsyncGenerator<Buffer, void, undefined>,
  read: (path: Sql) => Sql,
): Promise<void> {
  if (!hasFifos) {
    const path = join(workspace.dir, `json-${randomBytes(6).toString('hex')}`);
    try {
      await pipeline(Readable.from(chunks), createWriteStream(path));
      await explained(text, workspace.run(read(literal(path))));
    } finally {
      removeFifo(path);
    }
    return;
  }
  const path = await workspace.fifos.take();
  try {
    const { done, abandon } = writeFifo(path, chunks);
    const reading = workspace.run(read(literal(path))).finally(abandon);
    const [wrote, took] = await Promise.allSettled([done, explained(text, reading)]);
    // What broke the bytes explains why DuckDB saw an early end, not the other way round.
    if (wrote.status === 'rejected') throw wrote.reason;
    if (took.status === 'rejected') throw took.reason;
  } finally {
    removeFifo(path);
  }
}

async function explained(text: JsonText, reading: Promise<void>): Promise<void> {
  try {
    await reading;
  } catch (cause) {
    // DuckDB quotes the path and at times the text: only its reason may go into a message.
    const reason = /in record\/value (\d+): ([a-z ]+)/.exec(messageOf(cause));
    const why = reason === null ? '' : ` (record ${reason[1]}: ${reason[2]!.trim()})`;
    throw new PamojaError('PAM-SRC-008', `DuckDB cannot read the records${why}.`, {
      where: text.where,
      next: 'Fetch or export the file again; if it is sound, this is a fault of Pamoja.',
      cause,
    });
  }
}
