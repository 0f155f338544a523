import type { Postgres } from '../../engine/postgres.js';
import { PamojaError } from '../../kernel/errors.js';
import { silent } from '../../kernel/log.js';
import { UNIFIED } from '../../model/unified.js';
import { demandKnownBooks } from '../bookkeeping.js';
import { findBinaryPackage, prepareBinaries } from '../embedded/binaries.js';
import { knownPlace } from '../embedded/data-place.js';
import { chooseServerUser } from '../embedded/server-user.js';
import { openTarget, type Target } from '../target.js';
import { checkAddress } from './check-address.js';
import { checkConfig, checkDuckDb, checkNode } from './check-installation.js';
import { checkPooler } from './check-pooler.js';
import { checkHidden, checkRights } from './check-rights.js';
import { checkServer } from './check-server.js';
import { type Finding, failed } from './finding.js';

export interface DoctorOptions {
  /** The configuration that was found, as it should be shown; undefined where there is none. */
  config: string | undefined;
  /** The schema of the unified tables; `public` unless told. */
  schema?: string;
  /** The schema of the bookkeeping; `pamoja` unless told. */
  bookkeeping?: string;
  /** The unified tables; the four that every project has unless told. */
  tables?: readonly string[];
}

/**
 * Looks at everything a run stands on and says in plain words what is wrong. Never throws for what it finds:
 * a target that could not be told is given as its error. Sends nothing but questions; starts the embedded server where
 * it was made before,and makes none.
 */
export async function diagnose(target: Target | PamojaError, options: DoctorOptions): Promise<Finding[]> {
  const { config, schema = 'public', bookkeeping = 'pamoja' } = options;
  const tables = options.tables ?? UNIFIED.map((entity) => entity.name);
  return [
    checkNode(),
    checkConfig(config),
    await checkDuckDb(),
    ...(await diagnoseTarget(target, { schema, bookkeeping, tables })),
  ];
}

type Where = Required<Pick<DoctorOptions, 'schema' | 'bookkeeping' | 'tables'>>;

async function diagnoseTarget(target: Target | PamojaError, where: Where): Promise<Finding[]> {
  if (target instanceof PamojaError) return [failed('database', target)];
  if (target.kind === 'embedded' && knownPlace(target.dir) === undefined)
    return [chosen(target), checkBinaries()];
  const address = target.kind === 'url' ? await checkAddress(target.url) : [];
  const findings = [chosen(target), ...address];
  if (address.some(({ state }) => state === 'fail')) return findings;
  try {
    const open = await openTarget(target, silent);
    try {
      findings.push(...(await diagnoseConnection(target, open.url, open.postgres, where)));
    } finally {
      await open.release();
    }
  } catch (error) {
    findings.push(failed('connection', error));
  }
  return findings;
}

function chosen(target: Target): Finding {
  return target.kind === 'url'
    ? { name: 'database', state: 'ok', detail: `The one that ${target.from} names` }
    : {
        name: 'database',
        state: 'ok',
        detail: 'The embedded PostgreSQL: neither DATABASE_URL nor SUPABASE_DB_URL is set',
      };
}

/** Whether the embedded PostgreSQL could be made here, without making it. */
function checkBinaries(): Finding {
  const name = 'connection';
  try {
    prepareBinaries(findBinaryPackage(), chooseServerUser());
    return { name, state: 'ok', detail: 'There is no database yet: the first run makes it' };
  } catch (error) {
    return failed(name, error);
  }
}

async function diagnoseConnection(
  target: Target,
  url: string,
  connect: () => Promise<Postgres>,
  where: Where,
): Promise<Finding[]> {
  const connection = await connect();
  const findings: Finding[] = [{ name: 'connection', state: 'ok', detail: connection.place }];
  try {
    if (!connection.encrypted && !connection.isLocal) findings.push(UNENCRYPTED);
    findings.push(...(await checkServer(connection)));
    if (target.kind === 'url') findings.push(await checkPooler(url, connection));
    findings.push(...(await checkRights(connection, [where.schema, where.bookkeeping])));
    findings.push(...(await checkHidden(connection, where, where.tables)));
    // Whom the books are closed to was told so.
    if (findings.every(({ state }) => state !== 'fail'))
      findings.push(...(await checkBooks(connection, where)));
  } catch (error) {
    findings.push(failed('server', error));
  } finally {
    await connection.close();
  }
  return findings;
}

/** Whether a newer Pamoja was here, so that this one runs nothing; where none was there is nothing to say. */
async function checkBooks(connection: Postgres, where: Where): Promise<Finding[]> {
  try {
    await demandKnownBooks(connection, where);
    return [];
  } catch (error) {
    return [failed('bookkeeping', error)];
  }
}

const UNENCRYPTED: Finding = {
  name: 'encryption',
  state: 'warn',
  detail: 'What is sent to this server can be read on the way: the connection is not encrypted.',
  next: 'Turn on TLS at the server; on a private network you may leave it.',
};
