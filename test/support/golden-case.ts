import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Postgres } from '../../src/engine/postgres.js';
import { checkProject, readProject, runProject } from '../../src/index.js';
import { PamojaError } from '../../src/kernel/errors.js';
import { ident, joined, literal, type Sql, sql } from '../../src/kernel/sql.js';
import type { Check, EntityOutcome, LedgerLine } from '../../src/model/ledger.js';
import { openTestDatabase } from './postgres-server.js';

/** The moment of every run, so that expected files can be written down. */
const NOW = new Date('2026-03-02T09:00:00Z');
const NOW_STORED = '2026-03-02 09:00:00';

/** Texts longer than this are told by their length. */
const LONG = 200;

export interface AmountText {
  read: string;
  accepted: string;
  rejected: string;
  filtered: string;
  repeated: string;
  unreadable: number;
}

type Row = Record<string, string | null>;

/** All that a run tells, as plain data: what a person compares with what was promised. */
export interface Account {
  code?: string;
  where?: string;
  message?: string;
  next?: string;
  outcome?: string;
  entities?: Record<string, EntityOutcome>;
  ledger?: (Omit<LedgerLine, 'amounts'> & { amounts?: Record<string, AmountText> })[];
  rejects?: (Record<string, unknown> & { source: string; file: string; entity: string })[];
  findings?: Record<string, unknown>[];
  tables?: Record<string, Row[]>;
  /** Links that are not simply in force. */
  links?: Row[];
  failedChecks?: unknown[];
}

export interface GoldenCase {
  /** Lays a folder over the project and runs it. */
  run(input: string): Promise<Account>;
  /** Holds the database against the sources, as `pamoja check` does; gives the checks that fail. */
  check(): Promise<Check[]>;
  /** The unified tables and the run they stand at. */
  published(): Promise<unknown>;
  /** Every row in the database, of whatever table, that holds a text. */
  textsWith(text: string): Promise<string[]>;
  leftovers(): string[];
  close(): Promise<void>;
}

/** An empty project folder with an empty database. */
export async function openCase(): Promise<GoldenCase> {
  const database = await openTestDatabase();
  const connection = await database.connect();
  const root = mkdtempSync(join(tmpdir(), 'pamoja-case-'));
  return {
    async run(input) {
      cpSync(input, root, { recursive: true });
      for (const recipe of filesBelow(root).filter((file) => file.endsWith('.recipe.json'))) cook(recipe);
      return run(root, database.url, connection);
    },
    async check() {
      const { checks } = await checkProject(await readProject(root), { env: { DATABASE_URL: database.url } });
      return checks.filter((check) => !check.passed);
    },
    published: async () => ({
      tables: await unifiedTables(connection),
      lastRun: (await isThere(connection))
        ? (await connection.row<{ last_run: string | null }>(sql`SELECT last_run FROM pamoja.state`)).last_run
        : null,
    }),
    textsWith: (text) => rowsWith(connection, text),
    leftovers: () =>
      filesBelow(join(root, '.pamoja')).filter((file) => !file.startsWith(join(root, '.pamoja', 'snapshot'))),
    async close() {
      rmSync(root, { recursive: true, force: true });
      await database.close();
    },
  };
}

async function run(root: string, url: string, connection: Postgres): Promise<Account> {
  try {
    const project = { ...(await readProject(root)), threads: 1 };
    const { outcome, entities, ledger, checks } = await runProject(project, {
      env: { DATABASE_URL: url },
      clock: () => NOW,
    });
    const told = await bookkeeping(connection);
    // What the run says and what it wrote down are the same.
    const same = JSON.stringify(ledger.map(plainLine).sort(byPlace)) === JSON.stringify(told.ledger);
    const failed = checks.filter((check) => !check.passed);
    const failedChecks = same ? failed : [...failed, 'the ledger that was written is another one'];
    const tables = await unifiedTables(connection);
    return plain({
      outcome,
      entities,
      ...told,
      tables,
      links: await unusualLinks(connection),
      failedChecks,
    });
  } catch (error) {
    if (!(error instanceof PamojaError)) throw error;
    const { code, where, message, next } = error;
    const told = (await isThere(connection)) ? await bookkeeping(connection) : {};
    const shown = (text?: string) => text?.replaceAll(root, '<project>');
    return plain({ code, where: shown(where), message, next: shown(next), ...told });
  }
}

/** Makes a file too large to be kept: a list of texts, and of texts to repeat. */
function cook(recipe: string): void {
  const parts = JSON.parse(readFileSync(recipe, 'utf8')) as (string | { repeat: string; times: number })[];
  const text = parts
    .map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times)))
    .join('');
  writeFileSync(recipe.slice(0, -'.recipe.json'.length), text);
  rmSync(recipe);
}

function plain(account: Account): Account {
  return JSON.parse(JSON.stringify(account)) as Account;
}

async function isThere(connection: Postgres): Promise<boolean> {
  const { there } = await connection.row<{ there: boolean }>(
    sql`SELECT to_regclass('pamoja.runs') IS NOT NULL AS there`,
  );
  return there;
}

