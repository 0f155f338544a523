import type { Postgres } from '../engine/postgres.js';
import type { Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { type Log, silent } from '../kernel/log.js';
import { onceStopped } from '../kernel/stopping.js';
import type { Project } from '../model/config.js';
import { demandKnownBooks } from '../store/bookkeeping.js';
import { openTarget, resolveTarget } from '../store/target.js';
import { openWorkspace } from './open-workspace.js';
import type { RunOptions } from './run-options.js';

/** A connection to the database of a project, as long as it lasts. */
export interface OpenDatabase {
  postgres: Postgres;
  /** Opens another connection to the same database, where `postgres` broke; who asks for it closes it. */
  reconnect: () => Promise<Postgres>;
  /** Lends a connection for SQL of others: where the server is ours, as a user who can only read. */
  asReader: <T>(work: (postgres: Postgres) => Promise<T>) => Promise<T>;
  log: Log;
}

/** What a run or a check works with, as long as it lasts. */
export interface OpenProject extends OpenDatabase {
  workspace: Workspace;
}

/** Opens the database of a project for `work`, or until a signal says stop, and closes it however that ends. */
export async function withDatabaseOpen<T>(
  project: Project,
  options: Pick<RunOptions, 'env' | 'log' | 'signal'>,
  work: (open: OpenDatabase) => Promise<T>,
): Promise<T> {
  const log = options.log ?? silent;
  const target = await openTarget(resolveTarget(project.root, options.env ?? process.env), log);
  try {
    const reconnect = () => target.postgres(options.signal);
    const postgres = await reconnect();
    try {
      await demandKnownBooks(postgres, project).catch((error) => {
        // Who may only ask the tables may not look into the books.
        if (!(error instanceof PamojaError) || error.code !== 'PAM-DB-003') throw error;
      });
      const asReader = async <R>(ask: (postgres: Postgres) => Promise<R>): Promise<R> => {
        if (target.reader === undefined) return await ask(postgres);
        const reader = await target.reader();
        const forget = onceStopped(options.signal, () => reader.abandon());
        return await ask(reader).finally(() => {
          forget();
          return reader.close();
        });
      };
      return await work({ postgres, reconnect, asReader, log });
    } finally {
      await postgres.close();
    }
  } finally {
    await target.release();
  }
}

/** Opens the database and a workspace of a project for `work` in the same way, and closes both. */
export async function withProjectOpen<T>(
  project: Project,
  options: Pick<RunOptions, 'env' | 'log' | 'signal'>,
  work: (open: OpenProject) => Promise<T>,
): Promise<T> {
  return withDatabaseOpen(project, options, async (open) => {
    const workspace = await openWorkspace(project, options.signal);
    try {
      return await work({ ...open, workspace });
    } finally {
      await workspace.close();
    }
  });
}
