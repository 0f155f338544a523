import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { type Entity, references } from '../model/entity.js';
import type { Check, EntityOutcome, LedgerLine } from '../model/ledger.js';
import { tables } from '../model/tables.js';

/**
 * Asks the database, by SQL of its own, whether it holds what the run says: counts, keys, references, totals and
 * links. Runs inside the publish transaction, and for `pamoja check` at any time.
 */
export async function checkDatabase(
  postgres: Postgres,
  project: Project,
  entities: Record<string, EntityOutcome>,
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const entity of project.entities) {
    const outcome = entities[entity.name];
    if (outcome !== undefined) checks.push(await checkCount(postgres, project, entity, outcome));
    checks.push(await checkKeys(postgres, project, entity));
    for (const reference of references(entity)) {
      checks.push(
        await checkReference(
          postgres,
          project,
          entity,
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

async function checkCount(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  outcome: EntityOutcome,
): Promise<Check> {
  const { count } = await postgres.row<{ count: number }>(
    sql`SELECT count(*) FROM ${ident(project.schema, entity.name)}`,
  );
  const expected = outcome.total + outcome.placeholders;
  return {
    name: `${entity.name}: count`,
    passed: count === expected,
    detail:
      count === expected ? `${number(count)} rows` : `${number(count)} rows, expected ${number(expected)}`,
  };
}

async function checkKeys(postgres: Postgres, project: Project, entity: Entity): Promise<Check> {
  const id = ident(entity.id);
  const { missing, doubled } = await postgres.row<{ missing: number; doubled: number }>(sql`
    SELECT count(*) FILTER (WHERE ${id} IS NULL) AS missing, count(${id}) - count(DISTINCT ${id}) AS doubled
    FROM ${ident(project.schema, entity.name)}`);
  return {
    name: `${entity.name}: keys`,
    passed: missing === 0 && doubled === 0,
    detail:
      missing + doubled === 0
        ? 'no key is missing or doubled'
        : `${number(missing)} missing, ${number(doubled)} doubled`,
  };
}

async function checkReference(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  field: string,
  target: string,
  required: boolean,
): Promise<Check> {
  const column = ident(field);
  const targetId = project.entities.find((each) => each.name === target)?.id ?? 'id';
  const placeholder = project.entities.find((each) => each.name === target)?.placeholder !== undefined;
  const { orphans, absent } = await postgres.row<{ orphans: number; absent: number }>(sql`
    SELECT count(*) FILTER (WHERE t.${column} IS NOT NULL AND r.${ident(targetId)} IS NULL) AS orphans,
      count(*) FILTER (WHERE t.${column} IS NULL) AS absent
    FROM ${ident(project.schema, entity.name)} t
    LEFT JOIN ${ident(project.schema, target)} r ON r.${ident(targetId)} = t.${column}`);
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

/**
 * Compares the money in the database with what was accepted, per source, measure and currency: accepted now plus
 * what stays from earlier runs must be exactly what PostgreSQL sums up.
 */
export async function checkAmounts(
  workspace: Workspace,
  postgres: Postgres,
  project: Project,
  ledger: readonly LedgerLine[],
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const entity of project.entities.filter((each) => each.kind === 'document')) {
    for (const measure of entity.measures ?? []) {
      const name = `${entity.name}.${measure.field}`;
      const told = ledger.filter((line) => line.amounts.some((amount) => amount.measure === name));
      for (const source of new Set(told.map((line) => line.source))) {
        const stored = await storedAmounts(
          postgres,
          project,
          entity,
          measure.field,
          measure.currency,
          source,
        );
        const kept = await keptAmount(workspace, entity, measure.field, source);
        const accepted = told
          .filter((line) => line.source === source)
          .flatMap((line) =>
            line.amounts.filter((amount) => amount.measure === name).map((amount) => amount.accepted),
          );
        const expected = await addExactly(workspace, [...accepted, kept]);
        const found = await addExactly(
          workspace,
          stored.map((each) => each.sum),
        );
        checks.push({
          name: `${name}: ${source}`,
          passed: expected === found,
          detail:
            expected === found
              ? `${money(found)} in source and database`
              : `source ${money(expected)}, database ${money(found)}`,
        });
      }
    }
  }
  return checks;
}

async function storedAmounts(
  postgres: Postgres,
  project: Project,
  entity: Entity,
  field: string,
  currency: string | undefined,
  source: string,
): Promise<{ currency: string | null; sum: string }[]> {
  const own = currency === undefined ? sql`NULL::text` : sql`t.${ident(currency)}`;
  return postgres.query(sql`SELECT ${own} AS currency, coalesce(sum(t.${ident(field)}), 0)::text AS sum
    FROM ${ident(project.schema, entity.name)} t WHERE t.source_system = ${literal(source)} GROUP BY 1`);
}

/** The sum over rows of a source that this run did not speak of and that stay. */
async function keptAmount(
  workspace: Workspace,
  entity: Entity,
  field: string,
  source: string,
): Promise<string> {
  const { sum } = await workspace.row<{ sum: string }>(sql`
    SELECT coalesce(sum(p.${ident(field)}), 0)::VARCHAR AS sum FROM ${tables.priorRows(entity.name)} p
    JOIN ${tables.changes(entity.name)} c ON c.id = p.${ident(entity.id)}
    LEFT JOIN ${tables.golden(entity.name)} g ON g.id = c.id
    WHERE p.source_system = ${literal(source)} AND c.action <> 'deleted' AND g.lead IS NULL`);
  return sum;
}

/** Decimals are added by DuckDB, never as floats. */
async function addExactly(workspace: Workspace, amounts: readonly string[]): Promise<string> {
  if (amounts.length === 0) return '0.0000';
  const values: Sql = joined(amounts.map((amount) => sql`${literal(amount)}::DECIMAL(38,4)`));
  const { sum } = await workspace.row<{ sum: string }>(
    sql`SELECT list_sum([${values}])::DECIMAL(38,4)::VARCHAR AS sum`,
  );
  return sum;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function money(value: string): string {
  const [whole = '0', fraction = ''] = value.split('.');
  const cents = fraction.replace(/0+$/, '').padEnd(2, '0');
  return `${BigInt(whole).toLocaleString('en')}.${cents}`.replace(
    /^0\./,
    whole.startsWith('-') ? '-0.' : '0.',
  );
}
