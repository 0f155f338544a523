import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measured {
  seconds: number;
  /** Most memory that the process and its children held at once, in MB; NaN where the system does not tell. */
  memoryMb: number;
  /** What it wrote to its standard output. */
  output: string;
}

export interface Command {
  program: string;
  args: string[];
  input?: string;
  env?: Record<string, string>;
}

/** Runs a command to its end and measures wall time and peak memory. Errors: where it fails, with what it said. */
export async function measure({ program, args, input, env }: Command): Promise<Measured> {
  const start = performance.now();
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let said = '';
  let memoryMb = 0;
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-4000);
  });
  child.stdin.end(input ?? '');
  const watch = setInterval(() => {
    memoryMb = Math.max(memoryMb, heldBy(child.pid as number));
  }, 100);
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  clearInterval(watch);
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
  return { seconds, memoryMb: process.platform === 'linux' ? memoryMb : Number.NaN, output };
}

/** Memory that a process and its children hold, in MB, as Linux tells it. */
function heldBy(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const own = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean),
    );
    return children.reduce((sum, child) => sum + heldBy(Number(child)), own);
  } catch {
    // It has ended.
    return 0;
  }
}
