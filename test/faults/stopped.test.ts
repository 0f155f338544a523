import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as listenOnly } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseProject } from '../../src/config/read-config.js';
import { Workspace } from '../../src/engine/workspace.js';
import { generate } from '../../src/generate/generate.js';
import { type Log, silent as quiet } from '../../src/kernel/log.js';
import type { Project, Source } from '../../src/model/config.js';
import { checkProject } from '../../src/pipeline/check-project.js';
import { diffSchema } from '../../src/pipeline/diff-schema.js';
import { makeReport } from '../../src/pipeline/make-report.js';
import { previewSource } from '../../src/pipeline/preview-source.js';
import { readRejects } from '../../src/pipeline/read-rejects.js';
import { readSources } from '../../src/pipeline/read-sources.js';
import { type InsightOptions, runInsight } from '../../src/pipeline/run-insight.js';
import type { RunOptions } from '../../src/pipeline/run-options.js';
import { runProject } from '../../src/pipeline/run-project.js';
import { startProject } from '../../src/pipeline/start-project.js';
import { type TraceOptions, traceRow } from '../../src/pipeline/trace-row.js';
import { fingerprintSource } from '../../src/sources/bytes/fingerprint-source.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { ALL, expectNoLeftovers, judge, stateOf, untilAlone } from './fault-driver.js';
import { changedShop, largeShop, SHOP } from './large-shop.js';

const A = largeShop(ALL ? 5_000 : 500);
const B = changedShop(A);
const POINTS = [
  'before publish',
  'loaded customers',
  'loaded order_items',
  'keys made',
  'verified',
  'before commit',
];
type Stopped = { log: Log; signal: AbortSignal };
const REASON = new Error('the caller has waited long enough');

describe.each(['first load', 'change'])('a run that is stopped by its caller (%s)', (way) => {
  let shop: TestProject;
  beforeEach(async () => {
    shop = await openTestProject();
    shop.write(A);
    if (way === 'change') {
      await shop.run(SHOP);
      shop.write(B);
    }
  });
  afterEach(() => shop.close());

  async function stopped(options: RunOptions): Promise<unknown> {
    const recorded: unknown[] = [];
    const said = await shop.run(SHOP, { ...options, failed: (record) => recorded.push(record) }).then(
      ({ outcome }) => outcome,
      (error) => error,
    );
    expect(recorded).toEqual([]);
    await untilAlone(shop);
    return said;
  }

  // In the short form one after the other in one database: each leaves it as it was.
  test.each(ALL ? POINTS.map((point) => [[point]]) : [[POINTS]])(
    'at %j: it leaves the old state and nothing else, and the next run converges',
    async (points) => {
      const before = await stateOf(shop);
      for (const at of points) {
        const stopping = new AbortController();
        const reached = (point: string) => {
          if (point === at) stopping.abort(REASON);
        };
        expect(await stopped({ signal: stopping.signal, reached })).toMatchObject({
          code: 'PAM-RUN-001',
          cause: REASON,
        });
        expect((await stateOf(shop)).rows, at).toBe(before.rows);
        await expectNoLeftovers(shop);
      }
      expect((await shop.run(SHOP)).outcome).toBe('published');
    },
  );

  test('at random moments: the old state or the new', { timeout: 300_000 }, async () => {
    for (let round = 0; round < (ALL ? 20 : 2); round++) {
      const before = await stateOf(shop);
      const stopping = new AbortController();
      const timer = setTimeout(() => stopping.abort(REASON), Math.random() * (ALL ? 2_000 : 900));
      const said = await stopped({ signal: stopping.signal, full: true });
      clearTimeout(timer);
      const after = await stateOf(shop);
      if (said instanceof Error) expect(said).toMatchObject({ code: 'PAM-RUN-001', cause: REASON });
      expect(judge(before, after, after.rows)).toBe(said instanceof Error ? 'old' : 'new');
      await expectNoLeftovers(shop);
    }
  });

  test('after the last point: it comes too late, and the run is published', async () => {
    const stopping = new AbortController();
    const reached = (point: string) => {
      if (point === 'after publish') stopping.abort(REASON);
    };
    expect(await stopped({ signal: stopping.signal, reached })).toBe('published');
  });

  test('before it began', async () => {
    expect(await stopped({ signal: AbortSignal.abort(REASON) })).toMatchObject({ code: 'PAM-RUN-001' });
    await expectNoLeftovers(shop);
  });
});

test('a run that waits for a table that somebody keeps locked ends when it is stopped', async () => {
  const shop = await openTestProject();
  shop.write(A);
  await shop.run(SHOP);
  await shop.query('BEGIN; LOCK TABLE public.customers');
  const stopping = new AbortController();
  const run = shop.run(SHOP, { signal: stopping.signal });
  while ((await shop.query('SELECT FROM pg_locks WHERE NOT granted')).length === 0) await pause(20);
  stopping.abort(REASON);
  await expect(run).rejects.toMatchObject({ code: 'PAM-RUN-001' });
  await shop.query('ROLLBACK');
  // The server looks whether its client is gone when it has got the lock.
  await untilAlone(shop);
  await expectNoLeftovers(shop);
  await shop.close();
});

