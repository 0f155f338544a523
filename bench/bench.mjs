// npm run bench -- --size 100000: installs and builds what is missing, then measures.
import { build, install } from '../scripts/install.mjs';

install();
build();
// The bench is TypeScript, compiled as it is loaded.
const { createJiti } = await import('jiti');
await createJiti(import.meta.url).import('./run.ts');
