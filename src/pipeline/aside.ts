import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { messageOf } from '../kernel/errors.js';
import type { Log } from '../kernel/log.js';
import { ident, sql } from '../kernel/sql.js';
import { addSettledTargets } from '../linking/list-targets.js';
import type { Project } from '../model/config.js';
import type { Entity } from '../model/entity.js';
import type { SettledCount } from '../model/feed-ref.js';
import type { EntityOutcome } from '../model/ledger.js';
import { rawPrint } from '../model/raw-print.js';
import { tables } from '../model/tables.js';
import { dropSnapshot, keepSnapshot } from '../settled/keep-snapshot.js';
import { matchRows, printRows, repeatsAcross, widen } from '../settled/match-rows.js';
import { maySettle } from '../settled/may-settle.js';
import { discardSnapshot, isDamage, measureOf, openSnapshot, readAbout } from '../settled/snapshot.js';
import { forgetSettledTargets, listSettledTargets, touchDocuments } from '../settled/touch-documents.js';
import { findMoved, touchMasters } from '../settled/touch-masters.js';
import { loadPrior } from '../store/load-prior.js';
import { Overtaken } from '../store/publish.js';
import type { StandingRun } from '../store/untouched.js';
import { currencyOfStanding } from '../verify/currency-of-amounts.js';
import type { Standing } from './find-standing.js';
import { mapAndJudge } from './integrate.js';
import { snapshotFile } from './open-workspace.js';
import type { ExtractedFeed } from './read-sources.js';

/** Of fewer records all are looked at, or not, at the same cost. */
const FEW = 10_000;
/** Where more than this share of the records is new or changed, looking at all of them costs less. */
const MANY = 0.3;

/** What a run works with, as far as it sets records aside. */
export interface AsideContext {
  workspace: Workspace;
  postgres: Postgres;
  project: Project;
  feeds: readonly ExtractedFeed[];
  log: Log;
}

/**
 * Sets aside what is settled: records that are word for word as the run left them at which the tables stand, and that no
 * change can reach. The rest goes the way of every run; the settled ones are counted, and their money is added up anew.
 */
export class Aside {
  private constructor(
    private readonly context: AsideContext,
    private readonly standing: StandingRun,
  ) {}

  /** Undefined where all records are to be looked at: nothing is known of them, or too much of it changed. */
  static async begin(context: AsideContext, standing: Standing): Promise<Aside | undefined> {
    return unlessDamaged(context, () => Aside.tryBegin(context, standing)).catch((error) => {
      if (!(error instanceof Overtaken)) throw error;
      context.log.debug(`All records are looked at: ${error.message}`);
      return undefined;
    });
  }

  private static async tryBegin(
    context: AsideContext,
    { run, untouched }: Standing,
  ): Promise<Aside | undefined> {
    const { workspace, feeds, log } = context;
    const lookAtAll = (because: string): undefined => {
      log.debug(`All records are looked at: ${because}`);
      return undefined;
    };
    if (!(await mayKeep(context))) return lookAtAll('no snapshot can tell what became of them');
    const about = await readAbout(workspace);
    if (about?.runId !== run.toldIn) return lookAtAll('there is no snapshot of the last run');
    for (const feed of feeds)
      if (await repeatsAcross(workspace, feed)) return lookAtAll('records repeat each other across files');
    await printRows(workspace, feeds);
    let affected = 0;
    for (const feed of feeds) affected += await matchRows(workspace, feed);
    const all = feeds.reduce((sum, feed) => sum + feed.counted.reduce((one, each) => one + each, 0), 0);
    const share = `${affected} of ${all} are new or changed, or something was found in them`;
    if (all > FEW && affected > all * MANY) return lookAtAll(share);
    if ((await untouched) === undefined) return lookAtAll('somebody wrote to a table since the last run');
    log.debug(`Not all records are looked at: ${share}`);
    for (const feed of feeds) {
      feed.affected = tables.affected(feed.index);
      const measures = feed.entity.measures ?? [];
      feed.settledCurrencies = Object.fromEntries(
        measures.map((measure) => [measure.field, about.currencies[measureOf(feed, measure)] ?? '']),
      );
    }
    return new Aside(context, run);
  }

