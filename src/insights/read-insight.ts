import type { Postgres } from '../engine/postgres.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { bindInsight, type ParameterValue } from './bind-parameters.js';
import type { Insight, InsightColumn, InsightColumnType, InsightRow } from './insight.js';

export interface ReadInsightOptions {
  /** Values of parameters; the others have their defaults. */
  parameters?: Readonly<Record<string, ParameterValue>>;
  /** After how many seconds a statement is given up; 60 unless told. */
  timeoutSeconds?: number;
}

/** The answer to an insight, as long as its transaction is open. */
export interface OpenInsight {
  insight: Insight;
  /** Every parameter with the value it has here. */
  parameters: Record<string, string | null>;
  columns: InsightColumn[];
  /** The rows, a few hundred at a time; can be asked for once. */
  batches(): AsyncIterable<InsightRow[]>;
}

const BATCH = 500;
const TIMEOUT_SECONDS = 60;
/** PostgreSQL counts milliseconds in 31 bits. */
const MOST_SECONDS = 2_147_483;

/**
 * Asks the database an insight and hands the answer to `work`, in a transaction that cannot write and looks into the
 * project's schema alone. Rows are fetched as they are asked for. Everything it sets ends with the transaction, so it
 * works through a transaction pooler. Errors: PAM-CLI-001 and PAM-CFG-003 of binding, PAM-CFG-005 where the SQL of an
 * own insight does not work, PAM-DB-008 where nothing was published yet.
 */
export async function readInsight<T>(
  postgres: Postgres,
  project: Project,
  insight: Insight,
  options: ReadInsightOptions,
  work: (answer: OpenInsight) => Promise<T>,
): Promise<T> {
  const bound = bindInsight(insight, options.parameters ?? {}, project);
  const seconds = options.timeoutSeconds ?? TIMEOUT_SECONDS;
  try {
    return await postgres.transaction(async () => {
      await postgres.query(
        sql`SELECT set_config('statement_timeout', $1, true), set_config('search_path', quote_ident($2), true),
          set_config('TimeZone', $3, true), set_config('DateStyle', 'ISO, YMD', true),
          set_config('cursor_tuple_fraction', '1', true)`,
        [String(Math.ceil(Math.min(seconds, MOST_SECONDS) * 1000)), project.schema, project.timezone],
      );
      await postgres.table(sql`DECLARE pamoja_insight NO SCROLL CURSOR FOR ${bound.sql}`, bound.values);
      const first = await postgres.table(fetchNext());
      return await work({
        insight,
        parameters: bound.parameters,
        columns: first.columns.map(({ name, typeId }) => ({
          name,
          type: columnType(typeId),
          personal: isPersonal(project, name),
        })),
        batches: () => batchesFrom(postgres, first.rows, seconds),
      });
    }, sql`BEGIN READ ONLY`);
  } catch (error) {
    throw await explain(postgres, project, insight, error, seconds);
  }
}

/** The limit is for what PostgreSQL takes in all; who reads the rows may take longer. */
async function* batchesFrom(
  postgres: Postgres,
  first: InsightRow[],
  seconds: number,
): AsyncGenerator<InsightRow[]> {
  let rows = first;
  let spent = 0;
  while (rows.length > 0) {
    yield rows;
    if (rows.length < BATCH) return;
    const from = performance.now();
    rows = (await postgres.table(fetchNext())).rows;
    spent += performance.now() - from;
    if (spent > seconds * 1000) throw new TooLong();
  }
}

class TooLong extends Error {}

function fetchNext(): Sql {
  return sql`FETCH FORWARD ${BATCH} FROM pamoja_insight`;
}

const TYPES_BY_ID: Record<number, InsightColumnType> = {
  16: 'boolean',
  20: 'integer',
  21: 'integer',
  23: 'integer',
  700: 'float',
  701: 'float',
  1082: 'date',
  1114: 'timestamp',
  1184: 'timestamp',
  1700: 'numeric',
};

function columnType(typeId: number): InsightColumnType {
  return TYPES_BY_ID[typeId] ?? 'text';
}

/** By its name: an insight that shows people calls the columns as the model does. */
function isPersonal(project: Project, name: string): boolean {
  return project.entities.some((entity) =>
    entity.fields.some((field) => field.personal === true && field.name === name),
  );
}

/** What PostgreSQL says of an insight, in words of whom it concerns. */
async function explain(
  postgres: Postgres,
  project: Project,
  insight: Insight,
  error: unknown,
  seconds: number,
): Promise<unknown> {
  const where = insight.origin === 'own' ? insight.file : `insight ${insight.name}`;
  const tooLong = (cause?: unknown) =>
    new PamojaError('PAM-DB-005', `It took longer than ${seconds} seconds and was given up.`, {
      where,
      next: 'Ask for less with its parameters, or give it more time with --timeout.',
      cause,
    });
  if (error instanceof TooLong) return tooLong();
  if (!(error instanceof PamojaError) || !/^PAM-DB-00[35]$/.test(error.code)) return error;
  const { code, message = '' } = (error.cause ?? {}) as { code?: string; message?: string };
  if (code === '57014') return tooLong(error.cause);
  if ((code === '42P01' || code === '3F000') && !(await hasPublished(postgres, project))) {
    return new PamojaError('PAM-DB-008', 'Nothing was published here yet.', {
      where: postgres.place,
      next: 'Run: pamoja run',
      cause: error.cause,
    });
  }
  if (code === '25006' || /data-modifying/.test(message)) {
    return new PamojaError('PAM-CFG-005', `An insight only reads, and this one would write: ${message}.`, {
      where,
      next: 'Nothing was changed. Take the writing part out of its SQL.',
      cause: error.cause,
    });
  }
  if (insight.origin === 'built in') {
    // What it reckons with beside its parameters are rows that fitted their columns.
    const large = insight.parameters.length > 0 && (code === '22003' || code === '22008');
    if (!large) return error;
    return new PamojaError('PAM-CLI-001', `A parameter is too large: ${message}.`, {
      where: insight.name,
      cause: error.cause,
    });
  }
  return new PamojaError('PAM-CFG-005', `PostgreSQL refused the SQL (${code}): ${message}.`, {
    where,
    next: 'Try the statement in: pamoja db psql',
    cause: error.cause,
  });
}

async function hasPublished(postgres: Postgres, project: Project): Promise<boolean> {
  const [state] = await postgres.query<{ there: boolean }>(
    sql`SELECT to_regclass(format('%I.state', $1::text)) IS NOT NULL AS there`,
    [project.bookkeeping],
  );
  if (state?.there !== true) return false;
  const published = await postgres.query(
    sql`SELECT 1 FROM ${ident(project.bookkeeping, 'state')} WHERE last_run IS NOT NULL`,
  );
  return published.length > 0;
}
