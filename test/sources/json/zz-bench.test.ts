import { test } from 'vitest';
import { Workspace } from '../../../src/engine/workspace.js';
import { silent } from '../../../src/kernel/log.js';
import { jsonReader, ndjsonReader } from '../../../src/sources/json/json-reader.js';
import { grain, sourceOf } from './reading-json.js';
const cols = ['id','first_name','last_name','email','phone','address.city','total','created_at','active'];
test('bench', async () => {
  const which = process.env.WHICH!.split(',');
  for (const f of which) {
    const doc = f === 'orders.json';
    const [reader, grains, more] = doc ? [jsonReader, [grain(['id','customer.email','date']), grain(['sku','qty','price','^id'],'details')], {records:'orders'}] : [ndjsonReader, [grain(cols)], {}];
    const w = await Workspace.open({ dir: '/tmp/j/t/w', readable: ['/tmp/j'], threads: 2, memoryMb: Number(process.env.MB ?? 1024) });
    const t0 = Date.now(); let last = t0;
    for (const m of ['run', 'row', 'count'] as const) { const o = (w as any)[m].bind(w); (w as any)[m] = async (s: string) => { const a = Date.now(); console.log(`  gap ${a-last}ms`); const x = await o(s); last=Date.now(); console.log(`  ${last - a}ms ${s.replace(/\s+/g,' ').slice(0, 110)}`); return x; }; }
    let peak=0; const iv=setInterval(()=>{peak=Math.max(peak,process.memoryUsage().heapUsed);},50);
    const r = await reader.read({ workspace: w, log: silent, root: '/tmp/j' }, sourceOf('json', f, more), grains as never);
    clearInterval(iv);
    console.log(f, JSON.stringify(r.files.map(x=>x.counted)), (Date.now() - t0) / 1000, 's heap MB', peak >> 20, 'rss', process.memoryUsage().rss>>20);
    w.close();
  }
}, 100000);
