import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { type Entity, type Measure, references } from '../model/entity.js';
import type { Check, EntityOutcome, LedgerLine } from '../model/ledger.js';
import { tables } from '../model/tables.js';
import { currencyCode, currencyOfWhole, NO_CURRENCY } from './currency-of-amounts.js';

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

/** What a valid primary key guarantees is not counted again. */
async function checkKeys(postgres: Postgres, project: Project, entity: Entity): Promise<Check> {
  const name = `${entity.name}: keys`;
  if (await isConstrained(postgres, project, entity, entity.id, 'p'))
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

/** Whether a valid primary or foreign key stands on exactly this column. */
async function isConstrained(
  postgres: Postgres,
  { schema }: Project,
  entity: Entity,
  column: string,
  kind: 'p' | 'f',
  target?: string,
): Promise<boolean> {
  const table = sql`to_regclass(${literal(ident(schema, entity.name))})`;
  const points =
    target === undefined ? sql`` : sql` AND c.confrelid = to_regclass(${literal(ident(schema, target))})`;
  const { found } = await postgres.row<{ found: boolean }>(sql`SELECT EXISTS (
    SELECT FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attname = ${literal(column)}
    WHERE c.conrelid = ${table} AND c.contype = ${literal(kind)} AND c.convalidated AND c.conkey = ARRAY[a.attnum]
      AND coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)${points}) AS found`);
  return found;
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
  const table = ident(project.schema, entity.name);
  const held = await isConstrained(postgres, project, entity, field, 'f', target);
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
        const accepted = told
          .filter((line) => line.source === source)
          .flatMap((line) => line.amounts.filter((amount) => amount.measure === name))
          .map(({ currency, accepted: sum }) => ({ currency, sum }));
        const fallback = project.sources.find((each) => each.name === source)?.currency || NO_CURRENCY;
        const asked = { entity, measure, source, fallback };
        const kept = await keptAmounts(workspace, project, asked);
        const stored = await storedAmounts(postgres, project, asked);
        checks.push(await compareAmounts(workspace, `${name}: ${source}`, [...accepted, ...kept], stored));
      }
    }
  }
  return checks;
}

interface Sum {
  currency: string;
  sum: string;
}

interface Asked {
  entity: Entity;
  measure: Measure;
  source: string;
  /** The currency where nothing tells one. */
  fallback: string;
}

/** Currency by currency: what two of them come to together means nothing, and could hide a difference. */
async function compareAmounts(
  workspace: Workspace,
  name: string,
  expected: readonly Sum[],
  found: readonly Sum[],
): Promise<Check> {
  const currencies = [...new Set([...expected, ...found].map((each) => each.currency))].sort();
  const told: string[] = [];
  const wrong: string[] = [];
  for (const currency of currencies) {
    const sumOf = (sums: readonly Sum[]) =>
      addExactly(
        workspace,
        sums.filter((each) => each.currency === currency).map((each) => each.sum),
      );
    const [wanted, there] = [await sumOf(expected), await sumOf(found)];
    const label = currency === NO_CURRENCY ? '' : `${currency} `;
    if (wanted === there) told.push(`${label}${money(there)}`);
    else wrong.push(`${label}${money(wanted)} in source, ${money(there)} in database`);
  }
  return {
    name,
    passed: wrong.length === 0,
    detail: wrong.length === 0 ? `${told.join(', ')} in source and database` : wrong.join('; '),
  };
}

async function storedAmounts(
  postgres: Postgres,
  project: Project,
  { entity, measure, source, fallback }: Asked,
): Promise<Sum[]> {
  const whole = currencyOfWhole(entity, project.entities);
  const at = (name: string) => ident(project.schema, name);
  const [currency, join] =
    measure.currency !== undefined
      ? [currencyCode(sql`t.${ident(measure.currency)}`), sql``]
      : whole === undefined
        ? [sql`${literal(fallback)}::text`, sql``]
        : ((await onlyCurrencyOf(postgres, project, whole)) ?? [
            currencyCode(sql`w.${ident(whole.field)}`),
            sql`LEFT JOIN ${at(whole.whole.name)} w ON w.${ident(whole.whole.id)} = t.${ident(whole.reference)}`,
          ]);
  return postgres.query<Sum>(sql`
    SELECT ${currency} AS currency, coalesce(sum(t.${ident(measure.field)}), 0)::text AS sum
    FROM ${at(entity.name)} t ${join} WHERE t.source_system = ${literal(source)} GROUP BY 1`);
}

/** Where all wholes are in one currency, none of their parts needs to ask its own: SQL of the currency, and no join. */
async function onlyCurrencyOf(
  postgres: Postgres,
  { schema }: Project,
  { whole, field }: { whole: Entity; field: string },
): Promise<[Sql, Sql] | undefined> {
  const found = await postgres.query<{ code: string }>(
    sql`SELECT DISTINCT ${currencyCode(ident(field))} AS code FROM ${ident(schema, whole.name)} LIMIT 2`,
  );
  const [only] = found;
  return only === undefined || found.length > 1 ? undefined : [sql`${literal(only.code)}::text`, sql``];
}

/** The sums over rows of a source that this run did not speak of and that stay. */
function keptAmounts(
  workspace: Workspace,
  project: Project,
  { entity, measure, source, fallback }: Asked,
): Promise<Sum[]> {
  const whole = currencyOfWhole(entity, project.entities);
  const [currency, join] =
    measure.currency !== undefined
      ? [currencyCode(sql`p.${ident(measure.currency)}`), sql``]
      : whole === undefined
        ? [literal(fallback), sql``]
        : [
            currencyCode(sql`coalesce(w.${ident(whole.field)}, v.${ident(whole.field)})`),
            sql`LEFT JOIN ${tables.golden(whole.whole.name)} w ON w.id = p.${ident(whole.reference)}
              LEFT JOIN ${tables.priorRows(whole.whole.name)} v ON v.${ident(whole.whole.id)} = p.${ident(whole.reference)}`,
          ];
  return workspace.rows<Sum>(sql`
    SELECT ${currency} AS currency, coalesce(sum(p.${ident(measure.field)}), 0)::VARCHAR AS sum
    FROM ${tables.priorRows(entity.name)} p JOIN ${tables.changes(entity.name)} c ON c.id = p.${ident(entity.id)}
    LEFT JOIN ${tables.golden(entity.name)} g ON g.id = c.id ${join}
    WHERE p.source_system = ${literal(source)} AND c.action <> 'deleted' AND g.lead IS NULL GROUP BY 1`);
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
