import { test } from 'vitest';
import { surveyLines } from '../../../src/sources/json/survey-json.js';
import { filesOf } from '../../../src/sources/bytes/files.js';
import { openBytes } from '../../../src/sources/bytes/open-bytes.js';
import { sourceOf } from './reading-json.js';
test('x', async () => { const s=sourceOf('ndjson','big.ndjson'); const [f]=await filesOf('/tmp/j',s);
 for (let k=0;k<2;k++){ let t=Date.now(); let n=0; for await (const c of openBytes(f!).chunks) n+=c.length; console.log('bytes ms',Date.now()-t,n);
 t=Date.now(); await surveyLines(f!,s,[]); console.log('survey ms',Date.now()-t);
 t=Date.now(); await surveyLines(f!,s,[['d']]); console.log('survey each ms',Date.now()-t);} }, 100000);
