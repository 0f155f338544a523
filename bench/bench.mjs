// npm run bench -- --size 100000: builds, then measures. TypeScript of the bench is compiled as it is loaded.
import { createJiti } from 'jiti';
import { build, install } from '../scripts/install.mjs';

await createJiti(import.meta.url).import('./run.ts');
