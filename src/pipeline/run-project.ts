import { randomBytes } from 'node:crypto';
import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { messageOf, PamojaError } from '../kernel/errors.js';
import { type Log, withoutSecrets } from '../kernel/log.js';
import { sql } from '../kernel/sql.js';
import { VERSION } from '../kernel/version.js';
import type { Project } from '../model/config.js';
import type { Entity } from '../model/entity.js';
import type { Check, LedgerLine, Prior, RunRecord } from '../model/ledger.js';
import { listFindings, listRejects } from '../quality/list-rejects.js';
import { migrate } from '../store/bookkeeping.js';
import { recordCarriedOver } from '../store/carry-over.js';
import { loadPrior } from '../store/load-prior.js';
import { FailedChecks, Overtaken, type PublishInput, publish } from '../store/publish.js';
import { settleCommit } from '../store/settle-commit.js';
import { recordFailure } from '../store/write-record.js';
import { checkAmounts, checkDatabase } from '../verify/check-database.js';
import { demandBalance, demandQuality, keepLedger } from '../verify/keep-ledger.js';
import { carriedOutcomes, checkStanding, countKept, findStanding, settingsOf } from './find-standing.js';
import { changesAnything, type Integration, integrate, mapAndJudge } from './integrate.js';
import { lastRead } from './last-read.js';
import { type OpenProject, withProjectOpen } from './open-project.js';
import { type ExtractedFeed, readSources } from './read-sources.js';
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
  return withProjectOpen(project, options, (open) => new Run(project, open, options).whole());
}

class Run {
  private readonly now: () => Date;
  private readonly startedAt: Date;
  private readonly workspace: Workspace;
  private readonly postgres: Postgres;
  private readonly log: Log;
  private readonly runId: string;
  private readonly watch = new Stopwatch();
  private ledger: LedgerLine[] = [];
  private checks: Check[] = [];
  private integration: Integration = { entities: {}, nextIds: {} };
  private counts = { rejects: 0, waiting: 0, findings: 0 };
  private way: RunResult['way'] = 'compared';

  constructor(
    private readonly project: Project,
    private readonly open: OpenProject,
    private readonly options: RunOptions,
  ) {
    ({ workspace: this.workspace, postgres: this.postgres, log: this.log } = open);
    this.now = options.clock ?? (() => new Date());
    this.startedAt = this.now();
    this.runId = `${this.startedAt.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${randomBytes(3).toString('hex')}`;
  }

