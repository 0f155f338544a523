import type { Workspace } from '../../engine/workspace.js';
import { messageOf, PamojaError } from '../../kernel/errors.js';
import type { Log } from '../../kernel/log.js';
import { ident, sql } from '../../kernel/sql.js';
import type { Source } from '../../model/config.js';
import { exactPath } from '../bytes/exact-path.js';
import { refuseChanged, type SourceFile } from '../bytes/files.js';
import { TornLog } from '../torn-log.js';
import type { FilePlan } from './file-plan.js';
import { goodRecords } from './good-records.js';
import { openCsv } from './open-csv.js';
import { insertRecords, type LineEnd, type Reading, throughPipe } from './raw-rows.js';

export interface Destination {
  workspace: Workspace;
  log: Log;
  source: Source;
  /** The raw table, its columns in the order `_file`, `_ordinal`, then those wanted. */
  raw: string;
  wanted: readonly string[];
  torn: string;
}

/** How a file was read before its survey was done. */
export interface Ahead {
  lineEnd: LineEnd;
  /** Bytes of the longest record that could be read so. */
  longest: number;
  records: number;
}

/** How many records came into the raw table, and how many are torn. */
interface Loaded {
  records: number;
  torn: number;
}

/** Below this many bytes to count them takes no time, and neither does numbering records one after the other. */
export const LARGE = 4 << 20;

/**
 * Brings the records of one file into the raw table and the torn ones into theirs. Where they were read
 * `ahead`, and the survey finds the file as was guessed, they stay.
 * Errors: PAM-SRC-009 where DuckDB gives another number of records than the survey counted, PAM-SRC-010 where that is
 * because the file changed.
 */
export async function loadFile(to: Destination, plan: FilePlan, ahead: Ahead | undefined): Promise<void> {
  const { clean, longest } = plan.survey;
  const there = ahead !== undefined && ahead.lineEnd === clean && ahead.longest >= longest;
  if (ahead !== undefined && !there) await discard(to, plan);
  const attempts: (() => Promise<Loaded>)[] = [
    there ? async () => ({ records: ahead.records, torn: 0 }) : () => readOnce(to, plan),
    // DuckDB's parallel reader may cut a file wrongly, or refuse it, where records span many lines.
    () => passGood(to, plan, false),
  ];
  let failure: string | undefined;
  for (const attempt of attempts) {
    try {
      const { records, torn } = await attempt();
      const given = records + torn;
      if (given === plan.survey.records) {
        await numberRecords(to, plan, torn);
        return;
      }
      failure = `the reader gave ${given} records, the bytes hold ${plan.survey.records}`;
    } catch (error) {
      if (error instanceof PamojaError) throw error;
      failure = messageOf(error).split('\n')[0] ?? '';
    }
    to.log.debug(`${plan.file.where}: read once more, because ${failure}`);
    await discard(to, plan);
  }
  // Somebody who writes to the file is the likelier reason.
  await refuseChanged(plan.file);
  throw new PamojaError('PAM-SRC-009', `${failure}.`, {
    where: plan.file.where,
    next: 'Nothing was published. Please report this with the shape of the file: delimiter, quotes, line ends.',
  });
}

async function discard(to: Destination, { index }: FilePlan): Promise<void> {
  for (const table of [to.raw, to.torn])
    await to.workspace.run(sql`DELETE FROM ${ident(table)} WHERE _file = ${index}`);
}

async function readOnce(to: Destination, plan: FilePlan): Promise<Loaded> {
  const { clean, longest } = plan.survey;
  if (clean === undefined) return passGood(to, plan, true);
  return { records: await insertInPlace(to, plan, clean, longest), torn: 0 };
}

/** Lets DuckDB read a file by its path. `longest` are the bytes of its longest record. Gives the number of records. */
export async function insertInPlace(
  { workspace, raw, wanted }: Destination,
  { index, file, header }: Omit<FilePlan, 'survey'>,
  lineEnd: LineEnd,
  longest: number,
): Promise<number> {
  const how: Reading = { header, skipHeader: header.inFile, lineEnd, longest, parallel: true };
  return workspace.insert(insertRecords(raw, index, wanted, exactPath(file.path), how, isSmall(file)));
}

/** Whether records get their numbers while they are read, one after the other. */
function isSmall(file: SourceFile): boolean {
  return file.bytes < LARGE;
}

async function passGood(to: Destination, plan: FilePlan, parallel: boolean): Promise<Loaded> {
  const { header, survey, index, file } = plan;
  const { chunks } = openCsv(file, to.source);
  const all = header.columns.every((column) => to.wanted.includes(column));
  const log = new TornLog(to.workspace);
  try {
    const good = goodRecords(file, header, chunks, (record) => {
      log.add(record.ordinal, record.line, record.rule, record.reason, all ? record.text : undefined);
    });
    const how: Reading = { header, skipHeader: false, lineEnd: '\n', longest: survey.longest, parallel };
    const records = await throughPipe(to.workspace, good, (path) =>
      insertRecords(to.raw, index, to.wanted, path, how, isSmall(file)),
    );
    await log.insertInto(to.torn, index);
    return { records, torn: log.count };
  } finally {
    log.remove();
  }
}

/** Numbers a file's records in its order, leaving out the numbers of the torn. rowid is that order. */
async function numberRecords(to: Destination, { index, file }: FilePlan, torn: number): Promise<void> {
  const { workspace, raw } = to;
  if (!isSmall(file))
    await workspace.run(sql`UPDATE ${ident(raw)} SET _ordinal = rowid + 1
      - (SELECT min(rowid) FROM ${ident(raw)} WHERE _file = ${index}) WHERE _file = ${index}`);
  if (torn === 0) return;
  // A torn record n, the k-th of them, moves all records from the (n - k + 1)-th good one on.
  const gaps = sql`SELECT _ordinal - row_number() OVER (ORDER BY _ordinal) + 1 AS good,
      row_number() OVER (ORDER BY _ordinal) AS moved FROM ${ident(to.torn)} WHERE _file = ${index}`;
  const moves = sql`SELECT good, max(moved) AS moved FROM (${gaps}) GROUP BY good`;
  await workspace.run(sql`UPDATE ${ident(raw)} AS r SET _ordinal = r._ordinal + m.moved
    FROM (SELECT n.rowid AS row, g.moved FROM (SELECT rowid, _ordinal FROM ${ident(raw)} WHERE _file = ${index}) n
      ASOF JOIN (${moves}) g ON n._ordinal >= g.good) m
    WHERE r.rowid = m.row`);
}
