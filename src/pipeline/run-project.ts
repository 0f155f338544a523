import { randomBytes } from 'node:crypto';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { PamojaError, shownMessageOf } from '../kernel/errors.js';
import type { Log } from '../kernel/log.js';
import { untilStopped } from '../kernel/stopping.js';
import { VERSION } from '../kernel/version.js';
import type { Project } from '../model/config.js';
import type { Entity } from '../model/entity.js';
import type { Check, LedgerLine, Prior, RunRecord } from '../model/ledger.js';
import { isMended } from '../quality/refuse-records.js';
import { migrate } from '../store/bookkeeping.js';
import { recordCarriedOver } from '../store/carry-over.js';
import { demandLinks } from '../store/demand-links.js';
import { isEmpty, loadPrior } from '../store/load-prior.js';
import { refuseForeign } from '../store/make-tables.js';
import { FailedChecks, Overtaken, overtakenAlways, type PublishInput, publish } from '../store/publish.js';
import { settleCommit } from '../store/settle-commit.js';
import { demandMoney } from '../verify/demand-money.js';
import { demandBalance, demandQuality } from '../verify/keep-ledger.js';
import { verifyRun } from '../verify/verify-run.js';
import { type Account, account } from './account.js';
import { Aside, type AsideContext, keepAside, numberRecords } from './aside.js';
import { tellRefusedAnew } from './count-refused-anew.js';
import { type Carried, carryStanding, findStanding, type Standing, settingsOf } from './find-standing.js';
import { handOver } from './hand-over.js';
import { changesAnything, type Integration, integrate, mapAndJudge } from './integrate.js';
import { lastRead } from './last-read.js';
import { type OpenDatabase, withDatabaseOpen } from './open-project.js';
import { openWorkspace, removeDeadWorkspaces } from './open-workspace.js';
import { type ExtractedFeed, readSources } from './read-sources.js';
import { recordFailed } from './record-failed.js';
import { retryWaiting } from './retry-waiting.js';
import type { RunOptions, RunResult } from './run-options.js';
import { Stopwatch } from './stopwatch.js';

/** How often a run compares itself anew when others publish first. */
const ATTEMPTS = 5;

/**
 * Runs a project: reads its sources, integrates them, and publishes the result in one transaction, verified before
 * COMMIT. A run that fails changes no table; it is recorded, and its error is thrown.
 */
export async function runProject(project: Project, options: RunOptions = {}): Promise<RunResult> {
  return untilStopped('run', options, (heeding) =>
    withDatabaseOpen(project, heeding, (open) => new Run(project, open, heeding).whole()),
  );
}

class Run {
  private readonly now: () => Date;
  private readonly startedAt: Date;
  private readonly postgres: Postgres;
  private readonly log: Log;
  private readonly runId: string;
  private readonly watch = new Stopwatch();
  private ledger: LedgerLine[] = [];
  private checks: Check[] = [];
  private entities: Integration['entities'] = {};
  private nextIds: Integration['nextIds'] = {};
  private counts: Account['counts'] & { refusedAnew?: number } = { rejects: 0, waiting: 0, findings: 0 };
  private way: RunResult['way'] = 'compared';
  private standing: Standing | undefined;
  private aside: Aside | undefined;
  /** Where nothing changed there is no need of DuckDB. */
  private opened: Workspace | undefined;

  constructor(
    private readonly project: Project,
    private readonly open: OpenDatabase,
    private readonly options: RunOptions,
  ) {
    ({ postgres: this.postgres, log: this.log } = open);
    this.now = options.clock ?? (() => new Date());
    this.startedAt = this.now();
    this.runId = `${this.startedAt.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${randomBytes(3).toString('hex')}`;
  }

