import type { Postgres } from '../engine/postgres.js';
import { ident, literal, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import type { Check } from '../model/ledger.js';
import type { FileLine, HeldAmount, ReportAmount, SourceFlow } from '../report/report-data.js';
import { columnsOf } from '../store/load-prior.js';
import { KEPT } from '../verify/check-amounts.js';
import { NO_CURRENCY } from '../verify/currency-of-amounts.js';
import { StoredSums } from '../verify/stored-sums.js';
import { measureName } from '../verify/sum-amounts.js';

/** More lines than these are for SQL. */
const MOST_FILES = 200;
const MOST_AMOUNTS = 500;

type AskedAmount = Omit<ReportAmount, 'reconciled' | 'kept'>;

/** What a run read and what became of it. */
export interface ReportLedger {
  flows: SourceFlow[];
  files: FileLine[];
  amounts: ReportAmount[];
  held: HeldAmount[];
  checks: Check[];
}

/**
 * Reads the ledger of a run, summed by the database: sources come in the order of the configuration. With `stands`, what
 * the tables hold now is what that run left.
 */
export async function readReportLedger(
  postgres: Postgres,
  project: Project,
  runId: string,
  stands: boolean,
): Promise<ReportLedger> {
  const book = (table: string) => ident(project.bookkeeping, table);
  const here = sql`run_id = ${literal(runId)}`;
  const flows = await postgres.query<SourceFlow>(sql`
    SELECT l.source, l.entity, min(l.file) AS file, count(*) AS files, sum(l.read)::bigint AS read,
      sum(l.accepted)::bigint AS accepted, sum(l.rejected)::bigint AS rejected, sum(l.filtered)::bigint AS filtered,
      sum(l.repeated)::bigint AS repeated, sum(l.merged)::bigint AS merged, bool_and(l.balanced) AS balanced,
      (SELECT count(*) FROM ${book('rejects')} r
        WHERE r.${here} AND r.source = l.source AND r.entity = l.entity AND r.waiting) AS waiting
    FROM ${book('ledger')} l WHERE l.${here} GROUP BY l.source, l.entity`);
  const files = await postgres.query<FileLine>(sql`
    SELECT source, entity, file, read, accepted, rejected, filtered, repeated
    FROM (SELECT *, count(*) OVER (PARTITION BY source, entity) AS files FROM ${book('ledger')} WHERE ${here}) l
    WHERE files > 1 ORDER BY source, entity, file LIMIT ${MOST_FILES}`);
  const amounts = await postgres.query<AskedAmount>(sql`
    SELECT source, entity, measure, currency, sum(read)::text AS read, sum(accepted)::text AS accepted,
      sum(rejected)::text AS rejected, sum(filtered)::text AS filtered, sum(repeated)::text AS repeated,
      sum(unreadable)::bigint AS unreadable
    FROM ${book('amounts')} WHERE ${here} GROUP BY source, entity, measure, currency
    ORDER BY sum(abs(read)) DESC, source LIMIT ${MOST_AMOUNTS}`);
  const checks = await postgres.query<Check>(
    sql`SELECT name, passed, detail FROM ${book('checks')} WHERE ${here}`,
  );
  const place = placesIn(project);
  const inOrder = <T extends { source: string; entity: string }>(rows: T[]) =>
    rows.sort((a, b) => place(a.source, a.entity) - place(b.source, b.entity));
  const grouped = inOrder(amounts).sort(
    (a, b) =>
      place('', a.entity) - place('', b.entity) ||
      compare(a.measure, b.measure) ||
      compare(a.currency, b.currency),
  );
  return {
    flows: inOrder(flows),
    files: inOrder(files),
    amounts: grouped.map((amount) => ({ ...amount, ...checkedIn(amount, checks) })),
    held: stands ? await heldAmounts(postgres, project) : [],
    checks: checks.sort((a, b) => rankOf(a, project) - rankOf(b, project) || compare(a.name, b.name)),
  };
}

async function heldAmounts(postgres: Postgres, project: Project): Promise<HeldAmount[]> {
  const stored = new StoredSums(postgres, project);
  const held: HeldAmount[] = [];
  for (const entity of project.entities.filter((each) => each.kind === 'document')) {
    // A report is made also where somebody took a column or a table away.
    const columns = await columnsOf(postgres, project.schema, entity.name);
    if (!entity.fields.every((field) => columns.includes(field.name))) continue;
    for (const measure of entity.measures ?? []) {
      for (const { source, currency, sum } of await stored.everySumOf(entity, measure)) {
        const told = project.sources.find(({ name }) => name === source)?.currency || NO_CURRENCY;
        held.push({
          source: source ?? '',
          entity: entity.name,
          measure: measureName({ entity }, measure),
          currency: currency ?? told,
          sum,
        });
      }
    }
  }
  return held;
}

/** By source, then entity, as declared; what is declared no more comes last. */
function placesIn({ sources, entities }: Project): (source: string, entity: string) => number {
  const at = (index: number) => (index < 0 ? 1000 : index);
  const names = entities.map(({ name }) => name);
  return (source, entity) =>
    at(sources.findIndex(({ name }) => name === source)) * 2000 + at(names.indexOf(entity));
}

/** What the check says that was asked of the database for this source and measure, and no other. */
function checkedIn(
  { measure, source }: AskedAmount,
  checks: readonly Check[],
): Pick<ReportAmount, 'reconciled' | 'kept'> {
  const own = checks.filter(({ name }) => name === `${measure}: ${source}`);
  return {
    reconciled: own.length > 0 && own.every(({ passed }) => passed),
    kept: own.some(({ detail }) => detail.includes(KEPT)),
  };
}

/** The ledger first, then table by table. */
function rankOf({ name }: Check, { entities }: Project): number {
  return entities.findIndex(
    (entity) => name.startsWith(`${entity.name}:`) || name.startsWith(`${entity.name}.`),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
