import type { Postgres } from '../engine/postgres.js';
import { sayMany } from '../kernel/say-number.js';
import { ident, joined, literal, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { type Entity, references } from '../model/entity.js';
import type { Check, EntityOutcome } from '../model/ledger.js';
import type { StoredSums } from './stored-sums.js';

/**
 * Asks the database, by SQL of its own, whether it holds what the run says: counts, keys, references, totals and
 * links. Runs inside the publish transaction, and for `pamoja check` at any time.
 */
export async function checkDatabase(
  postgres: Postgres,
  project: Project,
  entities: Record<string, EntityOutcome>,
  stored: StoredSums,
): Promise<Check[]> {
  const checks: Check[] = [];
  const constraints = await constraintsOf(postgres, project);
  for (const entity of project.entities) {
    const own = constraints.filter((each) => each.entity === entity.name);
    const outcome = entities[entity.name];
    if (outcome !== undefined) checks.push(await checkCount(stored, entity, outcome));
    checks.push(await checkKeys(postgres, project, entity, own));
    for (const reference of references(entity)) {
      checks.push(
        await checkReference(
          postgres,
          project,
          entity,
          own,
          reference.name,
          reference.entity,
          reference.required ?? false,
        ),
      );
    }
    if (entity.kind === 'master') checks.push(await checkLinks(postgres, project, entity));
  }
  return checks;
}

async function checkCount(stored: StoredSums, entity: Entity, outcome: EntityOutcome): Promise<Check> {
  const count = await stored.rowsOf(entity);
  const expected = outcome.total + outcome.placeholders;
  return {
    name: `${entity.name}: count`,
    passed: count === expected,
    detail:
      count === expected ? sayMany(count, 'row') : `${sayMany(count, 'row')}, expected ${number(expected)}`,
  };
}

/** A failed check for each table that is not there, or lacks a column that is asked for: then no other can be asked. */
export async function checkTables(postgres: Postgres, project: Project): Promise<Check[]> {
  const checks: Check[] = [];
  for (const entity of project.entities) {
    const there = await postgres.query<{ name: string }>(sql`SELECT attname AS name FROM pg_attribute
      WHERE attrelid = to_regclass(${literal(ident(project.schema, entity.name))}) AND attnum > 0 AND NOT attisdropped`);
    const lacking = columnsAsked(project, entity).filter((name) => there.every((each) => each.name !== name));
    if (lacking.length === 0) continue;
    const detail = there.length === 0 ? 'the table is gone' : `columns are not there: ${lacking.join(', ')}`;
    checks.push({ name: `${entity.name}: table`, passed: false, detail });
  }
  return checks;
}

/** What nobody maps may be new in the configuration, and not have been made yet. */
function columnsAsked({ sources }: Project, { name: entity, id, fields, measures = [] }: Entity): string[] {
  const feeds = sources.flatMap((source) => source.feeds).filter((feed) => feed.entity === entity);
  const asked = fields.filter(
    ({ name, type, provenance }) =>
      type === 'reference' ||
      provenance !== undefined ||
      measures.some((measure) => measure.field === name || measure.currency === name) ||
      feeds.some((feed) => feed.fields[name] !== undefined),
  );
  return [id, ...asked.map((field) => field.name)];
}

/** What a valid primary key guarantees is not counted again. */
async function checkKeys(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  constraints: readonly Constraint[],
): Promise<Check> {
  const name = `${entity.name}: keys`;
  if (constraints.some(({ kind, column }) => kind === 'p' && column === entity.id))
    return { name, passed: true, detail: 'no key is missing or doubled' };
  const id = ident(entity.id);
  const { missing, doubled } = await postgres.row<{ missing: number; doubled: number }>(sql`
    SELECT count(*) FILTER (WHERE ${id} IS NULL) AS missing, count(${id}) - count(DISTINCT ${id}) AS doubled
    FROM ${ident(project.schema, entity.name)}`);
  return {
    name,
    passed: missing === 0 && doubled === 0,
    detail:
      missing + doubled === 0
        ? 'no key is missing or doubled'
        : `${number(missing)} missing, ${number(doubled)} doubled`,
  };
}

/** A valid primary (p) or foreign (f) key on exactly one column. */
interface Constraint {
  entity: string;
  column: string;
  kind: 'p' | 'f';
  target: string | null;
}

/** Those that stand on the tables of a project. */
function constraintsOf(postgres: Postgres, { entities, schema }: Project): Promise<Constraint[]> {
  const tables = sql`(VALUES ${joined(
    entities.map(({ name }) => sql`(${literal(name)}, to_regclass(${literal(ident(schema, name))}))`),
  )})`;
  return postgres.query<Constraint>(sql`SELECT e.name AS entity, a.attname AS column, c.contype AS kind, t.name AS target
    FROM ${tables} e (name, oid) JOIN pg_constraint c ON c.conrelid = e.oid
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
    LEFT JOIN ${tables} t (name, oid) ON t.oid = c.confrelid
    WHERE c.contype IN ('p', 'f') AND c.convalidated AND coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)`);
}

async function checkReference(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  constraints: readonly Constraint[],
  field: string,
  target: string,
  required: boolean,
): Promise<Check> {
  const column = ident(field);
  const targetId = project.entities.find((each) => each.name === target)?.id ?? 'id';
  const placeholder = project.entities.find((each) => each.name === target)?.placeholder !== undefined;
  const table = ident(project.schema, entity.name);
  const held = constraints.some(
    (each) => each.kind === 'f' && each.column === field && each.target === target,
  );
  const { orphans, absent } = await postgres.row<{ orphans: number; absent: number }>(
    held
      ? sql`SELECT 0 AS orphans, count(*) AS absent FROM ${table} WHERE ${column} IS NULL`
      : sql`SELECT count(*) FILTER (WHERE t.${column} IS NOT NULL AND r.${ident(targetId)} IS NULL) AS orphans,
          count(*) FILTER (WHERE t.${column} IS NULL) AS absent
        FROM ${table} t LEFT JOIN ${ident(project.schema, target)} r ON r.${ident(targetId)} = t.${column}`,
  );
  const mayBeAbsent = !required && !placeholder;
  const passed = orphans === 0 && (mayBeAbsent || absent === 0);
  return {
    name: `${entity.name}: ${field} exists`,
    passed,
    detail: passed
      ? `every one is in ${target}`
      : `${number(orphans)} point nowhere, ${number(absent)} are missing`,
  };
}

async function checkLinks(postgres: Postgres, project: Project, entity: Entity): Promise<Check> {
  const { dangling } = await postgres.row<{ dangling: number }>(sql`
    SELECT count(*) AS dangling FROM ${ident(project.bookkeeping, 'links')} l
    LEFT JOIN ${ident(project.schema, entity.name)} t ON t.${ident(entity.id)} = l.id
    WHERE l.entity = ${literal(entity.name)} AND NOT l.deleted AND t.${ident(entity.id)} IS NULL`);
  return {
    name: `${entity.name}: links`,
    passed: dangling === 0,
    detail: dangling === 0 ? 'every source record leads to a row' : `${number(dangling)} lead nowhere`,
  };
}

function number(value: number): string {
  return value.toLocaleString('en');
}
