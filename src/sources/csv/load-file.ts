import type { Workspace } from '../../engine/workspace.js';
import { messageOf, PamojaError } from '../../kernel/errors.js';
import type { Log } from '../../kernel/log.js';
import { ident, sql } from '../../kernel/sql.js';
import type { Source } from '../../model/config.js';
import { exactPath } from '../bytes/exact-path.js';
import { refuseChanged } from '../bytes/files.js';
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
}

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
  const attempts = [
    there ? async () => 0 : () => readOnce(to, plan),
    // DuckDB's parallel reader may cut a file wrongly, or refuse it, where records span many lines.
    () => passGood(to, plan, false),
  ];
  let failure: string | undefined;
  for (const attempt of attempts) {
    try {
      const torn = await attempt();
      const given = (await rowsOf(to, plan)).rows + torn;
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

async function readOnce(to: Destination, plan: FilePlan): Promise<number> {
  const { clean, longest } = plan.survey;
  if (clean === undefined) return passGood(to, plan, true);
  await insertInPlace(to, plan, clean, longest);
  return 0;
}

/** Lets DuckDB read a file by its path. `longest` are the bytes of its longest record. */
export async function insertInPlace(
  { workspace, raw, wanted }: Destination,
  { index, file, header }: Omit<FilePlan, 'survey'>,
  lineEnd: LineEnd,
  longest: number,
): Promise<void> {
  const how: Reading = { header, skipHeader: header.inFile, lineEnd, longest, parallel: true };
  await workspace.run(insertRecords(raw, index, wanted, exactPath(file.path), how));
}

/** Gives the number of torn records. */
async function passGood(to: Destination, plan: FilePlan, parallel: boolean): Promise<number> {
  const { header, survey, index, file } = plan;
  const { chunks } = openCsv(file, to.source);
  const all = header.columns.every((column) => to.wanted.includes(column));
  const log = new TornLog(to.workspace);
  try {
    const good = goodRecords(file, header, chunks, (record) => {
      log.add(record.ordinal, record.line, record.rule, record.reason, all ? record.text : undefined);
    });
    const how: Reading = { header, skipHeader: false, lineEnd: '\n', longest: survey.longest, parallel };
    await throughPipe(to.workspace, good, (path) => insertRecords(to.raw, index, to.wanted, path, how));
    await log.insertInto(to.torn, index);
    return log.count;
  } finally {
    log.remove();
  }
}

function rowsOf({ workspace, raw }: Destination, plan: FilePlan): Promise<{ rows: number; first: number }> {
  return workspace.row(sql`SELECT count(*) AS rows, coalesce(min(rowid), 0) AS first
    FROM ${ident(raw)} WHERE _file = ${plan.index}`);
}

/** Numbers a file's records in its order, leaving out the numbers of the torn. rowid is that order. */
async function numberRecords(to: Destination, plan: FilePlan, torn: number): Promise<void> {
  const { workspace, raw } = to;
  const { first } = await rowsOf(to, plan);
  await workspace.run(
    sql`UPDATE ${ident(raw)} SET _ordinal = rowid - ${first} + 1 WHERE _file = ${plan.index}`,
  );
  if (torn === 0) return;
  // A torn record n, the k-th of them, moves all records from the (n - k + 1)-th good one on.
  const gaps = sql`SELECT _ordinal - row_number() OVER (ORDER BY _ordinal) + 1 AS good,
      row_number() OVER (ORDER BY _ordinal) AS moved FROM ${ident(to.torn)} WHERE _file = ${plan.index}`;
  const moves = sql`SELECT good, max(moved) AS moved FROM (${gaps}) GROUP BY good`;
  await workspace.run(sql`UPDATE ${ident(raw)} AS r SET _ordinal = r._ordinal + m.moved
    FROM (SELECT n.rowid AS row, g.moved FROM (SELECT rowid, _ordinal FROM ${ident(raw)} WHERE _file = ${plan.index}) n
      ASOF JOIN (${moves}) g ON n._ordinal >= g.good) m
    WHERE r.rowid = m.row`);
}
