import { ident, joined, sql } from '../../kernel/sql.js';
import type { Source } from '../../model/config.js';
import type { Grain, ReadContext } from '../source-reader.js';
import { makeIncompleteTable, makeTornTable } from '../torn-log.js';
import { columnsOfGrain } from './grain-columns.js';
import { type JsonColumn, parsePath, pathText } from './json-path.js';
import type { Targets } from './read-json-file.js';
import { StrangeParents } from './strange-parents.js';
import type { Survey } from './survey-json.js';
import { envelopeHint, missing, UnseenMembers } from './unseen-members.js';

/** The table of the records of a source, or of the lines at a path. */
export function tableOf(source: Source, each: string | undefined): string {
  return each === undefined ? `raw_${source.name}` : `raw_${source.name}__${each}`;
}

/** Makes the empty tables of the grains. Errors: PAM-CFG-003 where a name cannot be a column. */
export async function makeTables(
  { workspace, entities }: ReadContext,
  source: Source,
  grains: readonly Grain[],
): Promise<Targets> {
  const where = `sources.${source.name}`;
  const index = grains.findIndex((grain) => grain.each === undefined);
  const table = tableOf(source, undefined);
  const columns = grains[index] === undefined ? [] : columnsOfGrain(grains[index], source, entities);
  const lines = grains.flatMap((grain, i) => {
    if (grain.each === undefined) return [];
    const each = parsePath(grain.each, where);
    const name = tableOf(source, grain.each);
    const own = columnsOfGrain(grain, source, entities);
    const unseen = new UnseenMembers(name, own);
    return [{ index: i, each, columns: own, table: name, unseen, found: false }];
  });
  const targets: Targets = {
    records: {
      table,
      index,
      columns,
      unseen: new UnseenMembers(table, columns),
      strange: new StrangeParents(columns),
    },
    lines,
    torn: `torn_${source.name}`,
    incomplete: `incomplete_${source.name}`,
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
  await makeTornTable(workspace, targets.torn);
  await makeIncompleteTable(workspace, targets.incomplete);
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${ident(targets.blanks)} (_file INTEGER, before BIGINT, skipped BIGINT)`,
  );
  return targets;
}

/** Candidates by the independent count, one number a grain. */
export function countedBy(survey: Survey, grains: readonly Grain[], targets: Targets): number[] {
  return grains.map((grain, i) => {
    const line = targets.lines.findIndex((each) => each.index === i);
    return grain.each === undefined ? survey.records : (survey.lines[line] ?? 0);
  });
}

/**
 * `known` gives the members of the first records, `anyPath` says that nobody declared where the records are. The few
 * records of an addition may well lack what others had: that is only told.
 * Errors: PAM-SRC-003 where no record of the whole source holds a mapped member.
 */
export async function refuseUnseen(
  { log, lastRead }: ReadContext,
  { name: where, delivery }: Source,
  targets: Targets,
  known: () => Promise<string[]>,
  anyPath: boolean,
): Promise<void> {
  const { records, lines } = targets;
  if (delivery === 'addition' && lastRead !== undefined) {
    const unseen = namesUnseen(targets).map((name) => `"${name}"`);
    if (unseen.length > 0) log.warn(`${where}: no record holds ${unseen.join(' or ')} this time.`);
    return;
  }
  const outer = async () => (await known()).filter((name) => !name.includes('[].'));
  const oneObject = anyPath && records.unseen.records === 1;
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

function namesUnseen({ records, lines }: Targets): string[] {
  const within = lines.flatMap(({ each, found, unseen }) => {
    const path = pathText(each);
    if (!found) return records.unseen.records > 0 ? [path] : [];
    return unseen.names.map((name) => `${path}[].${name}`);
  });
  return [...records.unseen.names, ...within];
}
