import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runBenchmark } from './benchmark.js';
import { writeMarkdown } from './write-markdown.js';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    json: { type: 'string' },
    markdown: { type: 'string' },
    data: { type: 'string', default: join(import.meta.dirname, 'data') },
  },
});

const result = await runBenchmark({
  size: Number(values.size),
  rounds: Number(values.rounds),
  only: values.only?.split(','),
  data: resolve(values.data),
  say: (line) => process.stderr.write(`${line}\n`),
});
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
if (values.markdown !== undefined) writeFileSync(values.markdown, writeMarkdown([result]));
process.stdout.write(writeMarkdown([result]));
