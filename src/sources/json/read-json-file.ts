import type { Workspace } from '../../engine/workspace.js';
import { PamojaError } from '../../kernel/errors.js';
import { ident, type Sql, sql } from '../../kernel/sql.js';
import {
  insertLines,
  insertTornLines,
  type LineGrain,
  noteIncomplete,
  unfoldLines,
} from './extract-lines.js';
import {
  type FilePart,
  insertRecords,
  insertTornRecords,
  isBlank,
  judgeCandidates,
  judgedCandidates,
  placeCandidates,
  soundCandidates,
} from './extract-records.js';
import type { JsonColumn } from './json-path.js';
import { isObject } from './json-values.js';
import type { Stage } from './stage-records.js';
import type { StrangeParents } from './strange-parents.js';
import type { Survey } from './survey-json.js';
import { memberExists, type UnseenMembers } from './unseen-members.js';

/** What all files of a source fill. */
export interface Targets {
  /** The record table, and which of the grains it is: -1 where only lines are mapped. */
  records: {
    table: string;
    index: number;
    columns: readonly JsonColumn[];
    unseen: UnseenMembers;
    strange: StrangeParents;
  };
  lines: readonly (LineGrain & { unseen: UnseenMembers; found: boolean })[];
  torn: string;
  /** Records that lost a line to `torn`. */
  incomplete: string;
  blanks: string;
}

/**
 * From the stage of one file into the tables of the grains.
 * Errors: PAM-SRC-009 where what was read and torn is not what was counted.
 */
export async function readJsonFile(
  workspace: Workspace,
  file: { index: number; where: string; survey: Survey; stage: Stage; oneALine: boolean },
  targets: Targets,
): Promise<void> {
  const { records, lines, torn } = targets;
  const { survey, stage } = file;
  const part: FilePart = {
    file: file.index,
    stage,
    base: records.unseen.records,
    oneALine: file.oneALine,
    nul: survey.nul,
    unusualNumber: survey.unusualNumber,
  };
  const judged = `${stage.table}_judged`;
  const places = `${stage.table}_places`;
  let candidates = soundCandidates(part);
  const suspicious = stage.physical || survey.nul || survey.unusualNumber;
  if (suspicious || (await holdsOthers(workspace, stage))) {
    await workspace.run(judgeCandidates(part, records.columns, judged));
    await workspace.run(placeCandidates(part, judged, places));
    if (stage.physical) await workspace.run(noteBlanks(part, targets.blanks));
    await workspace.drop(stage.table);
    candidates = judgedCandidates(part, judged, places);
  }

  const read = await workspace.insert(insertRecords(part, candidates, records.columns, records.table));
  const texts = sql`SELECT text AS json FROM (${candidates}) WHERE text IS NOT NULL`;
  await records.unseen.look(workspace, file.index, read, texts, texts);
  await records.strange.look(workspace, texts);
  if (records.index >= 0) {
    const refused = await workspace.insert(insertTornRecords(part, candidates, records.index, torn));
    balance(file.where, records.table, read, refused, survey.records);
  }
  for (const [i, grain] of lines.entries()) {
    const unfolded = `${stage.table}_lines`;
    await workspace.run(unfoldLines(part, candidates, grain, unfolded));
    const found = await workspace.insert(insertLines(part, grain, unfolded));
    const refused = await workspace.insert(insertTornLines(part, grain, unfolded, torn));
    if (refused > 0) await workspace.run(noteIncomplete(grain, unfolded, targets.incomplete));
    balance(file.where, grain.table, found, refused, survey.lines[i] ?? 0);
    const elements = sql`SELECT element AS json FROM ${ident(unfolded)} WHERE element IS NOT NULL`;
    await grain.unseen.look(workspace, file.index, found, elements, texts);
    grain.found ||= await memberExists(workspace, texts, grain.each);
    await workspace.drop(unfolded);
  }
  await workspace.drop(stage.table, judged, places);
}

async function holdsOthers(workspace: Workspace, stage: Stage): Promise<boolean> {
  const others = sql`SELECT count(*) FROM ${ident(stage.table)} WHERE NOT coalesce(${isObject(sql`text`)}, false)`;
  return (await workspace.count(others)) > 0;
}

/** Blank lines move the lines of the records behind them: `before` records stand before the `skipped`th. */
function noteBlanks(part: FilePart, blanks: string): Sql {
  return sql`INSERT INTO ${ident(blanks)}
    SELECT ${part.file}, line - skipped AS before, max(skipped) FROM (
      SELECT rowid + 1 AS line, row_number() OVER (ORDER BY rowid) AS skipped
      FROM ${ident(part.stage.table)} WHERE ${isBlank(sql`text`)})
    GROUP BY before`;
}

function balance(where: string, table: string, read: number, refused: number, counted: number): void {
  if (read + refused === counted) return;
  const message = `${table}: ${read} read and ${refused} torn, but ${counted} counted in the file.`;
  throw new PamojaError('PAM-SRC-009', message, {
    where,
    next: 'Nothing of it was taken. Run again; if it stays, this is a fault of Pamoja.',
  });
}
