import { PamojaError } from '../../kernel/errors.js';
import { suggestion } from '../../kernel/nearest.js';
import { ident, joined, literal, type Sql, sql } from '../../kernel/sql.js';
import type { Source } from '../../model/config.js';
import { filesOf, refuseChanged, type SourceFile } from '../bytes/files.js';
import { fingerprint } from '../bytes/fingerprint.js';
import { columnsOfGrain } from '../json/grain-columns.js';
import { type JsonColumn, type JsonPath, parsePath, pathText } from '../json/json-path.js';
import type { Grain, ReadContext, ReadFile, ReadResult, SourceReader } from '../source-reader.js';
import { makeIncompleteTable, makeTornTable } from '../torn-log.js';
import { rowsInMetadata, rowsOf, sound, typeOfFile } from './parquet-file.js';
import { type ParquetType, typeAt } from './parquet-type.js';
import { columnPaths, FLAWS, flawOf, listAt, textOf, type Value, valueAt } from './parquet-values.js';

/** Reads Parquet files: columns by name, nested ones by path, lists as lines. */
export const parquetReader: SourceReader = { read, columns };

interface ParquetGrain {
  index: number;
  each: JsonPath | undefined;
  columns: readonly JsonColumn[];
  table: string;
}

/**
 * Errors: PAM-SRC-001, 002 for files that cannot be read, PAM-SRC-003 where a file lacks a mapped column, PAM-SRC-009
 * where the counts differ, PAM-SRC-010 where a file changed meanwhile, PAM-SRC-011 where it is not sound Parquet.
 */
async function read(context: ReadContext, source: Source, grains: readonly Grain[]): Promise<ReadResult> {
  const { workspace, root } = context;
  const files = await filesOf(root, source);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const where = `sources.${source.name}`;
  const given = grains.map((grain, index): ParquetGrain => {
    const each = grain.each === undefined ? undefined : parsePath(grain.each, where);
    return {
      index,
      each,
      columns: columnsOfGrain(grain, source, context.entities),
      table: tableOf(source, grain.each),
    };
  });
  const records = given.find((grain) => grain.each === undefined) ?? {
    index: -1,
    each: undefined,
    columns: [],
    table: tableOf(source, undefined),
  };
  const lines = given.filter((grain) => grain.each !== undefined);
  const torn = `torn_${source.name}`;
  const incomplete = `incomplete_${source.name}`;
  await makeTables(context, [records, ...lines], torn, incomplete);
  const done: ReadFile[] = [];
  let before = 0;
  for (const [index, file] of files.entries()) {
    const type = await typeOfFile(workspace, file);
    for (const grain of [records, ...lines]) refuseMissing(file, type, grain);
    const sha256 = await fingerprint(file, (bytes) => context.progress?.(before + bytes, total));
    const counted = grains.map(() => 0);
    for (const step of insertRecords(index, file, type, records, torn))
      await sound(file, workspace.run(step));
    const rows = await rowsInMetadata(workspace, file);
    if (records.index >= 0) counted[records.index] = rows;
    await balance(context, index, file, records, torn, rows);
    for (const grain of lines) {
      const elements = valueAt(undefined, grain.each ?? []);
      const many = sql`SELECT coalesce(sum(len(${elements})), 0)::BIGINT FROM ${rowsOf(file)}`;
      counted[grain.index] = await sound(file, workspace.count(many));
      for (const step of insertLines(index, file, type, grain, records, torn, incomplete))
        await sound(file, workspace.run(step));
      await balance(context, index, file, grain, torn, counted[grain.index] ?? 0);
    }
    await refuseChanged(file);
    done.push({ name: file.name, bytes: file.bytes, sha256, counted });
    before += file.bytes;
  }
  return {
    files: done,
    raw: given.map((grain, i) => ({ grain: grains[i]!, table: grain.table })),
    torn,
    incomplete,
    locate: (_, refused, output) =>
      workspace.run(sql`CREATE OR REPLACE TABLE ${ident(output)} AS
        SELECT DISTINCT _file, _ordinal, NULL::BIGINT AS _line FROM ${ident(refused)}`),
  };
}