  async whole(): Promise<RunResult> {
    try {
      removeDeadWorkspaces(this.project);
      const { options } = this;
      if (!options.dryRun) await migrate(this.postgres, this.project);
      const carried = await this.watch.time('look for changes', () => this.carryOver());
      if (carried) return this.result(options.dryRun ? 'dry run' : 'unchanged');
      this.opened = await openWorkspace(this.project, options.signal);
      const feeds = await this.watch.time('read', async () => {
        const asked = { ...options, lastRead: await lastRead(this.postgres, this.project, this.startedAt) };
        return readSources(this.workspace, this.project, this.log, options.progress, asked);
      });
      await this.watch.time('read', () => retryWaiting(this.workspace, this.postgres, this.project, feeds));
      await this.watch.time('set aside', () => this.setAside(feeds));
      for (let attempt = 1; ; attempt++) {
        try {
          await this.watch.time('clean', () => this.clean(feeds));
          return await this.compareAndPublish(feeds);
        } catch (error) {
          if (!(error instanceof Overtaken)) throw error;
          if (attempt === ATTEMPTS) throw overtakenAlways(this.postgres.place, ATTEMPTS, error);
          this.log.warn(`${error.message}; comparing anew.`);
          if (this.aside !== undefined) await Aside.undo(this.workspace, feeds);
          Object.assign(this, { aside: undefined, way: 'compared' });
        }
      }
    } catch (error) {
      await this.recordFailed(error);
      throw error;
    } finally {
      await this.standing?.letGo();
      await this.opened?.close();
    }
  }

  private get workspace(): Workspace {
    if (this.opened === undefined) throw new Error('the workspace is not open yet');
    return this.opened;
  }

  /** Where no file, no setting and no row changed since the last run, there is nothing to do but to say so. */
  private async carryOver(): Promise<boolean> {
    const { postgres, project, options } = this;
    this.standing = options.full ? undefined : await findStanding(this.open, project, options.signal);
    if (this.standing === undefined) return false;
    const take = async ({ standing, ...carried }: Carried) => {
      Object.assign(this, { ...carried, way: 'nothing changed' });
      if (!options.dryRun)
        await recordCarriedOver(postgres, project, standing, this.record('unchanged', null), VERSION);
      await options.reached?.('before commit');
    };
    return carryStanding(postgres, project, this.standing, take, () => this.settle());
  }

  private async setAside(feeds: readonly ExtractedFeed[]): Promise<void> {
    numberRecords(this.project, feeds);
    if (this.standing === undefined) return;
    this.aside = await Aside.begin(this.context(feeds), this.standing);
    if (this.aside !== undefined) this.way = 'only changes';
  }

  private async clean(feeds: readonly ExtractedFeed[]): Promise<void> {
    if (this.aside !== undefined) return this.aside.mapMasters();
    const masters = this.project.entities.filter(({ kind }) => kind === 'master');
    await mapAndJudge(this.workspace, this.project, feeds, this.log, masters);
  }

  /** Documents are mapped when masters are matched: where all tables are new, masters are loaded meanwhile. */
  private async cleanDocuments(feeds: readonly ExtractedFeed[]): Promise<void> {
    if (this.aside !== undefined) return this.aside.mapDocuments();
    const documents = this.project.entities.filter(({ kind }) => kind === 'document');
    await mapAndJudge(this.workspace, this.project, feeds, this.log, documents);
  }

  private settle(): Promise<boolean> {
    return settleCommit(this.open.reconnect, this.project, this.runId, this.log);
  }

  private async compareAndPublish(feeds: readonly ExtractedFeed[]): Promise<RunResult> {
    const { workspace, postgres, project, options } = this;
    const masters = project.entities.filter((entity) => entity.kind === 'master');
    const wanted = this.aside === undefined ? undefined : { entities: masters, touched: true };
    const prior = await this.watch.time('load', () => loadPrior(workspace, postgres, project, wanted));
    if (this.aside !== undefined && prior.lastRun !== this.standing?.run.runId) throw new Overtaken();
    if (this.aside === undefined) await demandLinks(workspace, masters, postgres.place);
    refuseForeign(postgres, { project, prior, adopt: options.adopt ?? false });
    // Where all tables are new nothing can be compared: rows are loaded while the next are made.
    if (!options.dryRun && isEmpty(prior)) {
      this.way = 'all new';
      return this.publishMeanwhile(prior, 'published', feeds, async (hand) => {
        await this.integrate(feeds, prior, hand);
        await this.demandAccount(feeds);
      });
    }
    await this.integrate(feeds, prior);
    if (options.dryRun) {
      await this.demandAccount(feeds);
      return this.result('dry run');
    }
    const changed = await changesAnything(workspace, project);
    const outcome = changed || prior.lastRun === null ? 'published' : 'unchanged';
    return this.publishMeanwhile(prior, outcome, feeds, async (hand) => {
      hand(project.entities);
      await this.demandAccount(feeds);
    });
  }

