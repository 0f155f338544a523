import { cpSync, rmSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Contender, Task } from './contender.js';
import { CONTENDERS } from './contenders.js';
import { contentOf, exportClean, openServer, outcomeOf, type Server } from './databases.js';
import { makeChanges } from './make-changes.js';
import { makeData } from './make-data.js';
import { type Measured, measure } from './measure.js';

export interface BenchOptions {
  /** Customers; the rest follows from them. */
  size: number;
  /** How often each contender runs. */
  rounds: number;
  /** Names of the contenders that shall run; all unless told. */
  only: string[] | undefined;
  /** Folder for data and server; kept for the next time. */
  data: string;
  say(line: string): void;
}

export interface Standing {
  name: string;
  does: string;
  /** Seconds of each round. */
  seconds: number[];
  memoryMb: number;
  /** Seconds of each step, of the last round, where it tells. */
  steps: { name: string; seconds: number }[];
}

export interface BenchResult {
  size: number;
  rows: number;
  machine: string;
  standings: Standing[];
  /** Who did not run, and why. */
  skipped: { name: string; why: string }[];
  /** Pamoja again, on the database that it just made. */
  again: { name: string; seconds: number; memoryMb: number; steps: { name: string; seconds: number }[] }[];
}

/** Measures the contenders in turn, in one run; each must end with the same rows and sums. Errors: where one does not. */
export async function runBenchmark(options: BenchOptions): Promise<BenchResult> {
  const { size, rounds, only, say } = options;
  const folder = join(options.data, String(size));
  const dirty = join(folder, 'dirty');
  say(`Making the files for ${size.toLocaleString('en')} customers`);
  const sizes = await makeData(dirty, size);
  const server = await openServer(join(options.data, 'server'));
  try {
    const asked = CONTENDERS.filter(({ name }) => only === undefined || only.includes(name));
    const skipped = asked.flatMap(({ name, missing }) => {
      const why = missing();
      return why === undefined ? [] : [{ name, why }];
    });
    for (const { name, why } of skipped) say(`${name} is left out: ${why}`);
    const running = asked.filter(({ name }) => !skipped.some((each) => each.name === name));
    const task = { dirty, clean: join(folder, 'clean'), sizes };
    const expected = await prepare(server, task);
    const standings = running.map(
      ({ name, does }): Standing => ({ name, does, seconds: [], memoryMb: 0, steps: [] }),
    );
    for (let round = 1; round <= rounds; round++) {
      for (const [i, contender] of running.entries()) {
        const standing = standings[i] as Standing;
        const measured = await load(server, contender, task, expected);
        standing.seconds.push(measured.seconds);
        standing.memoryMb = Math.max(standing.memoryMb, measured.memoryMb);
        standing.steps = stepsOf(measured.output);
        say(`${round}/${rounds} ${contender.name}: ${measured.seconds.toFixed(1)} s`);
      }
    }
    const again = running.some(({ name }) => name === 'pamoja')
      ? await runAgain(server, task, folder, say)
      : [];
    const rows = sizes.customers + sizes.products + sizes.orders + sizes.items;
    const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, PostgreSQL ${server.version}`;
    return { size, rows, machine, standings, skipped, again };
  } finally {
    await server.close();
  }
}

const PAMOJA = CONTENDERS[0] as Contender;

/** Loads once with Pamoja, for the clean files of the others and the outcome that all must reach. */
async function prepare(server: Server, task: Omit<Task, 'url'>): Promise<string> {
  const url = await server.fresh();
  await measure(PAMOJA.command({ ...task, url }));
  await exportClean(url, task.clean);
  return outcomeOf(url, PAMOJA.schema);
}

async function load(
  server: Server,
  contender: Contender,
  task: Omit<Task, 'url'>,
  expected: string,
): Promise<Measured> {
  const url = await server.fresh();
  const measured = await measure(contender.command({ ...task, url }));
  const outcome = await outcomeOf(url, contender.schema);
  const same = contender.inexact ? isNearly(outcome, expected) : outcome === expected;
  if (!same) throw new Error(`${contender.name} ended with ${outcome}, expected ${expected}`);
  return measured;
}

/** Whether two outcomes, numbers with something between them, are the same to nine digits. */
function isNearly(outcome: string, expected: string): boolean {
  const numbers = (text: string) => text.split(/[ /]/).map(Number);
  const found = numbers(outcome);
  return numbers(expected).every((number, i) => Math.abs((found[i] ?? Number.NaN) - number) <= 1e-9 * number);
}

/** Runs Pamoja on its own result: nothing changed, then 1 %, which must come to the same as a load from scratch. */
async function runAgain(
  server: Server,
  task: Omit<Task, 'url'>,
  folder: string,
  say: (line: string) => void,
): Promise<BenchResult['again']> {
  const [changed, again] = [join(folder, 'changed'), join(folder, 'again')];
  await makeChanges(task.dirty, changed);
  const url = await server.fresh();
  await measure(PAMOJA.command({ ...task, dirty: changed, url }));
  const wanted = await contentOf(url);
  await server.fresh();
  rmSync(again, { recursive: true, force: true });
  cpSync(task.dirty, again, { recursive: true, filter: (path) => !path.endsWith('.pamoja') });
  const runs: BenchResult['again'] = [];
  const run = async (name: string) => {
    const { seconds, memoryMb, output } = await measure(PAMOJA.command({ ...task, dirty: again, url }));
    runs.push({ name, seconds, memoryMb, steps: stepsOf(output) });
    say(`again, ${name}: ${seconds.toFixed(1)} s`);
  };
  await run('a first load');
  await run('nothing changed');
  cpSync(changed, again, { recursive: true, filter: (path) => !path.endsWith('.pamoja') });
  await run('1 % changed, new or gone');
  const found = await contentOf(url);
  if (found !== wanted)
    throw new Error(`after 1 % changed the database holds ${found}, from scratch ${wanted}`);
  return runs;
}

function stepsOf(output: string): { name: string; seconds: number }[] {
  try {
    return (JSON.parse(output) as { steps?: { name: string; seconds: number }[] }).steps ?? [];
  } catch {
    return [];
  }
}
