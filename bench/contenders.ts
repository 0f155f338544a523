import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Contender, Task } from './contender.js';
import { ANALYZE, CREATE, columnsOf, KEYS, NAMES, TABLES } from './tables.js';

const ROOT = join(import.meta.dirname, '..');
const PYTHON = process.env.BENCH_PYTHON ?? 'python3';

function has(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function psql(script: (task: Task) => string): Pick<Contender, 'missing' | 'command' | 'schema'> {
  return {
    missing: () => (has('psql', '--version') ? undefined : 'psql is not installed'),
    command: (task) => ({
      program: 'psql',
      args: ['-q', '-X', '-v', 'ON_ERROR_STOP=1', task.url],
      input: script(task),
    }),
    schema: 'public',
  };
}

function python(library: string, script: string): Pick<Contender, 'missing' | 'command'> {
  return {
    missing: () => (has(PYTHON, '-c', `import ${library}`) ? undefined : `Python has no ${library} here`),
    command: ({ url, clean }) => ({
      program: PYTHON,
      args: [join(ROOT, 'bench', 'peers', script), clean],
      env: { DATABASE_URL: url },
    }),
  };
}

const copies = (clean: string, options: string) =>
  NAMES.map(
    (name) =>
      `\\copy ${name} (${columnsOf(name).join(', ')}) FROM '${join(clean, `${name}.csv`)}' (FORMAT csv, HEADER true${options})`,
  ).join('\n');

/** Everybody who is measured, Pamoja first. */
export const CONTENDERS: Contender[] = [
  {
    name: 'pamoja',
    does: 'reads the dirty files, cleans, validates, matches, links, loads, verifies, keeps history',
    schema: 'public',
    missing: () => undefined,
    command: ({ url, dirty }) => ({
      program: process.execPath,
      args: [join(ROOT, 'bin', 'pamoja.mjs'), 'run', '--json', '--config', dirty],
      env: { DATABASE_URL: url },
    }),
  },
  {
    name: 'tuned psql',
    does: 'one transaction, bare tables, \\copy FREEZE of clean files, then keys, indexes, ANALYZE',
    ...psql(({ clean }) =>
      ['BEGIN;', CREATE, copies(clean, ', FREEZE true'), KEYS, ANALYZE, 'COMMIT;'].join('\n'),
    ),
  },
  {
    name: 'plain psql',
    does: '\\copy of clean files into tables that have their keys',
    ...psql(({ clean }) => [CREATE, KEYS, copies(clean, '')].join('\n')),
  },
  {
    name: 'pandas + psycopg2',
    does: 'read_csv and executemany of clean files, as notebooks do',
    schema: 'public',
    ...python('pandas, psycopg2', 'notebook.py'),
  },
  {
    name: 'pgloader',
    does: 'LOAD CSV of clean files, then keys',
    schema: 'public',
    missing: () => (has('pgloader', '--version') ? undefined : 'pgloader is not installed'),
    command: (task) => ({
      program: 'sh',
      args: [
        '-c',
        [
          `psql -q -X "$DATABASE_URL" -c "${CREATE.replaceAll('\n', ' ')}"`,
          ...NAMES.map(
            (name) =>
              `pgloader --quiet --type csv --field "${columnsOf(name).join(',')}" --with "skip header = 1" --with "fields terminated by ','" "${join(task.clean, `${name}.csv`)}" "${task.url}?tablename=${name}" >/dev/null`,
          ),
          `psql -q -X "$DATABASE_URL" -c "${KEYS.replaceAll('\n', ' ')}"`,
        ].join(' && '),
      ],
      env: { DATABASE_URL: task.url },
    }),
  },
  {
    name: 'dlt',
    does: 'Arrow tables of clean files, loaded as CSV; no keys',
    schema: 'peer',
    inexact: true,
    ...python('dlt, pyarrow', 'load_with_dlt.py'),
  },
];

/** The tables whose rows and sums are compared at the end. */
export const COMPARED = Object.keys(TABLES);
