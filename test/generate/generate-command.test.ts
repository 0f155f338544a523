import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const BIN = resolve(import.meta.dirname, '../../bin/pamoja.mjs');

describe('pamoja generate --serve', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'pamoja-serve-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('makes what is missing, and serves it until it is stopped', async () => {
    const { said, status } = await served(dir, ['--customers', '60', '--crm', 'xlsx', '--dirt', '0.1']);
    expect(status).toBe(200);
    expect(said).toMatchObject({ dir, products: expect.any(Number) });
    expect(readFileSync(join(dir, 'pamoja.config.yaml'), 'utf8')).toContain('type: rest');
  }, 30_000);

  test('makes nothing for a port that there is not', () => {
    const nowhere = join(dir, 'nowhere');
    const args = [BIN, 'generate', nowhere, '--serve', '--port', '99999'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([status, existsSync(nowhere)]).toEqual([2, false]);
    expect(stderr).toContain('--port is 99999; it is a number up to 65535.');
  });

  test('serves what is there already as it is', async () => {
    const before = readFileSync(join(dir, 'truth.json'), 'utf8');
    const { status } = await served(dir, []);
    expect(status).toBe(200);
    expect(readFileSync(join(dir, 'truth.json'), 'utf8')).toBe(before);
  }, 30_000);
});

/** Starts the command, asks its API as soon as it says where that is, and presses Ctrl-C. */
async function served(dir: string, args: readonly string[]): Promise<{ said: object; status: number }> {
  const child = spawn(process.execPath, [BIN, 'generate', dir, '--serve', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<NodeJS.Signals | null>((done) => child.on('exit', (_, signal) => done(signal)));
  const said = await new Promise<{ url: string }>((done, fail) => {
    child.stdout.once('data', (bytes: Buffer) => done(JSON.parse(bytes.toString()) as { url: string }));
    child.once('exit', () => fail(new Error('it ended before it served')));
  });
  const { status } = await fetch(`${said.url}?limit=5`);
  child.kill('SIGINT');
  expect(await ended).toBe('SIGINT');
  return { said, status };
}
