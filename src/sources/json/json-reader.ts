import { ident, joined, sql } from '../../kernel/sql.js';
import type { Source } from '../../model/config.js';
import { filesOf, refuseChanged, type SourceFile } from '../bytes/files.js';
import type { Grain, ReadContext, ReadFile, ReadResult, SourceReader } from '../source-reader.js';
import { columnsOfGrain } from './grain-columns.js';
import { type JsonColumn, parsePath, pathText } from './json-path.js';
import { locateJsonLines } from './locate-json-lines.js';
import { readJsonFile, type Targets } from './read-json-file.js';
import { memberPaths, sampleRecords } from './sample-records.js';
import { stageDocument, stageLines } from './stage-records.js';
import { surveyDocument, surveyLines } from './survey-json.js';
import { envelopeHint, missing, UnseenMembers } from './unseen-members.js';

/** Reads JSON documents: a list of records, an object with the list at a path, or one record. */
export const jsonReader: SourceReader = {
  read: (context, source, grains) => read(context, source, grains, false),
  columns: (context, source) => columns(context, source, false),
};

/** Reads files with one JSON object a line. */
export const ndjsonReader: SourceReader = {
  read: (context, source, grains) => read(context, source, grains, true),
  columns: (context, source) => columns(context, source, true),
};

/**
 * Of two members of one name in an object the first is read.
 * Errors: PAM-SRC-001, 002, 006, 007 for files that cannot be read, PAM-SRC-003 where no record holds a mapped
 * member, PAM-SRC-005 and 008 for a document that is empty or malformed, PAM-SRC-009 where the counts differ,
 * PAM-SRC-010 where a file changed meanwhile, PAM-SRC-011 where there are no records.
 */
async function read(
  context: ReadContext,
  source: Source,
  grains: readonly Grain[],
  oneALine: boolean,
): Promise<ReadResult> {
  const { workspace, root } = context;
  const files = await filesOf(root, source);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const way = parsePath(source.records ?? '$', `sources.${source.name}.records`);
  const targets = await makeTables(context, source, grains);
  const eaches = targets.lines.map((grain) => grain.each);
  const done: ReadFile[] = [];
  let before = 0;
  for (const [index, file] of files.entries()) {
    const progress = (bytes: number) => context.progress?.(before + bytes, total);
    const survey = oneALine
      ? await surveyLines(file, source, eaches, progress)
      : await surveyDocument(file, source, way, eaches, progress);
    const stage = await (oneALine ? stageLines : stageDocument)(workspace, file, source, survey);
    await readJsonFile(workspace, { index, source: file, survey, stage, oneALine }, targets);
    await refuseChanged(file);
    const counted = grains.map((grain, i) => {
      const line = targets.lines.findIndex((each) => each.index === i);
      return grain.each === undefined ? survey.records : (survey.lines[line] ?? 0);
    });
    done.push({ name: file.name, bytes: file.bytes, sha256: survey.sha256, counted });
    before += file.bytes;
  }
  await refuseUnseen(source, files, targets, oneALine);
  return {
    files: done,
    raw: grains.map((grain) => ({ grain, table: tableOf(source, grain.each) })),
    torn: targets.torn,
    locate: (grain, refused, output) =>
      locateJsonLines(
        workspace,
        {
          records: targets.records.table,
          lines: grains[grain]?.each === undefined ? undefined : tableOf(source, grains[grain].each),
          blanks: oneALine ? targets.blanks : undefined,
        },
        refused,
        output,
      ),
  };
}

function tableOf(source: Source, each: string | undefined): string {
  return each === undefined ? `raw_${source.name}` : `raw_${source.name}__${each}`;
}

async function makeTables(
  { workspace }: ReadContext,
  source: Source,
  grains: readonly Grain[],
): Promise<Targets> {
  const where = `sources.${source.name}`;
  const index = grains.findIndex((grain) => grain.each === undefined);
  const table = tableOf(source, undefined);
  const columns = grains[index] === undefined ? [] : columnsOfGrain(grains[index], where);
  const lines = grains.flatMap((grain, i) => {
    if (grain.each === undefined) return [];
    const each = parsePath(grain.each, where);
    const name = tableOf(source, grain.each);
    const own = columnsOfGrain(grain, where);
    const unseen = new UnseenMembers(name, own);
    return [{ index: i, each, columns: own, table: name, unseen, found: false }];
  });
  const targets: Targets = {
    records: { table, index, columns, unseen: new UnseenMembers(table, columns) },
    lines,
    torn: `torn_${source.name}`,
    blanks: `blank_lines_${source.name}`,
  };
  const texts = (names: readonly JsonColumn[]) => names.map(({ name }) => sql`${ident(name)} VARCHAR`);
  const first = [sql`_file INTEGER`, sql`_ordinal BIGINT`];
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${ident(table)} (${joined([...first, ...texts(columns)])})`,
  );
  for (const line of lines) {
    const all = [...first, sql`_parent BIGINT`, ...texts(line.columns)];
    await workspace.run(sql`CREATE OR REPLACE TABLE ${ident(line.table)} (${joined(all)})`);
  }
  await workspace.run(sql`CREATE OR REPLACE TABLE ${ident(targets.torn)} (_file INTEGER, _grain INTEGER,
    _ordinal BIGINT, _line BIGINT, rule VARCHAR, reason VARCHAR, raw VARCHAR)`);
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${ident(targets.blanks)} (_file INTEGER, before BIGINT, skipped BIGINT)`,
  );
  return targets;
}

async function refuseUnseen(
  source: Source,
  files: readonly SourceFile[],
  { records, lines }: Targets,
  oneALine: boolean,
): Promise<void> {
  const where = source.name;
  const known = async () => [
    ...new Set((await Promise.all(files.slice(0, 3).map((file) => seen(file, source, oneALine)))).flat()),
  ];
  const outer = async () => (await known()).filter((name) => !name.includes('[].'));
  const oneObject = !oneALine && source.records === undefined && records.unseen.records === 1;
  await records.unseen.refuse(where, outer, oneObject ? envelopeHint : undefined);
  for (const grain of lines) {
    const each = pathText(grain.each);
    if (!grain.found && records.unseen.records > 0) throw missing(each, each, where, await outer());
    const prefix = `${each}[].`;
    await grain.unseen.refuse(`${where}, each ${each}`, async (climbs) =>
      climbs
        ? outer()
        : (await known()).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
    );
  }
}

async function columns({ root }: ReadContext, source: Source, oneALine: boolean): Promise<string[]> {
  const [file] = await filesOf(root, source);
  return file === undefined ? [] : seen(file, source, oneALine);
}

async function seen(file: SourceFile, source: Source, oneALine: boolean): Promise<string[]> {
  const way = oneALine ? undefined : parsePath(source.records ?? '$', `sources.${source.name}.records`);
  return memberPaths(await sampleRecords(file, source, way));
}
