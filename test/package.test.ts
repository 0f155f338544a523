import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

test('the package holds the documentation that errors point to, and no maps to sources that it lacks', () => {
  const options = { cwd: resolve(import.meta.dirname, '..'), encoding: 'utf8', shell: true } as const;
  const told = execFileSync('npm pack --dry-run --json --ignore-scripts --loglevel=error', options);
  const [{ files }] = JSON.parse(told) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['docs/reference/errors.md', 'dist/index.d.ts']));
  expect(paths.filter((path) => /\.map$|\.built$/.test(path))).toEqual([]);
});
