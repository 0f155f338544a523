import type { Readable } from 'node:stream';
import type { Postgres } from '../engine/postgres.js';
import { demandWhole } from '../kernel/demand-whole.js';
import { PamojaError } from '../kernel/errors.js';
import type { Log } from '../kernel/log.js';
import { suggestion } from '../kernel/nearest.js';
import { all, ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import { untilStopped } from '../kernel/stopping.js';
import type { Project } from '../model/config.js';
import { REJECT_RULES } from '../model/reject-rules.js';
import { bookkeepingVersion } from '../store/bookkeeping.js';
import { groupRejects, type RejectGroup } from './group-rejects.js';
import { type OpenDatabase, withDatabaseOpen } from './open-project.js';

export interface RejectQuery {
  /** The run; the latest unless told, also one that failed. */
  run?: string;
  source?: string;
  rule?: string;
  entity?: string;
  /**
   * How many distinct refused values each group shows; none unless told, as they may be personal data. Then JSON leaves
   * out values, keys and raw records as well.
   */
  values?: number;
  /** Environment with `DATABASE_URL` or `SUPABASE_DB_URL`; that of the process unless told. */
  env?: Record<string, string | undefined>;
  log?: Log;
  /** Stops it: then it throws PAM-RUN-001. */
  signal?: AbortSignal;
}

/** The refused records of one run, as long as the database is open. */
export interface Rejects {
  runId: string;
  outcome: string;
  /** Refused records in the run, whatever was asked for. */
  total: number;
  /** What was refused for its own sake, by cause, with what it took along; the most frequent first. */
  groups: RejectGroup[];
  /** Every refused record that was asked for as CSV with a header; `safe` disarms what a spreadsheet takes for a formula. */
  csv(options: { safe: boolean }): Readable;
  /** The same as one JSON object a line, with what may be personal only where values were asked for. */
  jsonLines(): Readable;
}

const COLUMNS = [
  'reject_id',
  'root_id',
  'source',
  'file',
  'line',
  'ordinal',
  'entity',
  'key',
  'rule',
  'field',
  'value',
  'reason',
  'waiting',
  'raw',
] as const;
const PERSONAL: readonly string[] = ['key', 'value', 'raw'];
const TEXTS: readonly string[] = [
  'source',
  'file',
  'entity',
  'key',
  'rule',
  'field',
  'value',
  'reason',
  'raw',
];

/**
 * Opens the rejects of a run and hands them to `work`; rows are streamed, never held.
 * Errors: PAM-DB-008 where nothing has run yet, PAM-CLI-001 for a run, source, rule or entity that is not known,
 * PAM-RUN-001 where the signal stopped it, and a RangeError for a number of values that is none.
 */
export async function readRejects<T>(
  project: Project,
  query: RejectQuery,
  work: (rejects: Rejects) => Promise<T>,
): Promise<T> {
  demandWhole({ values: query.values });
  refuseUnknown(project, query);
  const ask = async ({ postgres }: OpenDatabase) => {
    const { runId, outcome } = await findRun(postgres, project, query.run);
    const table = ident(project.bookkeeping, 'rejects');
    await refuseUnknownRule(postgres, table, query.rule);
    const { total } = await postgres.row<{ total: number }>(
      sql`SELECT count(*) AS total FROM ${table} WHERE run_id = ${literal(runId)}`,
    );
    const wanted = all([sql`run_id = ${literal(runId)}`, ...filters(query)]);
    const streams: Readable[] = [];
    const streamed = (statement: Sql) => {
      const stream = postgres.copyOut(statement);
      streams.push(stream);
      return stream;
    };
    try {
      return await work({
        runId,
        outcome,
        total,
        groups: await groupRejects(postgres, table, { ...query, runId }),
        csv: ({ safe }) => streamed(asCsv(table, wanted, safe)),
        jsonLines: () => streamed(asJsonLines(table, wanted, query.values !== undefined)),
      });
    } finally {
      // Who reads on would wait for ever.
      for (const stream of streams.filter((each) => !each.readableEnded)) stream.destroy(tooLate(postgres));
    }
  };
  return untilStopped('look at the rejects', query, (heeding) => withDatabaseOpen(project, heeding, ask));
}

function tooLate({ place }: Postgres): PamojaError {
  return new PamojaError('PAM-DB-006', 'Rejects were to be read, and the database is closed.', {
    where: place,
    next: 'Read the stream to its end before `work` returns.',
  });
}

function refuseUnknown(project: Project, { source, entity }: RejectQuery): void {
  const sources = project.sources.map((each) => each.name);
  const entities = project.entities.map((each) => each.name);
  if (source !== undefined && !sources.includes(source)) throw unknown('source', source, sources);
  if (entity !== undefined && !entities.includes(entity)) throw unknown('entity', entity, entities);
}

/** As they are asked for; equations have names of their own. */
const RULES: readonly string[] = REJECT_RULES.filter((rule) => rule !== 'equation');

/** No record of a rule that there is not would look as if all were well. */
async function refuseUnknownRule(postgres: Postgres, table: Sql, rule: string | undefined): Promise<void> {
  if (rule === undefined || RULES.includes(rule) || rule.startsWith('equation:')) return;
  const told = await postgres.query<{ rule: string }>(sql`SELECT DISTINCT rule FROM ${table} ORDER BY rule`);
  const known = told.map((each) => each.rule);
  if (!known.includes(rule)) throw unknown('rule', rule, known.length > 0 ? known : RULES);
}

function unknown(what: string, name: string, known: readonly string[]): PamojaError {
  return new PamojaError('PAM-CLI-001', `There is no ${what} "${name}".`, { next: suggestion(name, known) });
}

async function findRun(
  postgres: Postgres,
  project: Project,
  wanted: string | undefined,
): Promise<{ runId: string; outcome: string }> {
  const runs = ident(project.bookkeeping, 'runs');
  const recent =
    (await bookkeepingVersion(postgres, project)) === 0
      ? []
      : await postgres.query<{ runId: string; outcome: string }>(
          sql`SELECT run_id AS "runId", outcome FROM ${runs} ORDER BY run_number DESC LIMIT 5`,
        );
  const [latest] = recent;
  if (latest === undefined) {
    throw new PamojaError('PAM-DB-008', 'Nothing has run here yet.', {
      where: postgres.place,
      next: 'Run: pamoja run',
    });
  }
  if (wanted === undefined) return latest;
  const [found] = await postgres.query<{ runId: string; outcome: string }>(
    sql`SELECT run_id AS "runId", outcome FROM ${runs} WHERE run_id = $1`,
    [wanted],
  );
  if (found !== undefined) return found;
  throw new PamojaError('PAM-CLI-001', `There is no run "${wanted}".`, {
    where: postgres.place,
    next: `The latest are: ${recent.map((run) => run.runId).join(', ')}.`,
  });
}

/** What a record must be to be among those that were asked for. */
function filters({ source, rule, entity }: RejectQuery): Sql[] {
  const asked = Object.entries({ source, rule, entity });
  return asked.flatMap(([name, value]) =>
    value === undefined ? [] : [sql`${ident(name)} = ${literal(value)}`],
  );
}

function asCsv(table: Sql, wanted: Sql, safe: boolean): Sql {
  const columns = COLUMNS.map((name) => (safe && TEXTS.includes(name) ? disarmed(name) : ident(name)));
  return sql`COPY (SELECT ${joined(columns)} FROM ${table} WHERE ${wanted} ORDER BY reject_id)
    TO STDOUT (FORMAT csv, HEADER true)`;
}

/** A leading apostrophe makes a spreadsheet show the text instead of computing it. */
function disarmed(name: string): Sql {
  const column = ident(name);
  return sql`CASE WHEN ${column} ~ E'^[=+\\-@\\t\\r]' THEN '''' || ${column} ELSE ${column} END AS ${column}`;
}

/** JSON text holds no control character, so with these as quote and delimiter each row comes out as it is. */
function asJsonLines(table: Sql, wanted: Sql, values: boolean): Sql {
  const columns = joined(
    COLUMNS.filter((name) => values || !PERSONAL.includes(name)).map((name) => ident(name)),
  );
  return sql`COPY (SELECT row_to_json(r)::text FROM (SELECT ${columns} FROM ${table} WHERE ${wanted} ORDER BY reject_id) r)
    TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')`;
}
