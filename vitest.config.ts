import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A run in a test takes one core; the server that all share has room for so many.
    maxWorkers: Math.max(2, Math.min(8, availableParallelism())),
  },
});
