import type { Workspace } from '../../engine/workspace.js';
import { ident, sql } from '../../kernel/sql.js';
import type { Source } from '../../model/config.js';
import { refuseChanged } from '../bytes/files.js';
import type { FilePlan } from './file-plan.js';
import { openCsv } from './open-csv.js';
import { throughPipe } from './raw-rows.js';
import { RecordScanner } from './record-scanner.js';

/**
 * Makes the table `output` of refused records with their physical lines. Files whose records are one line each need a
 * sum; others are scanned again.
 * Errors: PAM-SRC-010 where a file that is scanned again is no longer the same.
 */
export async function locateLines(
  workspace: Workspace,
  source: Source,
  plans: readonly FilePlan[],
  refused: string,
  output: string,
): Promise<void> {
  const shifts = `${output}_shifts`;
  await workspace.run(
    sql`CREATE OR REPLACE TEMP TABLE ${ident(shifts)} (_file INTEGER, since BIGINT, shift BIGINT)`,
  );
  const files = await workspace.rows<{ _file: number }>(sql`SELECT DISTINCT _file FROM ${ident(refused)}`);
  for (const { _file } of files) {
    const plan = plans[_file];
    if (plan !== undefined) await insertShifts(workspace, source, plan, shifts);
  }
  await workspace.run(sql`CREATE OR REPLACE TABLE ${ident(output)} AS
    SELECT r._file, r._ordinal, r._ordinal + s.shift AS _line
    FROM ${ident(refused)} r ASOF LEFT JOIN ${ident(shifts)} s ON r._file = s._file AND r._ordinal >= s.since`);
  await workspace.drop(shifts);
}

async function insertShifts(
  workspace: Workspace,
  source: Source,
  plan: FilePlan,
  shifts: string,
): Promise<void> {
  const { index, survey, file } = plan;
  if (survey.lineShift !== undefined) {
    await workspace.run(sql`INSERT INTO ${ident(shifts)} VALUES (${index}, 1, ${survey.lineShift})`);
    return;
  }
  await refuseChanged(file);
  await throughPipe(
    workspace,
    shiftsOf(source, plan),
    (path) => sql`INSERT INTO ${ident(shifts)} SELECT ${index}, since, shift FROM read_csv(${path},
      auto_detect = false, header = false, delim = ',', new_line = '\\n', buffer_size = 8388608,
      columns = { since: 'BIGINT', shift: 'BIGINT' })`,
  );
}

/** `ordinal,shift` for every record at which line minus ordinal becomes another. */
async function* shiftsOf(source: Source, plan: FilePlan): AsyncGenerator<Buffer, void, undefined> {
  let ordinal = plan.header.inFile ? -1 : 0;
  let shift = -1;
  let pending = '';
  const scanner = new RecordScanner(plan.header.dialect, ({ startLine }) => {
    ordinal += 1;
    if (ordinal < 1 || startLine - ordinal === shift) return;
    shift = startLine - ordinal;
    pending += `${ordinal},${shift}\n`;
  });
  const { chunks } = openCsv(plan.file, source);
  for await (const chunk of chunks) {
    scanner.scan(chunk);
    if (pending !== '') yield Buffer.from(pending);
    pending = '';
  }
  scanner.end();
  if (pending !== '') yield Buffer.from(pending);
}