function tableOf(source: Source, each: string | undefined): string {
  return each === undefined ? `raw_${source.name}` : `raw_${source.name}__${each}`;
}

async function makeTables(
  { workspace }: ReadContext,
  grains: readonly ParquetGrain[],
  torn: string,
  incomplete: string,
): Promise<void> {
  for (const grain of grains) {
    const parent = grain.each === undefined ? [] : [sql`_parent BIGINT`];
    const texts = grain.columns.map(({ name }) => sql`${ident(name)} VARCHAR`);
    await workspace.run(sql`CREATE OR REPLACE TABLE ${ident(grain.table)}
      (${joined([sql`_file INTEGER`, sql`_ordinal BIGINT`, ...parent, ...texts])})`);
  }
  await makeTornTable(workspace, torn);
  await makeIncompleteTable(workspace, incomplete);
}

function refuseMissing(file: SourceFile, type: ParquetType, grain: ParquetGrain): void {
  const known = columnPaths(type, pathText);
  const lack = (name: string, path: string, among: readonly string[]) =>
    new PamojaError('PAM-SRC-003', `the file lacks "${name}".`, {
      where: file.where,
      next: suggestion(path, among),
    });
  const outer = known.filter((name) => !name.includes('[].')).map((name) => name.replace(/\[\]$/, ''));
  const list = grain.each === undefined ? undefined : listAt(type, grain.each);
  if (grain.each !== undefined && list === undefined) {
    throw lack(pathText(grain.each), pathText(grain.each), outer);
  }
  for (const column of grain.columns) {
    const within = column.climbs || list === undefined ? type : list.element;
    if (typeAt(within, column.path) !== undefined) continue;
    const prefix = `${pathText(grain.each ?? [])}[].`;
    const inner = known.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    throw lack(column.name, pathText(column.path), within === type ? outer : inner);
  }
}

/** Each column's value and type, to be read from a row of the file or from `element` of a list. */
function valuesOf(
  columns: readonly JsonColumn[],
  root: Sql | undefined,
  type: ParquetType,
): (Value & { column: JsonColumn })[] {
  return columns.map((column) => ({
    column,
    value: valueAt(root, column.path),
    type: typeAt(type, column.path) ?? type,
    commas: column.commas ?? false,
  }));
}

function insertRecords(
  index: number,
  file: SourceFile,
  type: ParquetType,
  grain: ParquetGrain,
  torn: string,
): Sql[] {
  const values = valuesOf(grain.columns, undefined, type);
  const texts = values.map((each) => sql`, ${textOf(each)}`);
  const from = sql`FROM ${rowsOf(file, true)}`;
  const rule = flawOf(values);
  return [
    sql`INSERT INTO ${ident(torn)} SELECT ${index}, ${grain.index}, ordinal, NULL, rule, ${reasonOf('record')}, NULL
      FROM (SELECT file_row_number + 1 AS ordinal, ${rule} AS rule ${from}) WHERE rule IS NOT NULL`,
    sql`INSERT INTO ${ident(grain.table)} SELECT ${index}, file_row_number + 1${joined(texts, '')} ${from} WHERE ${rule} IS NULL`,
  ];
}

/** Why a candidate is torn, by the column `rule`. */
function reasonOf(whose: 'record' | 'line'): Sql {
  const cases = Object.entries(FLAWS).map(
    ([rule, why]) => sql`WHEN ${literal(rule)} THEN ${literal(`the ${whose} ${why}`)}`,
  );
  return sql`CASE rule ${joined(cases, ' ')} END`;
}

