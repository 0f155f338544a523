// npm test: installs and builds what is missing, then lint, types and every test.
import { build, install, run } from './install.mjs';

install();
build();
const node = (script, ...args) => run(process.execPath, [script, ...args], { shell: false });
node('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.');
node('node_modules/typescript/bin/tsc', '--noEmit');
node('node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2));
