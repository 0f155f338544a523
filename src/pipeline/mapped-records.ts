import type { Workspace } from '../engine/workspace.js';
import { escapePattern } from '../kernel/escape-pattern.js';
import { ident, joined, literal, raw, type Sql, sql } from '../kernel/sql.js';
import { columnsOfMapping } from '../model/columns-of-mapping.js';
import type { FieldMapping } from '../model/config.js';
import { tables } from '../model/tables.js';
import { hashOf } from '../quality/content-hash.js';
import { mapRecords } from '../quality/map-records.js';
import { refuseRecords } from '../quality/refuse-records.js';
import type { ExtractedFeed } from './read-sources.js';

/** What a rule found in one record. */
export interface PreviewFinding {
  severity: string;
  rule: string;
  field: string | null;
  reason: string;
}

/** One record before and after mapping. */
export interface MappedRecord {
  file: string;
  /** Null for kinds of files without lines. */
  line: number | null;
  ordinal: number;
  /** By which the source's other records refer to it. */
  key: string | null;
  /** MD5 over every mapped field. */
  hash: string | null;
  filtered: boolean;
  /** Mapped columns only, as the source has them. */
  before: Record<string, string | null>;
  after: Record<string, string | null>;
  found: PreviewFinding[];
}

/**
 * Maps the raw records of one feed, judges them by themselves, and gives those for which `wanted` holds, in their
 * order. For few records: they come into JavaScript. Needs the table of findings.
 */
export async function mappedRecords(
  workspace: Workspace,
  feed: ExtractedFeed,
  wanted: Sql = sql`true`,
): Promise<MappedRecord[]> {
  await mapRecords(workspace, feed.entity, [feed]);
  await refuseRecords(workspace, feed.entity, [feed]);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE previewed AS
    SELECT rowid AS seq, rec, file AS _file, ordinal AS _ordinal FROM ${tables.mapped(feed.entity.name)} WHERE ${wanted}`);
  await feed.locate('previewed', 'preview_lines');
  const records = await workspace.rows<Record<string, unknown>>(recordsSql(feed));
  return records.map((record) => mappedRecordOf(feed, record));
}

/** For each field of a feed the columns that it is made of. */
export function columnsByField(feed: ExtractedFeed): Record<string, string[]> {
  const pairs = Object.entries(feed.feed.fields).map(([name, mapping]): [string, string[]] => [
    name,
    columnsFor(feed, mapping),
  ]);
  for (const name of feed.derived.keys()) pairs.push([name, []]);
  return Object.fromEntries(pairs);
}

/** An SQL expression speaks of columns by name, in quotes or bare. */
function columnsFor(feed: ExtractedFeed, mapping: FieldMapping): string[] {
  const { sql: expression } = mapping;
  if (expression === undefined) return columnsOfMapping(mapping);
  return feed.columns.filter(
    (column) =>
      expression.includes(`"${column}"`) ||
      new RegExp(`\\b${escapePattern(column)}\\b`, 'i').test(expression),
  );
}

/** Each record as three JSON texts: its columns, its fields, and what the rules found. */
function recordsSql(feed: ExtractedFeed): Sql {
  const { name } = feed.entity;
  const fields = Object.keys(columnsByField(feed));
  const before = objectOf(feed.columns, (column) => sql`raw.${ident(column)}`);
  const after = objectOf(fields, (field) => sql`m.${ident(field)}::VARCHAR`);
  return sql`SELECT p._file, p._ordinal, l._line, m.filtered, m.key, ${hashOf(feed.entity, ident('m'))} AS hash, ${before} AS before, ${after} AS after,
      (SELECT json_group_array(f) FROM (
        SELECT 'reject' AS severity, rule, field, reason FROM ${tables.refused(name)} WHERE seq = p.seq
        UNION ALL SELECT severity, rule, field, reason FROM ${tables.findings}
          WHERE entity = ${literal(name)} AND feed = ${raw(String(feed.index))} AND seq = p.seq) f)::VARCHAR AS found
    FROM previewed p JOIN ${tables.mapped(name)} m ON m.rowid = p.seq JOIN ${ident(feed.raw)} raw ON raw.rowid = p.rec
    LEFT JOIN preview_lines l ON l._file = p._file AND l._ordinal = p._ordinal ORDER BY p.seq`;
}

function objectOf(names: readonly string[], value: (name: string) => Sql): Sql {
  if (names.length === 0) return sql`'{}'`;
  return sql`json_object(${joined(names.map((name) => sql`${literal(name)}, ${value(name)}`))})::VARCHAR`;
}

/** A record of the workspace as one for JavaScript. */
export function mappedRecordOf(feed: ExtractedFeed, record: Record<string, unknown>): MappedRecord {
  const found = (JSON.parse(String(record.found ?? '[]')) ?? []) as PreviewFinding[];
  return {
    file: feed.files[Number(record._file)] ?? '',
    line: record._line === null ? null : Number(record._line),
    ordinal: Number(record._ordinal),
    key: textOf(record.key),
    hash: textOf(record.hash),
    filtered: record.filtered === true,
    before: JSON.parse(String(record.before)) as Record<string, string | null>,
    after: JSON.parse(String(record.after)) as Record<string, string | null>,
    found: found.map((each) => ({ ...each, field: each.field || null })),
  };
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