  async whole(): Promise<RunResult> {
    try {
      if (!this.options.dryRun) await migrate(this.postgres, this.project);
      const carried = await this.watch.time('look for changes', () => this.carryOver());
      if (carried) return this.result(this.options.dryRun ? 'dry run' : 'unchanged');
      const feeds = await this.watch.time('read', async () =>
        readSources(this.workspace, this.project, this.log, this.options.progress, {
          env: this.options.env,
          lastRead: await lastRead(this.postgres, this.project),
        }),
      );
      await this.watch.time('read', () => retryWaiting(this.workspace, this.postgres, this.project, feeds));
      await this.watch.time('clean', () => mapAndJudge(this.workspace, this.project, feeds, this.log));
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.compareAndPublish(feeds);
        } catch (error) {
          if (!(error instanceof Overtaken)) throw error;
          if (attempt === ATTEMPTS) throw busy(this.postgres.place);
          this.log.warn('Another run published first; comparing anew.');
        }
      }
    } catch (error) {
      await this.recordFailed(error);
      throw error;
    }
  }

  /** Where no file, no setting and no row changed since the last run, there is nothing to do but to say so. */
  private async carryOver(): Promise<boolean> {
    const { postgres, project, options } = this;
    if (options.full) return false;
    const standing = await findStanding(postgres, project);
    if (standing === undefined) return false;
    const work = async () => {
      const checks = await checkStanding(postgres, project, standing);
      if (checks === undefined) return false;
      this.checks = checks;
      this.way = 'nothing changed';
      this.integration.entities = carriedOutcomes(project, standing);
      this.ledger = standing.ledger.map((line) => ({ ...line, carried: true }));
      this.counts = await countKept(postgres, project, standing.runId);
      if (!options.dryRun)
        await recordCarriedOver(postgres, project, standing, this.record('unchanged', null), VERSION);
      await options.reached?.('before commit');
      return true;
    };
    return postgres.transaction(work, undefined, () => this.settle());
  }

  private settle(): Promise<boolean> {
    return settleCommit(this.open.reconnect, this.project, this.runId, this.log);
  }

  private async compareAndPublish(feeds: readonly ExtractedFeed[]): Promise<RunResult> {
    const { workspace, postgres, project, options } = this;
    const prior = await this.watch.time('load', () => loadPrior(workspace, postgres, project));
    // Where all tables are new nothing can be compared: rows are loaded while the next are made.
    const bulk = !options.dryRun && isEmpty(prior);
    if (bulk) this.way = 'all new';
    if (bulk) return this.whileLoading(prior, (handOver) => this.integrateAndAccount(feeds, prior, handOver));
    await this.integrateAndAccount(feeds, prior);
    if (options.dryRun) return this.result('dry run');
    await options.reached?.('before publish');
    const changed = await changesAnything(workspace, project);
    const outcome = changed || prior.lastRun === null ? 'published' : 'unchanged';
    await this.watch.time('publish', () => this.publish(prior, outcome, [project.entities]));
    await options.reached?.('after publish');
    return this.result(outcome);
  }

  private async integrateAndAccount(
    feeds: readonly ExtractedFeed[],
    prior: Prior,
    handOver?: (entities: readonly Entity[]) => void,
  ): Promise<void> {
    const { workspace, project, log } = this;
    this.integration = await this.watch.time('match and link', () =>
      integrate(workspace, project, feeds, prior, log, handOver),
    );
    await this.watch.time('account', () => this.account(feeds));
    demandBalance(this.ledger);
    await demandQuality(workspace, feeds, project.rejects);
    log.step('Publishing');
  }

  /** Publishes what `work` hands over while it still works; where it fails, the transaction is rolled back. */
  private async whileLoading(
    prior: Prior,
    work: (handOver: (entities: readonly Entity[]) => void) => Promise<void>,
  ): Promise<RunResult> {
    await this.options.reached?.('before publish');
    const { readable, writable } = new TransformStream<readonly Entity[], readonly Entity[]>();
    const writer = writable.getWriter();
    let failure: unknown;
    const publishing = this.publish(prior, 'published', readable).catch((error) => {
      failure = error;
    });
    try {
      await work((entities) => {
        if (failure !== undefined) throw failure;
        writer.write(entities).catch(() => {});
      });
      writer.close().catch(() => {});
    } catch (error) {
      await writer.abort(error).catch(() => {});
      await publishing;
      throw error;
    }
    await this.watch.time('publish', () => publishing);
    if (failure !== undefined) throw failure;
    await this.options.reached?.('after publish');
    return this.result('published');
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
      conclude: () => ({ record: this.record(outcome, null), nextIds: this.integration.nextIds }),
      verify: (connection) => this.verify(connection),
      settle: () => this.settle(),
      reached: (point) => options.reached?.(point),
      version: VERSION,
      settings: settingsOf(project),
    });
  }

  private async account(feeds: readonly ExtractedFeed[]): Promise<void> {
    this.ledger = await keepLedger(this.workspace, feeds, this.project.entities);
    this.counts.rejects = await listRejects(this.workspace, this.project.entities, feeds);
    this.counts.waiting = await this.workspace.count(sql`SELECT count(*) FROM rejects WHERE waiting`);
    this.counts.findings = await listFindings(this.workspace, feeds);
  }

  private async verify(postgres: Postgres): Promise<Check[]> {
    this.log.step('Verifying');
    const { project, workspace } = this;
    const unbalanced = this.ledger.filter((line) => !line.balanced).length;
    const checks: Check[] = [
      {
        name: 'ledger: balance',
        passed: unbalanced === 0,
        detail:
          unbalanced === 0
            ? 'read = accepted + rejected + filtered + repeated on every line'
            : `${unbalanced} lines do not balance`,
      },
      ...(await checkDatabase(postgres, project, this.integration.entities)),
      ...(await checkAmounts(workspace, postgres, project, this.ledger)),
    ];
    await this.options.reached?.('verified');
    return checks;
  }

  /** A failed run leaves its ledger and rejects, where the database can still be reached. */
  private async recordFailed(error: unknown): Promise<void> {
    if (error instanceof FailedChecks) this.checks = error.checks;
    const record = this.record('failed', error);
    this.options.failed?.(record);
    // A run of which nobody knows whether it was published is not written down as one that was not.
    if (this.options.dryRun || record.errorCode === 'PAM-DB-011') return;
    let again: Postgres | undefined;
    try {
      again = this.postgres.broken ? await this.open.reconnect() : undefined;
      await recordFailure(this.workspace, again ?? this.postgres, this.project, record, VERSION);
    } catch (second) {
      this.log.debug(`The failed run could not be recorded: ${withoutSecrets(messageOf(second))}`);
    } finally {
      await again?.close();
    }
  }

  private record(outcome: RunRecord['outcome'], error: unknown): RunRecord {
    return {
      runId: this.runId,
      project: this.project.name,
      startedAt: this.startedAt,
      finishedAt: this.now(),
      outcome,
      errorCode: error instanceof PamojaError ? error.code : null,
      error: error === null ? null : withoutSecrets(messageOf(error)),
      entities: this.integration.entities,
      ledger: this.ledger,
      checks: this.checks,
    };
  }

  private result(outcome: RunResult['outcome']): RunResult {
    return {
      runId: this.runId,
      outcome,
      way: this.way,
      database: this.postgres.place,
      entities: this.integration.entities,
      ledger: this.ledger,
      checks: this.checks,
      ...this.counts,
      steps: this.watch.steps,
    };
  }
}

function isEmpty({ lastRun, tables }: Prior): boolean {
  return lastRun === null && Object.values(tables).every((whose) => whose === 'absent');
}

function busy(where: string): PamojaError {
  return new PamojaError('PAM-DB-009', `Another run published first, ${ATTEMPTS} times.`, {
    where,
    next: 'Run again.',
  });
}
