import { readdirSync, readFileSync } from 'node:fs';
import type { Postgres } from '../engine/postgres.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, joined, literal, raw, type Sql, script, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { demandEncoding } from './demand-encoding.js';
import { SEE_ALL } from './hidden-rows.js';

const FOLDER = new URL('./migrations/', import.meta.url);

/** What the migrations make. */
const OURS = [
  ...['state', 'runs', 'entities', 'ledger', 'amounts', 'checks', 'links', 'migrations'],
  ...['rejects', 'kept_rejects', 'findings', 'kept_findings'],
];

/** What says where the bookkeeping is. */
type Books = Pick<Project, 'bookkeeping'>;

interface Migration {
  number: number;
  name: string;
  text: string;
}

/** The numbered migrations of the bookkeeping schema, in order. */
export function migrations(): Migration[] {
  return migrationFiles().map((file) => ({
    number: numberOf(file),
    name: file.slice(5, -4),
    text: readFileSync(new URL(file, FOLDER), 'utf8'),
  }));
}

function migrationFiles(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort();
}

function numberOf(file: string): number {
  return Number(file.slice(0, 4));
}

function latestMigration(): number {
  return numberOf(migrationFiles().at(-1) ?? '');
}

/**
 * Whether the bookkeeping is there, and at which migration. Errors: PAM-DB-003 where it is, and row level security hides
 * it from this user, for whom nothing would ever have run.
 */
export async function bookkeepingVersion(postgres: Postgres, { bookkeeping }: Books): Promise<number> {
  const table = literal(`${ident(bookkeeping)}.migrations`);
  const { found, secured } = await postgres.row<{ found: boolean; secured: boolean }>(
    sql`SELECT t IS NOT NULL AS found, coalesce(row_security_active(t::oid), false) AS secured FROM to_regclass(${table}) t`,
  );
  if (!found) return 0;
  const { version } = await postgres.row<{ version: number }>(
    sql`SELECT coalesce(max(number), 0)::int AS version FROM ${ident(bookkeeping)}.migrations`,
  );
  if (version > 0 || !secured) return version;
  const hidden = `Row level security hides the rows of ${bookkeeping} from this user.`;
  throw new PamojaError('PAM-DB-003', hidden, {
    where: postgres.place,
    next: SEE_ALL,
  });
}

/** Gives the migration that the books are at. Errors: PAM-DB-007 where a newer Pamoja was here. */
export async function demandKnownBooks(postgres: Postgres, books: Books): Promise<number> {
  const latest = latestMigration();
  const current = await bookkeepingVersion(postgres, books);
  if (current <= latest) return current;
  throw new PamojaError(
    'PAM-DB-007',
    `The database is at migration ${current}, this Pamoja knows ${latest}.`,
    { where: postgres.place, next: 'Update Pamoja.' },
  );
}

/**
 * Brings the bookkeeping schema up to date, in a transaction of its own: it holds no data of a run.
 * Errors: PAM-DB-007 where a newer Pamoja was here, PAM-DB-003 where the right to make a schema is missing, PAM-DB-004
 * where its tables are there without their rows, PAM-DB-010 where the database cannot hold every name.
 */
export async function migrate(postgres: Postgres, project: Project): Promise<void> {
  const latest = latestMigration();
  if ((await demandKnownBooks(postgres, project)) === latest) return;
  await demandEncoding(postgres);
  const schema = ident(project.bookkeeping);
  await postgres.transaction(async () => {
    // Two first runs at once: the second waits here, and then finds the work done.
    await postgres.run(
      sql`SELECT pg_advisory_xact_lock(hashtext(${literal(`pamoja ${project.bookkeeping}`)}))`,
    );
    await makeSchema(postgres, project.bookkeeping);
    await postgres.run(sql`CREATE TABLE IF NOT EXISTS ${schema}.migrations (
      number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const done = await bookkeepingVersion(postgres, project);
    // Who waited finds tables that others read by now: they are closed already, and to do it again would lock them out.
    if (done === latest) return;
    const there = await booksIn(postgres, project);
    if (done === 0) refuseBare(postgres, project, there);
    const before = done === 0 ? [] : there;
    const missing = migrations().filter((each) => each.number > done);
    const steps = missing.flatMap(({ number, name, text }) => [
      raw(text.replaceAll(':schema', schema)),
      sql`INSERT INTO ${schema}.migrations (number, name) VALUES (${number}, ${literal(name)})`,
    ]);
    await postgres.run(script(steps));
    // What was there before is as its owner wants it by now.
    const made = (await booksIn(postgres, project)).filter(({ id }) =>
      before.every((each) => each.id !== id),
    );
    await close(postgres, project.bookkeeping, made, []);
  });
}

/** A dump without data brings the tables back, and nothing of what they say: by them nobody would ever have run. */
function refuseBare(postgres: Postgres, project: Project, there: readonly { name: string }[]): void {
  const [table] = there.filter(({ name }) => name !== 'migrations');
  if (table === undefined) return;
  const { bookkeeping, schema } = project;
  throw new PamojaError(
    'PAM-DB-004',
    `The schema ${bookkeeping} has a table ${table.name}, and does not say which Pamoja made it.`,
    {
      where: postgres.place,
      next: `Restore ${bookkeeping} with its rows. Where there are none in ${schema} either, drop ${bookkeeping}: it is made anew.`,
    },
  );
}

/** SQL of the last run that did not fail, `(run_id)`. */
export function lastGoodRun({ bookkeeping }: Project): Sql {
  return sql`SELECT run_id FROM ${ident(bookkeeping, 'runs')} WHERE outcome <> 'failed' ORDER BY run_number DESC LIMIT 1`;
}

/** The tables and views of the bookkeeping that migrations make. */
function booksIn(
  postgres: Postgres,
  { bookkeeping }: Project,
): Promise<{ id: number; name: string; view: boolean }[]> {
  return postgres.query(sql`SELECT oid::bigint AS id, relname AS name, relkind = 'v' AS view FROM pg_class
    WHERE relkind IN ('r', 'v') AND relnamespace = ${literal(ident(bookkeeping))}::regnamespace
      AND relname IN (${joined(OURS.map(literal))})`);
}

/** Makes a schema where it is absent; asks first, since CREATE … IF NOT EXISTS wants the right even where it is there. */
export async function makeSchema(postgres: Postgres, schema: string): Promise<void> {
  const { there } = await postgres.row<{ there: boolean }>(
    sql`SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = ${literal(schema)}) AS there`,
  );
  if (!there) await postgres.run(sql`CREATE SCHEMA ${ident(schema)}`);
}

/**
 * Where the roles of a public API exist (Supabase), new tables and views are closed to them: row level security on, no
 * grants but those asked for.
 */
export async function close(
  postgres: Postgres,
  schema: string,
  made: readonly { name: string; view: boolean }[],
  grants: readonly string[],
): Promise<void> {
  if (made.length === 0) return;
  const roles = await postgres.query<{ name: string }>(
    sql`SELECT rolname AS name FROM pg_roles WHERE rolname IN ('anon', 'authenticated')`,
  );
  const steps = made.flatMap((each) => {
    const table = ident(schema, each.name);
    return [
      ...(roles.length > 0 && !each.view ? [sql`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`] : []),
      ...roles.map(({ name }) => sql`REVOKE ALL ON ${table} FROM ${ident(name)}`),
      ...grants.map((role) => sql`GRANT SELECT ON ${table} TO ${ident(role)}`),
    ];
  });
  if (steps.length > 0) await postgres.run(script(steps));
}