  private async integrate(
    feeds: readonly ExtractedFeed[],
    prior: Prior,
    hand?: (entities: readonly Entity[]) => void,
  ): Promise<void> {
    const { workspace, project, log, aside } = this;
    const integration = await this.watch.time('match and link', () =>
      integrate(workspace, project, feeds, prior, log, {
        handOver: hand,
        mastersStand: () => this.watch.time('clean', () => this.cleanDocuments(feeds)),
      }),
    );
    this.nextIds = integration.nextIds;
    this.entities = aside === undefined ? integration.entities : aside.outcomes(integration.entities);
  }

  /**
   * Publishes what is handed over, while the rest is made or accounted for; where that fails, the transaction is rolled
   * back. What the next run shall know is written when all rows are in: while they are on their way all cores are busy,
   * keys and checks leave one idle.
   */
  private async publishMeanwhile(
    prior: Prior,
    outcome: 'published' | 'unchanged',
    feeds: readonly ExtractedFeed[],
    give: (hand: (entities: readonly Entity[]) => void) => Promise<void>,
  ): Promise<RunResult> {
    await this.options.reached?.('before publish');
    const { taking, takenIn } = await handOver((arrivals) => this.publish(prior, outcome, arrivals), give);
    await this.watch.time('publish', async () => {
      await takenIn;
      const keeping = keepAside(this.context(feeds), this.runId, this.entities, taking);
      await taking.finally(() => keeping);
    });
    if (outcome === 'unchanged')
      Object.assign(
        this.counts,
        await tellRefusedAnew(this.postgres, this.project, this.runId, prior.lastRun),
      );
    await this.options.reached?.('after publish');
    return this.result(outcome);
  }

  private context(feeds: readonly ExtractedFeed[]): AsideContext {
    const { workspace, postgres, project, log } = this;
    return { workspace, postgres, project, feeds, log };
  }

  private async publish(
    prior: Prior,
    outcome: 'published' | 'unchanged',
    arrivals: PublishInput['arrivals'],
  ): Promise<void> {
    const { project, options } = this;
    this.checks = await publish(this.workspace, this.postgres, {
      project,
      prior,
      runId: this.runId,
      startedAt: this.startedAt,
      adopt: options.adopt ?? false,
      arrivals,
      conclude: () => ({ record: this.record(outcome, null), nextIds: this.nextIds }),
      verify: (connection) => this.verify(connection),
      settle: () => this.settle(),
      reached: (point) => options.reached?.(point),
      version: VERSION,
      settings: settingsOf(project),
      asOf: this.aside === undefined ? prior.horizon : (this.standing?.run ?? prior).horizon,
    });
  }

  private async demandAccount(feeds: readonly ExtractedFeed[]): Promise<void> {
    Object.assign(this, await this.watch.time('account', () => account(this.workspace, this.project, feeds)));
    demandBalance(this.ledger);
    await demandMoney(this.workspace, feeds, this.project.entities, this.ledger, isMended);
    await demandQuality(this.workspace, feeds, this.project.rejects);
    this.log.step('Publishing');
  }

  private async verify(postgres: Postgres): Promise<Check[]> {
    this.log.step('Verifying');
    const checks = await verifyRun(this.workspace, postgres, this.project, this.entities, this.ledger);
    await this.options.reached?.('verified');
    return checks;
  }

  /** A run that was stopped is not one that failed. */
  private async recordFailed(error: unknown): Promise<void> {
    if (this.options.signal?.aborted) return;
    if (error instanceof FailedChecks) this.checks = error.checks;
    await recordFailed(this.open, this.opened, this.project, this.options, this.record('failed', error));
  }

  private record(outcome: RunRecord['outcome'], error: unknown): RunRecord {
    return {
      runId: this.runId,
      project: this.project.name,
      startedAt: this.startedAt,
      finishedAt: this.now(),
      outcome,
      errorCode: error instanceof PamojaError ? error.code : null,
      error: error === null ? null : shownMessageOf(error),
      entities: this.entities,
      ledger: this.ledger,
      checks: this.checks,
    };
  }

  private result(outcome: RunResult['outcome']): RunResult {
    const { runId, way, entities, ledger, checks, counts } = this;
    const database = this.postgres.place;
    return { runId, outcome, way, database, entities, ledger, checks, ...counts, steps: this.watch.steps };
  }
}
