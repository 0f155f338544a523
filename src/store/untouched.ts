import type { Postgres } from '../engine/postgres.js';
import { sayMany } from '../kernel/say-number.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import type { Check, EntityOutcome, LedgerLine } from '../model/ledger.js';
import { recordsTable } from '../model/tables.js';

/** The run that the tables stand at, as its books tell it. */
export interface StandingRun {
  runId: string;
  /** The last run that looked at the records: nothing changed since. */
  toldIn: string;
  /** Fingerprint of the configuration that it was made with. */
  settings: string | null;
  entities: Record<string, EntityOutcome>;
  ledger: LedgerLine[];
  /** The transactions that published, `{1,2}`; null where the database does not tell, or was restored from a copy. */
  published: string | null;
  /** All transactions before this one had ended when that run compared the tables. */
  asOf: string | null;
  /** The same of now: what others write from here on comes from this one, or from a later one. */
  horizon: string;
  /** Fingerprint of the tables, as that run left them. */
  shape: string | null;
}

/**
 * Whether every row is as the standing run left it, asked of the database: no table has a row that another transaction
 * wrote since that run compared it, nor other rows than the run counted, nor other columns.
 */
export async function checkUntouched(
  postgres: Postgres,
  project: Project,
  standing: StandingRun,
): Promise<Check[] | undefined> {
  const { runId, entities } = standing;
  const checks: Check[] = [];
  if ((await shapeOf(postgres, project)) !== standing.shape) return undefined;
  for (const entity of project.entities) {
    const outcome = entities[entity.name];
    const rows = await untouchedRows(postgres, standing, ident(project.schema, entity.name));
    if (outcome === undefined || rows !== outcome.total + outcome.placeholders) return undefined;
    checks.push({
      name: `${entity.name}: untouched`,
      passed: true,
      detail: `${sayMany(rows, 'row')} as run ${runId} left them`,
    });
  }
  for (const table of booksOf(project))
    if ((await untouchedRows(postgres, standing, table)) === undefined) return undefined;
  return checks;
}

/** The tables of the bookkeeping that rows follow from. */
function booksOf({ bookkeeping, entities }: Project): Sql[] {
  const masters = entities.filter((entity) => entity.kind === 'master');
  return ['links', ...masters.map((entity) => recordsTable(entity.name))].map((table) =>
    ident(bookkeeping, table),
  );
}

/** Fingerprint of the columns and files of all tables: who empties one or changes its columns rewrites no row. */
async function shapeOf(postgres: Postgres, project: Project): Promise<string> {
  return (await postgres.row<{ shape: string }>(sql`SELECT ${shape(project)} AS shape`)).shape;
}

function shape(project: Project): Sql {
  const own = project.entities.map(({ name }) => ident(project.schema, name));
  const all = joined([...own, ...booksOf(project)].map((table) => sql`to_regclass(${literal(table)})`));
  return sql`(SELECT md5(coalesce(string_agg(concat_ws(' ', attrelid, pg_relation_filenode(attrelid), attnum, attname, atttypid, attisdropped),
    ',' ORDER BY attrelid, attnum), '')) FROM pg_attribute WHERE attrelid IN (${all}) AND attnum > 0)`;
}

/** SQL of the transaction before which all had ended at this moment. */
export const HORIZON = sql`pg_snapshot_xmin(pg_current_snapshot())::text`;

/** What is written into the row of state with the name of the run; `asOf` is when the tables were compared. */
export function stateColumns(asOf: string): Sql {
  return sql`as_of = ${literal(asOf)}::xid8, written = pg_current_xact_id()`;
}

/** As many runs are told apart by their transactions; rows of older ones by when they were written, which takes longer. */
const REMEMBERED = 50;

/** The same of a run that publishes rows: from now on its own are told from those of others. */
export function publishedColumns(project: Project, asOf: string): Sql {
  // While others write, also elsewhere on the server, runs before this one may not be covered by `asOf`; they were seen.
  const before = sql`unnest(CASE WHEN xmin = written::xid THEN published END)`;
  const last = sql`SELECT x, row_number() OVER (ORDER BY x DESC) AS nth FROM ${before} x`;
  const own = sql`ARRAY(SELECT x FROM (${last}) ranked WHERE x >= ${literal(asOf)}::xid8 OR nth < ${REMEMBERED}) || pg_current_xact_id()`;
  return sql`${stateColumns(asOf)}, published = ${own}, shape = ${shape(project)}`;
}

/** A transaction is told from others by the last 32 bits of its number, as far back as this. */
const TOLD_APART = 2n ** 31n;

/** The number of rows; undefined where the table is gone, or another transaction wrote one of them since. */
async function untouchedRows(
  postgres: Postgres,
  { published, asOf, horizon }: StandingRun,
  table: Sql,
): Promise<number | undefined> {
  const { there } = await postgres.row<{ there: boolean }>(
    sql`SELECT to_regclass(${literal(table)}) IS NOT NULL AS there`,
  );
  const isRecent = (transaction: string) => BigInt(horizon) - BigInt(transaction) < TOLD_APART;
  if (!there || published === null || asOf === null || !isRecent(asOf)) return undefined;
  const own = published.slice(1, -1).split(',').filter(isRecent);
  const listed = joined(own.map((each) => sql`${literal(each)}::xid8::xid`));
  const isOthers = own.length === 0 ? sql`true` : sql`xmin NOT IN (${listed})`;
  // PostgreSQL asks this on all cores, the age of a row on one.
  const { rows, others } = await postgres.row<{ rows: number; others: number }>(
    sql`SELECT count(*) AS rows, count(*) FILTER (WHERE ${isOthers}) AS others FROM ${table}`,
  );
  if (others === 0) return rows;
  // Also one that was under way when the tables were compared, and wrote after that, is not before that moment.
  const { later } = await postgres.row<{ later: boolean }>(
    sql`SELECT EXISTS (SELECT FROM ${table} WHERE ${isOthers} AND age(xmin) <= age(${literal(asOf)}::xid8::xid)) AS later`,
  );
  return later ? undefined : rows;
}