function insertLines(
  index: number,
  file: SourceFile,
  type: ParquetType,
  grain: ParquetGrain,
  records: ParquetGrain,
  torn: string,
  incomplete: string,
): Sql[] {
  const stage = ident(`stage_${grain.table}`);
  const list = listAt(type, grain.each ?? []);
  const element = list?.element ?? type;
  const climbing = valuesOf(
    grain.columns.filter((column) => column.climbs),
    undefined,
    type,
  );
  const within = valuesOf(
    grain.columns.filter((column) => !column.climbs),
    sql`element`,
    element,
  );
  const climbed = climbing.map((each, i) => sql`, ${textOf(each)} AS ${ident(`c${i}`)}`);
  const needsObject = within.length > 0 && within.every(({ column }) => column.path.length > 0);
  const parents = sql`SELECT _ordinal AS record, rowid AS parent FROM ${ident(records.table)} WHERE _file = ${index}`;
  const lost = sql`SELECT _ordinal AS record, rule AS record_rule FROM ${ident(torn)}
    WHERE _file = ${index} AND _grain = ${records.index}`;
  const rule = sql`CASE WHEN record_rule IS NOT NULL THEN record_rule
    WHEN ${needsObject ? sql`element IS NULL` : sql`false`} THEN 'structure'
    ELSE coalesce(climbed_rule, ${flawOf(within)}) END`;
  const names = [
    '_file',
    '_ordinal',
    '_parent',
    ...[...within, ...climbing].map(({ column }) => column.name),
  ];
  const texts = [...within.map(textOf), ...climbing.map((_, i) => ident(`c${i}`))];
  return [
    sql`CREATE OR REPLACE TABLE ${stage} AS
      SELECT file_row_number + 1 AS record, ${flawOf(climbing)} AS climbed_rule${joined(climbed, '')},
        unnest(${valueAt(undefined, grain.each ?? [])}) AS element
      FROM ${rowsOf(file, true)}`,
    // A record that was torn has no parent; the join is put back into the order of the file.
    sql`CREATE OR REPLACE TABLE ${stage} AS SELECT *, ${rule} AS rule FROM (
      SELECT s.*, s.rowid + 1 AS ordinal, parent, record_rule FROM ${stage} s
        LEFT JOIN (${parents}) USING (record) LEFT JOIN (${lost}) USING (record))
      ORDER BY ordinal`,
    sql`INSERT INTO ${ident(torn)} SELECT ${index}, ${grain.index}, ordinal, NULL, rule, ${reasonOf('line')}, NULL
      FROM ${stage} WHERE rule IS NOT NULL`,
    sql`INSERT INTO ${ident(incomplete)} SELECT DISTINCT ${grain.index}, parent FROM ${stage}
      WHERE rule IS NOT NULL AND parent IS NOT NULL`,
    sql`INSERT INTO ${ident(grain.table)} (${joined(names.map((name) => ident(name)))})
      SELECT ${index}, ordinal, parent${joined(
        texts.map((text) => sql`, ${text}`),
        '',
      )}
      FROM ${stage} WHERE rule IS NULL`,
    sql`DROP TABLE ${stage}`,
  ];
}

async function balance(
  { workspace }: ReadContext,
  index: number,
  file: SourceFile,
  grain: ParquetGrain,
  torn: string,
  counted: number,
): Promise<void> {
  const read = await workspace.count(sql`SELECT count(*) FROM ${ident(grain.table)} WHERE _file = ${index}`);
  const refused = await workspace.count(
    sql`SELECT count(*) FROM ${ident(torn)} WHERE _file = ${index} AND _grain = ${grain.index}`,
  );
  if (read + refused === counted) return;
  throw new PamojaError(
    'PAM-SRC-009',
    `${read} read and ${refused} torn, but ${counted} counted in the file.`,
    {
      where: file.where,
      next: 'Nothing of it was taken. Run again; if it stays, this is a fault of Pamoja.',
    },
  );
}

async function columns({ workspace, root }: ReadContext, source: Source): Promise<string[]> {
  const [file] = await filesOf(root, source);
  return file === undefined ? [] : columnPaths(await typeOfFile(workspace, file), pathText);
}
