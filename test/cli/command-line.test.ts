import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { COMMANDS } from '../../src/cli/catalogue.js';
import type { CommandEntry } from '../../src/cli/command-entry.js';
import { makeInterruption } from '../../src/cli/interruption.js';
import { makeOutput } from '../../src/cli/output.js';
import { readArguments } from '../../src/cli/program.js';
import { VERSION } from '../../src/kernel/version.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';
import { makeFolder, pamoja } from './spawn-pamoja.js';

describe.runIf(process.platform === 'linux')('a place that is not fit for it', () => {
  const bin = resolve(import.meta.dirname, '../../bin/pamoja.mjs');
  const shell = (line: string, cwd = '/') => {
    const { status, stderr } = spawnSync('sh', ['-c', line, process.execPath, bin], {
      cwd,
      encoding: 'utf8',
    });
    return { status, said: stderr };
  };

  test('is a full disk: an answer that is lost is told, progress that is lost ends nothing', () => {
    const { status, said } = shell('"$0" "$1" --help >/dev/full');
    expect(said).toMatch(/^PAM-CLI-002 standard output: The answer cannot be written \(ENOSPC\)\./);
    expect(status).toBe(2);
    expect(shell('"$0" "$1" insights --config /nowhere --json 2>/dev/full').status).toBe(3);
    expect(shell('"$0" "$1" insights --config /nowhere 2>/dev/full').status).toBe(3);
  });

  test('is a folder that is gone, or a configuration that never ends', () => {
    const folder = makeFolder({ 'pamoja.config.ts': 'await new Promise(() => {});' });
    onTestFinished(folder.remove);
    expect(shell('mkdir gone && cd gone && rmdir ../gone && "$0" "$1" run', folder.root)).toEqual({
      status: 2,
      said: expect.stringContaining('PAM-CLI-003 The folder in which the command was started is gone.'),
    });
    expect(shell('"$0" "$1" run', folder.root)).toEqual({
      status: 1,
      said: expect.stringContaining('Something went wrong inside Pamoja: It waits for what never comes.'),
    });
  });
});

describe('help', () => {
  test('says what can be done, in groups, and exits 0', async () => {
    const { code, stdout, stderr } = await pamoja(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const { name, summary } of COMMANDS)
      expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}`, 'm'));
    for (const title of ['Start:', 'Integrate:', 'Look closer:', 'Examples:'])
      expect(stdout).toContain(title);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('is what a bare pamoja says', async () => {
    const [bare, help] = [await pamoja([]), await pamoja(['--help'])];
    expect(bare).toEqual(help);
  });

  test('of every command has examples and the options of every command', async () => {
    const paths = (entries: readonly CommandEntry[], before: string[]): string[][] =>
      entries.flatMap((entry) => [
        [...before, entry.name],
        ...paths(entry.commands ?? [], [...before, entry.name]),
      ]);
    const all = await Promise.all(paths(COMMANDS, []).map((path) => pamoja([...path, '--help'])));
    for (const { code, stdout } of all) {
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}\S*pamoja|Examples:\n {2}DATABASE_URL/);
      expect(stdout).toContain('--no-color');
    }
  });

  test('takes less than 300 ms of the processor', () => {
    const said = `process.on('exit', () => { const { user, system } = process.cpuUsage(); console.error((user + system) / 1000); })`;
    const bin = resolve(import.meta.dirname, '../../bin/pamoja.mjs');
    const { stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(said)}`, bin, '--help'],
      { encoding: 'utf8' },
    );
    expect(Number(stderr)).toBeGreaterThan(0);
    expect(Number(stderr)).toBeLessThan(300);
  });

  test.each([60, 80])('breaks its lines between words on a terminal of %i columns', async (columns) => {
    const said: string[] = [];
    const stream = Object.assign(
      new Writable({ write: (text, _, done) => done(void said.push(`${text}`)) }),
      {
        columns,
      },
    );
    const out = makeOutput(stream, {}, true);
    for (const argv of [['--help'], ...COMMANDS.map(({ name }) => [name, '--help'])])
      await readArguments(argv, { out, err: out, interruption: makeInterruption() });
    const lines = said.join('').split('\n');
    expect(lines).toContain('  pamoja trace order 1042');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  });

  test('is the same without colour on a pipe, and with colour where it is asked for', async () => {
    const plain = await pamoja(['--help']);
    expect(plain.stdout).not.toContain('\u001b');
    const colour = await pamoja(['--help'], { env: { FORCE_COLOR: '1' } });
    expect(colour.stdout).toContain('\u001b[1m');
    const refused = await pamoja(['--help', '--no-color'], { env: { FORCE_COLOR: '1' } });
    expect(refused.stdout).toBe(plain.stdout);
    const unwanted = await pamoja(['--help'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(unwanted.stdout).toBe(plain.stdout);
  });
});

