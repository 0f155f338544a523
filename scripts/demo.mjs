// npm run demo: a Kenyan retail business, generated into demo/, integrated, verified and summed up.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, root, run } from './install.mjs';

install();
build();
const demo = join(root, 'demo');
mkdirSync(demo, { recursive: true });
const pamoja = (...args) =>
  run(process.execPath, [join(root, 'bin', 'pamoja.mjs'), ...args], { cwd: demo, shell: false });
pamoja('generate', '.', '--quiet');
pamoja('run', ...process.argv.slice(2));
