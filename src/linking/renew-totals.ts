import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literals, raw, type Sql, sql } from '../kernel/sql.js';
import { duckdbType, type Entity, type Equation, type Field, fieldOf, wholeOf } from '../model/entity.js';
import { tables, targetColumns } from '../model/tables.js';
import { partSums, rightSide, summingSources } from '../model/whole-equation.js';
import { givenAnew } from './kept-parts.js';
import { type LinkedFeed, linkedRows } from './resolve-references.js';

/**
 * Brings along wholes published before that this run does not give, where their total follows from their parts and is
 * another by now: parts came, or moved to another whole.
 */
export async function renewTotals(
  workspace: Workspace,
  entity: Entity,
  equation: Equation,
  entities: readonly Entity[],
  feeds: readonly LinkedFeed[],
): Promise<void> {
  const { name } = entity;
  const [golden, prior, id] = [tables.golden(name), tables.priorRows(name), ident(entity.id)];
  const sources = summingSources(entity, equation, feeds);
  if (sources.length === 0) return;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE staying AS SELECT p.* FROM ${prior} p
    ANTI JOIN (SELECT id FROM ${golden} WHERE lead IS NOT NULL) g ON g.id = p.${id}
    WHERE p.source_system IN ${literals(sources)}`);
  if ((await workspace.size(sql`staying`)) === 0) return;
  const joins = partSums(equation).map(({ part, field }, i) => {
    const sums = sumStaying(entity, entities.find((each) => each.name === part) as Entity, field, feeds);
    return sql`JOIN (SELECT whole, sum(value) AS ${ident(`sum_${i}`)} FROM (${sums}) GROUP BY whole) ${ident(`s${i}`)}
      ON ${ident(`s${i}`)}.whole = w.${id}`;
  });
  const column = ident(equation.field);
  const type = raw(duckdbType((fieldOf(entity, equation.field) as Field).type));
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE renewed AS
    SELECT id, total FROM (SELECT w.${id} AS id, w.${column} AS was, CAST(${rightSide(equation)} AS ${type}) AS total
      FROM staying w ${joined(joins, ' ')}) WHERE total IS DISTINCT FROM was`);
  await workspace.run(sql`INSERT INTO ${golden} SELECT p.${id}, ${joined(entity.fields.map((each) => ident(each.name)))}, NULL
    FROM ${prior} p SEMI JOIN renewed n ON n.id = p.${id} ANTI JOIN ${golden} g ON g.id = p.${id}`);
  await workspace.run(
    sql`UPDATE ${golden} SET ${column} = n.total FROM renewed n WHERE n.id = ${golden}.id AND lead IS NULL`,
  );
  await workspace.drop('staying', 'renewed');
}

/** The parts of staying wholes, `(whole, value)`: those published before, without value where they moved, and those of this run. */
function sumStaying({ id }: Entity, part: Entity, field: string, feeds: readonly LinkedFeed[]): Sql {
  const reference = wholeOf(part)?.name ?? '';
  const [whole, value] = [ident(reference), ident(field)];
  const { id: leads } = targetColumns(reference);
  return sql`SELECT p.${whole} AS whole, CASE WHEN n.key IS NULL THEN p.${value} END AS value
    FROM (SELECT p.* FROM ${tables.priorRows(part.name)} p SEMI JOIN staying w ON w.${ident(id)} = p.${whole}) p
      LEFT JOIN (${givenAnew(part, feeds)}) n ON n.source = p.source_system AND n.key = p.source_key
    UNION ALL SELECT l.${leads}, l.${value} FROM ${linkedRows(part, feeds)} l
      ANTI JOIN ${tables.refused(part.name)} x ON x.seq = l.seq SEMI JOIN staying w ON w.${ident(id)} = l.${leads}`;
}
