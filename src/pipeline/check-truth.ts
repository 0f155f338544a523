import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { copyFromPostgres } from '../engine/copy.js';
import type { Postgres } from '../engine/postgres.js';
import { Workspace } from '../engine/workspace.js';
import { readTruth, TRUTH_FILE } from '../generate/out-folder.js';
import type { Truth } from '../generate/truth.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import { onceStopped, untilStopped } from '../kernel/stopping.js';
import type { Project } from '../model/config.js';
import type { Check } from '../model/ledger.js';
import { compareOutcome, fieldToldOf } from './compare-outcome.js';
import { withDatabaseOpen } from './open-project.js';
import { workFolder } from './open-workspace.js';
import { publishedRun } from './published-run.js';
import type { RunOptions } from './run-options.js';

/** How the records that a database takes for the same compare with those that are. */
export interface Sameness {
  entity: string;
  /** Pairs of records that are the same in truth. */
  pairs: number;
  /** Of these, pairs that the database keeps apart. */
  missed: number;
  /** Pairs that the database joined though they are not the same. */
  wrong: number;
}

export interface TruthResult {
  checks: Check[];
  same: Sameness[];
  /** Records that had to be refused; those that were not, or for another reason; and those refused beyond that. */
  rejects: { expected: number; missing: number; unexpected: number };
}

/**
 * Holds the database of a generated business, after a run, against its truth: rows, ledger, sums, which records were
 * joined and which refused, record by record. Errors: PAM-GEN-001 where the folder holds no generated business,
 * PAM-DB-008 where nothing was published, PAM-RUN-001 where the signal stopped it.
 */
export async function checkTruth(
  project: Project,
  options: Pick<RunOptions, 'env' | 'log' | 'signal'> = {},
): Promise<TruthResult> {
  const truth = openTruth(project.root);
  return untilStopped('check', options, (heeding) =>
    withDatabaseOpen(project, heeding, async ({ postgres }) => {
      const workspace = await Workspace.open({
        dir: workFolder(project.root),
        readable: [dirname(resolve(project.root, truth.rejects))],
      });
      const forget = onceStopped(heeding.signal, () => workspace.stop());
      try {
        return await compare({ project, truth, postgres, workspace });
      } finally {
        forget();
        await workspace.close();
      }
    }),
  );
}

interface Compared {
  project: Project;
  truth: Truth;
  postgres: Postgres;
  workspace: Workspace;
}

function openTruth(root: string): Truth {
  if (readTruth(root)?.finished === true) {
    return JSON.parse(readFileSync(join(root, TRUTH_FILE), 'utf8')) as Truth;
  }
  throw new PamojaError('PAM-GEN-001', 'There is no generated business here.', {
    where: join(root, TRUTH_FILE),
    next: 'Run: pamoja generate',
  });
}

async function compare(compared: Compared): Promise<TruthResult> {
  const { project, truth, postgres } = compared;
  const run = await publishedRun(postgres, project);
  const checks = await compareOutcome(postgres, project, truth, run);
  const same: Sameness[] = [];
  for (const [entity, file] of Object.entries(truth.same)) {
    const found = await compareSame(compared, entity, file);
    same.push(found.same);
    checks.push(...found.checks);
  }
  const rejects = await compareRejects(compared, run);
  checks.push({
    name: 'truth: rejects',
    passed: rejects.missing + rejects.unexpected === 0,
    detail: `${rejects.expected} to refuse, ${rejects.missing} missing, ${rejects.unexpected} too many`,
  });
  return { checks, same, rejects };
}

const TEXT = 'VARCHAR';

async function compareSame(
  { project, postgres, workspace }: Compared,
  entity: string,
  file: string,
): Promise<{ same: Sameness; checks: Check[] }> {
  const links = ident(project.bookkeeping, 'links');
  await copyFromPostgres(
    postgres,
    workspace,
    sql`SELECT source, key, id FROM ${links} WHERE entity = ${literal(entity)} AND NOT deleted AND NOT placeholder`,
    'found',
    [
      { name: 'source', type: TEXT },
      { name: 'key', type: TEXT },
      { name: 'id', type: 'BIGINT' },
    ],
  );
  const told = listOf(project, file, { truth_id: 'BIGINT', source: TEXT, key: TEXT });
  await workspace.run(sql`CREATE OR REPLACE TABLE told AS ${told}`);
  const strangers = (one: Sql, other: Sql) =>
    workspace.count(sql`SELECT count(*) FROM ${one} ANTI JOIN ${other} USING (source, key)`);
  const [absent, unknown] = [await strangers(sql`told`, sql`found`), await strangers(sql`found`, sql`told`)];
  await workspace.run(
    sql`CREATE OR REPLACE TABLE both_known AS SELECT truth_id, id FROM told JOIN found USING (source, key)`,
  );
  const pairs = (columns: Sql) =>
    workspace.count(
      sql`SELECT coalesce(sum(n * (n - 1) // 2), 0)::BIGINT FROM (SELECT count(*) AS n FROM both_known GROUP BY ${columns})`,
    );
  const [together, joinedHere, right] = [
    await pairs(sql`truth_id`),
    await pairs(sql`id`),
    await pairs(sql`truth_id, id`),
  ];
  const same = { entity, pairs: together, missed: together - right, wrong: joinedHere - right };
  return {
    same,
    checks: [
      {
        name: `truth: same ${entity}`,
        passed: same.missed + same.wrong === 0,
        detail: `${right} of ${same.pairs} pairs joined, ${same.missed} missed, ${same.wrong} wrong`,
      },
      {
        name: `truth: records of ${entity}`,
        passed: absent + unknown === 0,
        detail: `${absent} in no row, ${unknown} that should be in none`,
      },
    ],
  };
}

/** Every refused record by its key, rule and field; of those without a key as many as there should be. */
async function compareRejects(
  { project, truth, postgres, workspace }: Compared,
  run: string,
): Promise<TruthResult['rejects']> {
  const columns = ['source', 'entity', 'key', 'rule', 'field'].map((name) => ({ name, type: TEXT }));
  await copyFromPostgres(
    postgres,
    workspace,
    sql`SELECT source, entity, coalesce(key, ''), rule, ${fieldToldOf} FROM ${ident(project.bookkeeping, 'rejects')}
      WHERE run_id = ${literal(run)}`,
    'found_rejects',
    columns,
  );
  const fields = { source: TEXT, file: TEXT, entity: TEXT, key: TEXT, rule: TEXT, field: TEXT };
  await workspace.run(
    sql`CREATE OR REPLACE TABLE told_rejects AS SELECT source, entity, key, rule, field FROM (${listOf(project, truth.rejects, fields)})`,
  );
  const beyond = (one: Sql, other: Sql) =>
    workspace.count(sql`SELECT count(*) FROM (FROM ${one} EXCEPT ALL FROM ${other})`);
  return {
    expected: await workspace.size(sql`told_rejects`),
    missing: await beyond(sql`told_rejects`, sql`found_rejects`),
    unexpected: await beyond(sql`found_rejects`, sql`told_rejects`),
  };
}

/** One of the lists beside `truth.json`. */
function listOf(project: Project, file: string, columns: Record<string, string>): Sql {
  const types = Object.entries(columns).map(([name, type]) => sql`${literal(name)}: ${literal(type)}`);
  return sql`SELECT * FROM read_csv(${literal(join(project.root, file))}, auto_detect = false, header = true, delim = ',',
    quote = '"', escape = '"', allow_quoted_nulls = false, nullstr = 'no such text', columns = {${joined(types)}})`;
}