  /** Maps the records of masters that a change can reach. */
  mapMasters(): Promise<void> {
    return unlessDamaged(this.context, () => this.tryMapMasters());
  }

  private async tryMapMasters(): Promise<void> {
    const { workspace, project, feeds, log } = this.context;
    const masters = project.entities.filter((entity) => entity.kind === 'master');
    await mapAndJudge(workspace, project, feeds, log, masters);
    const wider: Entity[] = [];
    for (const entity of masters) {
      await touchMasters(workspace, entity, feeds);
      if (await this.settle(entity)) wider.push(entity);
    }
    await mapAndJudge(workspace, project, feeds, log, wider);
  }

  /** Maps the documents that a change can reach, and brings their rows, once it is known which masters moved. */
  mapDocuments(): Promise<void> {
    return unlessDamaged(this.context, () => this.tryMapDocuments());
  }

  private async tryMapDocuments(): Promise<void> {
    const { workspace, postgres, project, feeds, log } = this.context;
    const documents = project.entities.filter((entity) => entity.kind === 'document');
    const masters = project.entities.filter((entity) => entity.kind === 'master');
    for (const entity of masters) await findMoved(workspace, entity, feeds);
    await mapAndJudge(workspace, project, feeds, log, documents);
    await touchDocuments(workspace, project.entities, feeds);
    const wider: Entity[] = [];
    for (const entity of documents) if (await this.settle(entity)) wider.push(entity);
    await mapAndJudge(workspace, project, feeds, log, wider);
    await loadPrior(workspace, postgres, project, { entities: documents, touched: true });
    await listSettledTargets(workspace, project.entities, feeds);
    for (const entity of masters) await addSettledTargets(workspace, entity);
  }

  /** Counts what is settled for good. True where records that were mapped are not all that are looked at. */
  private async settle(entity: Entity): Promise<boolean> {
    const { workspace, feeds } = this.context;
    let wider = 0;
    for (const feed of feeds.filter((each) => each.entity.name === entity.name)) {
      wider += await widen(workspace, feed);
      feed.settled = await workspace.row<
        SettledCount & Record<string, number>
      >(sql`SELECT count(*) FILTER (outcome = 1) AS lead,
        count(*) FILTER (outcome = 2) AS merged, count(*) FILTER (outcome = 3) AS repeated,
        count(*) FILTER (outcome = 4) AS filtered FROM ${tables.settled(feed.index)}`);
    }
    return wider > 0;
  }

  /** What became of whole tables, from what became of the part that was looked at. */
  outcomes(found: Readonly<Record<string, EntityOutcome>>): Record<string, EntityOutcome> {
    const outcomes: Record<string, EntityOutcome> = {};
    for (const [name, { created, updated, deleted, placeholders, ...rest }] of Object.entries(found)) {
      const own = this.context.feeds.filter((feed) => feed.entity.name === name);
      const unchanged = own.reduce((sum, feed) => sum + (feed.settled?.lead ?? 0), rest.unchanged);
      const total = (this.standing.entities[name]?.total ?? 0) + created - deleted;
      const kept = total - created - updated - unchanged;
      outcomes[name] = { created, updated, unchanged, kept, deleted, total, placeholders };
    }
    return outcomes;
  }

  /** Looks at everything after all: another run came in between. */
  static async undo(workspace: Workspace, feeds: readonly ExtractedFeed[]): Promise<void> {
    for (const feed of feeds) {
      feed.affected = undefined;
      feed.settled = undefined;
      feed.settledCurrencies = undefined;
    }
    await forgetSettledTargets(workspace);
  }
}