/** What the last run wrote down, in the order of files and lines. */
async function bookkeeping(connection: Postgres): Promise<Pick<Account, 'ledger' | 'rejects' | 'findings'>> {
  const last = sql`run_id = (SELECT run_id FROM pamoja.runs ORDER BY run_number DESC LIMIT 1)`;
  const lines = await connection.query<Omit<LedgerLine, 'amounts'>>(sql`
    SELECT source, file, entity, read, accepted, rejected, filtered, repeated, merged, balanced
    FROM pamoja.ledger WHERE ${last}`);
  const amounts = await connection.query<
    LedgerLine['amounts'][number] & { source: string; file: string; entity: string }
  >(
    sql`SELECT source, file, entity, measure, currency, read, accepted, rejected, filtered, repeated, unreadable
      FROM pamoja.amounts WHERE ${last}`,
  );
  const ledger = lines.map((line) => {
    const own = amounts.filter(
      (each) => each.source === line.source && each.file === line.file && each.entity === line.entity,
    );
    return plainLine({ ...line, amounts: own });
  });
  const rejects = await connection.query<NonNullable<Account['rejects']>[number]>(sql`
    SELECT r.source, r.file, r.entity, r.line, r.ordinal, r.key, r.rule, r.field, r.value, r.reason, r.waiting,
      r.raw IS NOT NULL AS raw,
      CASE WHEN r.root_id IS NOT NULL THEN coalesce(root.entity || ' ' || coalesce(root.key, 'line ' || root.line), 'unknown') END AS root
    FROM pamoja.rejects r LEFT JOIN pamoja.rejects root ON root.run_id = r.run_id AND root.reject_id = r.root_id
    WHERE r.${last} ORDER BY r.source, r.file, r.ordinal, r.entity, r.key`);
  const findings = await connection.query<Record<string, unknown>>(sql`
    SELECT severity, source, file, entity, ordinal, key, rule, field, value, reason FROM pamoja.findings
    WHERE ${last} ORDER BY source, file, ordinal, entity, field, rule`);
  return { ledger: ledger.sort(byPlace), rejects: rejects.map(shortened), findings: findings.map(shortened) };
}

function plainLine({ amounts, ...line }: LedgerLine): NonNullable<Account['ledger']>[number] {
  const { source, file, entity, read, accepted, rejected, filtered, repeated, merged, balanced } = line;
  const plain = { source, file, entity, read, accepted, rejected, filtered, repeated, merged, balanced };
  if (amounts.length === 0) return plain;
  const byMeasure = amounts.map(
    (each) =>
      [
        `${each.measure} ${each.currency}`,
        {
          read: each.read,
          accepted: each.accepted,
          rejected: each.rejected,
          filtered: each.filtered,
          repeated: each.repeated,
          unreadable: each.unreadable,
        },
      ] as const,
  );
  return { ...plain, amounts: Object.fromEntries(byMeasure.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function byPlace(a: Omit<LedgerLine, 'amounts'>, b: Omit<LedgerLine, 'amounts'>): number {
  const place = (line: Omit<LedgerLine, 'amounts'>) => `${line.source}\t${line.file}\t${line.entity}`;
  return place(a) < place(b) ? -1 : 1;
}

function shortened<R extends object>(row: R): R {
  const texts = Object.entries(row).map(([name, value]) => [name, short(value)]);
  return Object.fromEntries(texts) as R;
}

function short(value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= LONG) return value;
  return `${value.slice(0, 20)}… (${value.length} characters)`;
}

/** The rows of every unified table as texts, without columns that are empty in all of them. */
async function unifiedTables(connection: Postgres): Promise<Record<string, Row[]>> {
  const names = await connection.query<{ name: string }>(
    sql`SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY oid`,
  );
  const tables: Record<string, Row[]> = {};
  for (const { name } of names) {
    const rows = await connection.query<Row>(
      sql`SELECT ${await asTexts(connection, 'public', name)} FROM ${ident(name)} ORDER BY 1`,
    );
    if (rows.length > 0) tables[name] = withoutEmpty(rows.sort((a, b) => firstOf(a) - firstOf(b)));
  }
  return tables;
}

function firstOf(row: Row): number {
  return Number(Object.values(row)[0]);
}

async function asTexts(connection: Postgres, schema: string, table: string): Promise<Sql> {
  const columns = await connection.query<{ name: string }>(sql`SELECT attname AS name FROM pg_attribute
    WHERE attrelid = to_regclass(${literal(ident(schema, table))}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`);
  return joined(columns.map(({ name }) => sql`${ident(name)}::text`));
}

function withoutEmpty(rows: Row[]): Row[] {
  const columns = Object.keys(rows[0] ?? {});
  // Where no source says when a customer became one, it is the moment of the run.
  const telling = columns.filter((name) =>
    rows.some((row) => row[name] !== null && row[name] !== NOW_STORED),
  );
  return rows.map((row) => shortened(Object.fromEntries(telling.map((name) => [name, row[name] ?? null]))));
}

async function unusualLinks(connection: Postgres): Promise<Row[]> {
  return connection.query<Row>(sql`SELECT entity, source, key, id, placeholder, deleted, vanished FROM pamoja.links
    WHERE placeholder OR deleted OR vanished ORDER BY entity, source, key`);
}

async function rowsWith(connection: Postgres, text: string): Promise<string[]> {
  const found: string[] = [];
  const tables = await connection.query<{
    schema: string;
    name: string;
  }>(sql`SELECT relnamespace::regnamespace::text AS schema,
    relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, to_regnamespace('pamoja'))`);
  for (const { schema, name } of tables) {
    const rows = await connection.query<{ row: string }>(
      sql`SELECT t::text AS row FROM ${ident(schema, name)} t WHERE strpos(t::text, ${literal(text)}) > 0`,
    );
    found.push(...rows.map(({ row }) => `${name}: ${row}`));
  }
  return found;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
