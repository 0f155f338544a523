import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { openTestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

const library = join(import.meta.dirname, '../../dist/index.js');

test('a run in a worker thread ends without closing what others opened meanwhile', async () => {
  const project = await openTestProject();
  project.write(SHOP_FILES);
  const worker = new Worker(
    `const { parentPort, workerData: { library, config, root, url } } = require('node:worker_threads');
     const work = async () => {
       const { parseProject, runProject } = await import(library);
       const { outcome } = await runProject(parseProject(config, root), { env: { DATABASE_URL: url } });
       parentPort.postMessage(outcome);
     };
     parentPort.once('message', () => process.exit());
     work().catch((error) => parentPort.postMessage(String(error)));`,
    { eval: true, workerData: { library, config: SHOP, root: project.root, url: project.database.url } },
  );
  expect(await new Promise((resolve) => worker.once('message', resolve))).toBe('published');
  const opened = Array.from({ length: 100 }, () => openSync(import.meta.filename, 'r'));
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.postMessage('end');
  await ended;
  for (const file of opened) {
    expect(fstatSync(file).isFile()).toBe(true);
    closeSync(file);
  }
  expect(await project.query('SELECT count(*)::int AS orders FROM orders')).toEqual([{ orders: 2 }]);
  await project.close();
});
