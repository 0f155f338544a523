// Reads the workbook `a.xlsx` of a folder in a process of its own, and says how long it took and how much memory.
import { join } from 'node:path';
import { createJiti } from 'jiti';

const jiti = createJiti(import.meta.url, { fsCache: false });
const { excelReader } = await jiti.import('../../../src/sources/excel/excel-reader.ts');
const { Workspace } = await jiti.import('../../../src/engine/workspace.ts');

const [root, ...columns] = process.argv.slice(2);
const workspace = await Workspace.open({ dir: join(root, '.work'), readable: [root], memoryMb: 512 });
let heap = 0;
const watch = setInterval(() => {
  heap = Math.max(heap, process.memoryUsage().heapUsed);
}, 20);
const before = process.memoryUsage().rss;
const start = performance.now();
const cpu = process.cpuUsage();
const { files } = await excelReader.read(
  { workspace, root, log: { step() {}, warn() {}, debug() {} } },
  { name: 'shop', type: 'excel', path: ['a.xlsx'], nulls: [], decimal: '.', feeds: [] },
  [{ each: undefined, columns }],
);
const used = process.cpuUsage(cpu);
clearInterval(watch);
const seconds = (performance.now() - start) / 1000;
const megabytes = process.resourceUsage().maxRSS / 1024 - before / 1048576;
const cpuSeconds = (used.user + used.system) / 1e6;
console.log(
  JSON.stringify({ rows: files[0].counted[0], seconds, cpuSeconds, megabytes, heap: heap / 1048576 }),
);
workspace.close();
