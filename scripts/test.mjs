// npm test: installs and builds what is missing, then lint, types and every test.
import { build, install, run } from './install.mjs';

const EVERY_FAULT = '--every-fault';
const given = process.argv.slice(2);
if (given.includes(EVERY_FAULT)) process.env.PAMOJA_FAULTS = 'all';

install();
build();
const node = (script, ...args) => run(process.execPath, [script, ...args], { shell: false });
node('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.');
node('node_modules/typescript/bin/tsc', '--noEmit');
node('node_modules/vitest/vitest.mjs', 'run', ...given.filter((word) => word !== EVERY_FAULT));