test('a run that waits for an API ends when it is stopped', async () => {
  const server = createServer((_, response) => response.writeHead(503, { 'retry-after': '30' }).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const shop = await openTestProject();
  const stopping = new AbortController();
  const asked = once(server, 'request')
    .then(() => pause(50))
    .then(() => stopping.abort(REASON));
  const url = `http://127.0.0.1:${port}/products`;
  const entities = { products: { key: 'sku', fields: { sku: 'sku', product_name: 'name', price: 'price' } } };
  const began = Date.now();
  await expect(
    shop.run(
      { sources: { api: { type: 'rest', url, allowPrivate: true, entities } } },
      { signal: stopping.signal },
    ),
  ).rejects.toMatchObject({ code: 'PAM-RUN-001' });
  await asked;
  expect(Date.now() - began).toBeLessThan(15_000);
  await expectNoLeftovers(shop);
  server.close();
  await shop.close();
});

test.each([
  { name: 'a run', begin: runProject },
  { name: 'a check', begin: checkProject },
  { name: 'a report', begin: makeReport },
  { name: 'a comparison of the schema', begin: diffSchema },
  {
    name: 'a look at the rejects',
    begin: (project: Project, options: InsightOptions) =>
      readRejects(project, options, async ({ total }) => total),
  },
  {
    name: 'an insight',
    begin: (project: Project, options: InsightOptions) => runInsight(project, 'best-customers', options),
  },
  {
    name: 'a trace',
    begin: (project: Project, options: TraceOptions) =>
      traceRow(project, { entity: 'order', id: 1 }, options),
  },
])('$name ends when it is stopped, also where a server never greets it', async ({ begin }) => {
  const silent = listenOnly().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const env = { DATABASE_URL: `postgres://127.0.0.1:${port}/shop` };
  const stopping = new AbortController();
  silent.once('connection', () => setTimeout(() => stopping.abort(REASON), 50));
  const began = Date.now();
  await expect(begin(parseProject(SHOP, tmpdir()), { env, signal: stopping.signal })).rejects.toMatchObject({
    code: 'PAM-RUN-001',
    cause: REASON,
  });
  expect(Date.now() - began).toBeLessThan(8_000);
  silent.close();
});

test('a preview, a look at the files and a generation end when they are stopped, and leave nothing', async () => {
  const root = mkdtempSync(join(tmpdir(), 'pamoja-stopped-'));
  writeFileSync(join(root, 'customers.csv'), 'id,name\n1,Achieng\n');
  const entities = { customers: { key: 'id', fields: { first_name: 'name' } } };
  const project = parseProject({ sources: { crm: { type: 'csv', path: 'customers.csv', entities } } }, root);
  const begun = [
    (more: Stopped) => previewSource(project, 'crm', more),
    (more: Stopped) => startProject({ dir: root, ...more }),
    (more: Stopped) => generate({ dir: join(root, 'made'), customers: 10, threads: 1, ...more }),
  ];
  for (const begin of begun) {
    const stopping = new AbortController();
    const log = { ...quiet, step: () => stopping.abort(REASON) };
    await expect(begin({ log, signal: stopping.signal })).rejects.toMatchObject({
      code: 'PAM-RUN-001',
      cause: REASON,
    });
  }
  expect(readdirSync(root).sort()).toEqual(['.pamoja', 'customers.csv', 'made']);
  expect(readdirSync(join(root, '.pamoja', 'work'))).toEqual([]);
  expect(readdirSync(join(root, 'made', '.pamoja'))).toEqual([]);
  rmSync(root, { recursive: true });
});

test('a file is read no further once it is stopped', async () => {
  const root = mkdtempSync(join(tmpdir(), 'pamoja-stopped-'));
  writeFileSync(join(root, 'long.csv'), `id,name\n${'1,Achieng\n'.repeat(400_000)}`);
  const entities = { customers: { key: 'id', fields: { first_name: 'name' } } };
  const project = parseProject({ sources: { long: { type: 'csv', path: 'long.csv', entities } } }, root);
  const workspace = await Workspace.open({ dir: join(root, 'work'), readable: [root], threads: 1 });
  const stopping = new AbortController();
  const progress = vi.fn(() => stopping.abort(REASON));
  const reading = readSources(workspace, project, quiet, progress, { signal: stopping.signal });
  await expect(reading).rejects.toBe(REASON);
  expect(progress).toHaveBeenCalledOnce();
  const source = project.sources[0] as Source;
  const printing = fingerprintSource(root, source, () => stopping.signal.throwIfAborted());
  await expect(printing).rejects.toBe(REASON);
  await workspace.close();
  rmSync(root, { recursive: true });
});
