import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { ProjectConfig } from '../../src/model/config.js';
import { makeReachableFolder } from '../support/reachable-folder.js';

const BIN = resolve(import.meta.dirname, '../../bin/pamoja.mjs');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs the command line as a person does, its outputs being pipes. */
export async function pamoja(
  args: readonly string[],
  options: {
    cwd?: string;
    env?: Record<string, string>;
    onStderr?: (text: string, pid: number) => void;
  } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? '/',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr.push(chunk);
    options.onStderr?.(String(chunk), child.pid as number);
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done) => {
    child.on('close', (...ended) => done(ended));
  });
  return { code, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

export interface Folder {
  root: string;
  write(files: Record<string, string | Buffer>): void;
  remove(): void;
}

/** A project in a folder of its own, with its configuration in a file. */
export function makeFolder(files: Record<string, string | Buffer> = {}, config?: ProjectConfig): Folder {
  const root = makeReachableFolder('pamoja-cli-');
  const write: Folder['write'] = (more) => {
    for (const [name, content] of Object.entries(more)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content);
    }
  };
  write(files);
  if (config !== undefined) write({ 'pamoja.config.yaml': stringify(config) });
  return { root, write, remove: () => rmSync(root, { recursive: true, force: true }) };
}