test('--version prints the version', async () => {
  expect((await pamoja(['--version'])).stdout).toBe(`${VERSION}\n`);
});

describe('a mistake on the command line exits 2 and says what was meant', () => {
  test.each([
    [['rn'], 'There is no command "rn".', 'Did you mean run?'],
    [['db', 'strat'], 'There is no command "strat".', 'Did you mean start?'],
    [['run', '--dryrun'], 'There is no option --dryrun.', 'Did you mean --dry-run?'],
    [['rejects', '--sorce', 'crm'], 'There is no option --sorce.', 'Did you mean --source?'],
    [['run', '--jsn'], 'There is no option --jsn.', 'Did you mean --json?'],
    [['preview'], '"preview" needs to know: source.', 'See: pamoja preview --help'],
    [['run', 'now'], '"run" takes fewer words than that.', 'See: pamoja run --help'],
    [['run', '--config'], '--config needs a value', 'See: pamoja run --help'],
    [['generate', '--customers', 'many'], '--customers is many; it is a whole number', 'See: pamoja'],
    [['generate', '--items', 'x'], '--items is x; it is a number such as 2.5.', 'See: pamoja generate'],
  ])('%j', async (args, message, next) => {
    const { code, stdout, stderr } = await pamoja(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`PAM-CLI-001 ${message}`);
    expect(stderr).toContain(next);
    expect(stderr).not.toContain('    at ');
  });

  test('as JSON it is one object on the output', async () => {
    const { code, stdout, stderr } = await pamoja(['rn', '--json']);
    expect(code).toBe(2);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      outcome: 'failed',
      error: {
        code: 'PAM-CLI-001',
        message: 'There is no command "rn".',
        where: null,
        next: 'Did you mean run? See: pamoja --help',
      },
    });
  });
});

describe('a configuration that is missing or wrong exits 3', () => {
  test('none in the folder', async () => {
    const folder = makeFolder();
    const { code, stderr } = await pamoja(['run'], { cwd: folder.root });
    expect(code).toBe(3);
    expect(stderr).toContain('PAM-CFG-001');
    expect(stderr).toContain('pamoja init');
    folder.remove();
  });

  test('a file that is not there', async () => {
    const { code, stderr } = await pamoja(['check', '--config', 'nowhere.yaml'], { cwd: '/' });
    expect(code).toBe(3);
    expect(stderr).toContain('PAM-CFG-001 /nowhere.yaml: There is no such file or folder.');
  });

  test('a mistake in it is told with its line, and its stack only where it is asked for', async () => {
    const folder = makeFolder({
      'pamoja.config.yaml': 'name: shop\nsources:\n  crm:\n    typ: csv\n    path: a.csv\n    entities: {}\n',
    });
    const said = await pamoja(['preview', 'crm'], { cwd: folder.root });
    expect(said.code).toBe(3);
    expect(said.stderr).toMatch(/^PAM-CFG-003 pamoja\.config\.yaml, line \d+: sources\.crm\.typ/);
    expect(said.stderr).not.toContain('    at ');
    const detailed = await pamoja(['preview', 'crm', '--verbose'], { cwd: folder.root });
    expect(detailed.stderr).toContain('    at ');
    folder.remove();
  });
});

test('doctor looks for the configuration that is named', async () => {
  const { code, stderr } = await pamoja(['doctor', '--config', '/nowhere/at/all']);
  expect([code, stderr]).toEqual([3, expect.stringContaining('PAM-CFG-001')]);
});

test('a system for which DuckDB was not installed is told so, with what to do', async () => {
  const folder = makeFolder(SHOP_FILES, SHOP);
  onTestFinished(() => folder.remove());
  const absent = `export const resolve = async (name, context, next) => {
    if (name.startsWith('@duckdb')) throw new Error('no such package');
    return next(name, context); }`;
  const url = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const hook = url(`import { register } from 'node:module'; register(${JSON.stringify(url(absent))})`);
  const ended = await pamoja(['preview', 'crm'], {
    cwd: folder.root,
    env: { NODE_OPTIONS: `--import=${hook}` },
  });
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toContain('PAM-WRK-004 ');
  expect(ended.stderr).toMatch(
    /: DuckDB cannot be loaded on this system\.\n +Install again on this very system/,
  );
});
