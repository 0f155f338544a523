import { statfsSync } from 'node:fs';
import { totalmem } from 'node:os';

const GB = 1 << 30;

/** Settings of a local analytical store: one writer that loads in bulk, few readers, and no crash may cost data. */
export function serverSettings(port: number, major: number): string[] {
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '50',
    shared_buffers: totalmem() > 4 * GB ? '256MB' : '128MB',
    maintenance_work_mem: '256MB',
    work_mem: '16MB',
    random_page_cost: '1.1',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    // What is read lies in the memory of the system: to ask other processes for it costs a sixth more.
    ...(major < 18 ? {} : { io_method: 'sync' }),
    jit: 'off',
    huge_pages: 'off',
    dynamic_shared_memory_type: dynamicMemory(),
    timezone: 'UTC',
    log_timezone: 'UTC',
    datestyle: 'ISO',
    // Refused statements reach their client; in the server's log they would leave people's data.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    log_autovacuum_min_duration: '-1',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Containers often have 64 MB of /dev/shm, too little for a parallel join. */
function dynamicMemory(): string {
  if (process.platform === 'win32') return 'windows';
  if (process.platform !== 'linux') return 'posix';
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize < GB / 2 ? 'mmap' : 'posix';
  } catch {
    return 'mmap';
  }
}

/** What the server sees of our environment: nothing that could be a secret or change what it does. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  if (process.platform !== 'win32') return { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  const { SystemRoot, TEMP, TMP, Path, ComSpec } = process.env;
  return { SystemRoot, TEMP, TMP, Path, ComSpec, LC_ALL: 'C', TZ: 'UTC' };
}