/** Does what reads the snapshot. Where that is damaged it is thrown away; errors: Overtaken, all is to be looked at. */
async function unlessDamaged<T>({ workspace, project }: AsideContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDamage(error)) throw error;
    await discardSnapshot(workspace, snapshotFile(project));
    throw new Overtaken('The snapshot of the last run is damaged');
  }
}

/** Lets mapping number the records, so that the next run knows them again, where that can be of use to it. */
export function numberRecords(project: Project, feeds: readonly ExtractedFeed[]): void {
  if (!maySettle(project)) return;
  for (const feed of feeds) feed.print = rawPrint(feed.columns, feed.periods);
}

/** Whether what becomes of this project's records can be known from a snapshot. Opens it. */
async function mayKeep({ workspace, project, feeds, log }: AsideContext): Promise<boolean> {
  if (!maySettle(project)) return false;
  // What a record became because its file is a copy of another says nothing of the record.
  if (feeds.some((feed) => feed.copies.length > 0)) return false;
  for (const { incomplete } of feeds) {
    if (incomplete !== undefined && (await workspace.size(ident(incomplete))) > 0) return false;
  }
  return (await isOpen(workspace)) || openSnapshot(workspace, snapshotFile(project), log);
}

async function isOpen(workspace: Workspace): Promise<boolean> {
  return (
    (await workspace.count(sql`SELECT count(*) FROM duckdb_databases() WHERE database_name = 'snapshot'`)) > 0
  );
}

/**
 * Keeps what this run made of its records for the next one, while it is published. Costs no run its success: without a
 * snapshot the next one looks at everything.
 */
export async function keepAside(
  context: AsideContext,
  runId: string,
  outcomes: Readonly<Record<string, EntityOutcome>>,
  published: Promise<unknown>,
): Promise<void> {
  const { workspace, project, feeds, log } = context;
  const keep = async () => {
    if (!(await mayKeep(context))) return;
    const currencies = await settledCurrencies(context);
    if (currencies === undefined || (await keepsUnspoken(context, outcomes))) {
      await published;
      await dropSnapshot(workspace);
      return;
    }
    await keepSnapshot(workspace, project.entities, feeds, { runId, currencies }, published);
  };
  await unlessDamaged(context, keep).catch((error) =>
    log.debug(`The snapshot could not be kept: ${messageOf(error).split('\n')[0] ?? ''}`),
  );
}

/** Whether rows stay of which no record of this run speaks: of those a snapshot knows nothing. */
async function keepsUnspoken(
  { workspace, project }: AsideContext,
  outcomes: Readonly<Record<string, EntityOutcome>>,
): Promise<boolean> {
  for (const { name, kind } of project.entities) {
    if ((await workspace.size(tables.priorRows(name))) === 0) continue;
    if (kind === 'document' && (outcomes[name]?.kept ?? 0) > 0) return true;
    // A document whose reference moved counts as updated, though no record gives it.
    const moved = sql`SELECT count(*) FROM ${tables.golden(name)} WHERE lead IS NULL`;
    if (kind === 'document' && (outcomes[name]?.updated ?? 0) > 0 && (await workspace.count(moved)) > 0)
      return true;
    const bare = sql`SELECT count(*) FROM ${tables.changes(name)} c ANTI JOIN ${tables.golden(name)} g ON g.id = c.id
      WHERE c.action = 'kept'`;
    if (kind === 'master' && (await workspace.count(bare)) > 0) return true;
  }
  return false;
}

async function settledCurrencies({
  workspace,
  project,
  feeds,
}: AsideContext): Promise<Record<string, string> | undefined> {
  const currencies: Record<string, string> = {};
  for (const feed of feeds) {
    for (const measure of feed.entity.measures ?? []) {
      const usual = feed.settledCurrencies?.[measure.field];
      const only = await currencyOfStanding(workspace, feed, measure, project.entities, usual);
      if (only === undefined) return undefined;
      currencies[measureOf(feed, measure)] = only;
    }
  }
  return currencies;
}
