import type { Workspace } from '../../engine/workspace.js';
import { ident, joined, sql } from '../../kernel/sql.js';
import type { Source } from '../../model/config.js';
import type { JsonPath } from '../json/json-path.js';
import { locateJsonLines } from '../json/locate-json-lines.js';
import { countedBy, makeTables, refuseUnseen, tableOf } from '../json/make-tables.js';
import { readJsonFile } from '../json/read-json-file.js';
import { memberPaths, sampleRecords } from '../json/sample-records.js';
import { stageDocument } from '../json/stage-records.js';
import type { Grain, ReadContext, ReadFile, ReadResult, SourceReader } from '../source-reader.js';
import { ApiClient, type ClientEffects, REAL_EFFECTS } from './api-client.js';
import { PageChecks } from './page-checks.js';
import { type Page, type PagesAsked, readPages } from './read-pages.js';

/** Reads lists of an HTTP API, page after page; a page is what a file is to other sources. */
export const restReader: SourceReader = makeRestReader(REAL_EFFECTS);

/** The reader with a clock of its own, for tests. */
export function makeRestReader(effects: ClientEffects): SourceReader {
  return {
    read: (context, source, grains) => read(effects, context, source, grains),
    columns: (context, source) =>
      withPages(effects, { ...context, sample: true }, source, [], async (pages) => {
        for await (const page of pages) return membersOf(page);
        return [];
      }),
  };
}

/**
 * Of two members of one name in an object the first is read. Bodies are held in memory, one page and those that were
 * asked for ahead; only mapped members reach a table.
 * Errors: PAM-SRC-003 where no record holds a mapped member, PAM-SRC-006 not text, PAM-SRC-009 where the counts
 * differ, PAM-SRC-014 to 019 as their meanings say.
 */
async function read(
  effects: ClientEffects,
  context: ReadContext,
  source: Source,
  grains: readonly Grain[],
): Promise<ReadResult> {
  const { workspace } = context;
  const targets = await makeTables(context, source, grains);
  const eaches = targets.lines.map((grain) => grain.each);
  const key = keyColumns(source, grains);
  const files: ReadFile[] = [];
  let members: string[] = [];
  await withPages(effects, context, source, eaches, async (pages, checks) => {
    let bytes = 0;
    let received = 0;
    for await (const page of pages) {
      const { survey, text } = page;
      ({ received } = page);
      const index = files.length;
      if (index === 0) members = await membersOf(page);
      const stage = await stageDocument(workspace, text, source, survey);
      await readJsonFile(workspace, { index, where: page.where, survey, stage, oneALine: false }, targets);
      checks.compareEdges(await edgesOf(workspace, targets.records.table, index, key), page);
      const counted = countedBy(survey, grains, targets);
      files.push({ name: page.name, bytes: text.bytes.length, sha256: text.sha256, counted });
      bytes += text.bytes.length;
      const share = page.facts.total === undefined ? 1 : page.received / Math.max(1, page.facts.total);
      context.progress?.(bytes, Math.round(bytes / Math.max(share, 0.001)));
    }
    const again = files.length < 2 ? 0 : await comeAgain(workspace, source, grains, targets.records.table);
    const suspicion = checks.compareRecords(again, received, source.name);
    if (suspicion !== undefined) context.log.warn(suspicion);
  });
  targets.records.strange.tell(context.log, source.name);
  await refuseUnseen(context, source, targets, async () => members, false);
  return {
    files,
    raw: grains.map((grain) => ({ grain, table: tableOf(source, grain.each) })),
    torn: targets.torn,
    incomplete: targets.incomplete,
    locate: (_grain, refused, output) =>
      locateJsonLines(
        workspace,
        { records: targets.records.table, lines: undefined, blanks: undefined },
        refused,
        output,
      ),
  };
}

async function withPages<T>(
  effects: ClientEffects,
  context: ReadContext,
  source: Source,
  eaches: readonly JsonPath[],
  work: (pages: AsyncGenerator<Page, void, undefined>, checks: PageChecks) => Promise<T>,
): Promise<T> {
  const { log, lastRead, sample = false, signal } = context;
  const client = new ApiClient(source, context.env ?? {}, log, effects);
  const close = () => void client.close();
  signal?.addEventListener('abort', close);
  const checks = new PageChecks(source.tolerance ?? 0);
  const asked: PagesAsked = { client, source, log, eaches, lastRead, sample, checks };
  try {
    return await work(readPages(asked), checks);
  } finally {
    signal?.removeEventListener('abort', close);
    await client.close();
  }
}

/** Paths of the members in the first records of a page. */
async function membersOf({ text, way }: Page): Promise<string[]> {
  return memberPaths(await sampleRecords(text, way));
}

/** The columns by which records are told apart, where the records themselves are mapped and have a key. */
function keyColumns(source: Source, grains: readonly Grain[]): string[] {
  const feed = source.feeds.find((each) => each.each === undefined && each.key.length > 0);
  const key = feed?.key ?? [];
  return isRead(key, recordColumns(grains)) ? key : [];
}

function recordColumns(grains: readonly Grain[]): readonly string[] {
  return grains.find((grain) => grain.each === undefined)?.columns ?? [];
}

function isRead(key: readonly string[], columns: readonly string[]): boolean {
  return key.every((column) => columns.includes(column));
}

/**
 * How many records stand on several pages with all that is mapped of them. None where one comes twice on a page, or what
 * is mapped has no key: there they are not told apart. The same key with other content is left to those who settle keys.
 */
async function comeAgain(
  workspace: Workspace,
  source: Source,
  grains: readonly Grain[],
  table: string,
): Promise<number> {
  const feeds = source.feeds.filter((feed) => feed.each === undefined);
  const known = recordColumns(grains);
  if (feeds.length === 0 || !feeds.every(({ key }) => key.length > 0 && isRead(key, known))) return 0;
  const columns = joined(known.map((column) => ident(column)));
  return workspace.count(sql`
    SELECT CASE WHEN max(here) = 1 THEN coalesce(sum(pages) - count(*), 0) ELSE 0 END::BIGINT AS count
    FROM (SELECT max(here) AS here, count(*) AS pages FROM
      (SELECT _file, ${columns}, count(*) AS here FROM ${ident(table)} WHERE concat(${columns}) <> '' GROUP BY ALL) GROUP BY ${columns})`);
}

/** The keys of the first and last record of a page, as a hash; undefined where they have none. */
async function edgesOf(
  workspace: Workspace,
  table: string,
  file: number,
  key: readonly string[],
): Promise<string | undefined> {
  if (key.length === 0) return undefined;
  const columns = joined(key.map((column) => ident(column)));
  const row = await workspace.row<{ edges: string | null }>(sql`
    SELECT md5(arg_min(key, _ordinal) || chr(0) || arg_max(key, _ordinal)) AS edges
    FROM (SELECT _ordinal, nullif(concat_ws(chr(31), ${columns}), '') AS key FROM ${ident(table)} WHERE _file = ${file})`);
  return row.edges ?? undefined;
}
