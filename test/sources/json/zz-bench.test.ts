import { test } from 'vitest';
import { Workspace } from '../../../src/engine/workspace.js';
import { silent } from '../../../src/kernel/log.js';
import { jsonReader, ndjsonReader } from '../../../src/sources/json/json-reader.js';
import { grain, sourceOf } from './reading-json.js';
const cols = ['id','first_name','last_name','email','phone','address.city','total','created_at','active'];
test('bench', async () => {
  for (const [f, reader, grains, more] of [
    ['big.ndjson', ndjsonReader, [grain(cols)], {}], ['big.ndjson', ndjsonReader, [grain(cols)], {}], ['odd.ndjson', ndjsonReader, [grain(cols)], {}], ['dirty.ndjson', ndjsonReader, [grain(cols)], {}],
    ['orders.json', jsonReader, [grain(['id','customer.email','date']), grain(['sku','qty','price','^id'],'details')], {records:'orders'}],
  ] as const) {
    const w = await Workspace.open({ dir: '/tmp/j/t/w', readable: ['/tmp/j'], threads: 2, memoryMb: 1024 });
    const t0 = Date.now(); let peak=0; const iv=setInterval(()=>{peak=Math.max(peak,process.memoryUsage().heapUsed);},50);
    const r = await reader.read({ workspace: w, log: silent, root: '/tmp/j' }, sourceOf('json', f, more), grains as never);
    clearInterval(iv);
    console.log(f, JSON.stringify(r.files.map(x=>x.counted)), (Date.now() - t0) / 1000, 's heap MB', peak >> 20);
    w.close();
  }
}, 300000);
