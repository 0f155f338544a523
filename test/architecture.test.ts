import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Floors from the ground up; a folder imports its own files and those of lower floors. */
const FLOORS: Record<string, number> = {
  kernel: 1,
  model: 2,
  engine: 3,
  config: 4,
  sources: 4,
  quality: 4,
  matching: 4,
  linking: 4,
  settled: 4,
  store: 4,
  verify: 4,
  generate: 4,
  insights: 4,
  schema: 4,
  report: 4,
  tracing: 4,
  pipeline: 5,
  cli: 6,
};

interface Import {
  from: string;
  to: string;
}

const files = readdirSync(SRC, { recursive: true })
  .map((file) => String(file).replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));

const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map((match) => ({
    from: file,
    to: relative(SRC, resolve(SRC, dirname(file), match[1] as string))
      .replaceAll('\\', '/')
      .replace(/\.js$/, '.ts'),
  }));
});

const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] as string) : '');

describe('the architecture', () => {
  test('every folder has its floor', () => {
    const folders = new Set(files.map(folderOf).filter((folder) => folder !== ''));
    expect([...folders].filter((folder) => FLOORS[folder] === undefined)).toEqual([]);
  });

  test('every import leads to a file that is there', () => {
    const outside = imports.filter(({ to }) => !files.includes(to));
    expect(outside).toEqual([]);
  });

  test('imports go down only, and never to a sibling', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [above, below] = [folderOf(from), folderOf(to)];
      if (above === '' || above === below) return false;
      return below === '' || (FLOORS[below] as number) >= (FLOORS[above] as number);
    });
    expect(wrong).toEqual([]);
  });

  test('no file imports itself through others', () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (path.includes(file) || done.has(file)) return;
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  test('no source file is longer than 300 lines', () => {
    const long = files
      .map((file) => ({ file, lines: readFileSync(join(SRC, file), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });

  test('no folder is a drawer for everything', () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|misc|common)(\.ts|\/)/.test(file))).toEqual([]);
    expect(files.filter((file) => /\/index\.ts$/.test(file))).toEqual([]);
  });

  test('no step names an entity: they are data of the model', () => {
    const steps = files.filter((file) =>
      ['quality', 'matching', 'linking', 'store', 'verify', 'pipeline'].includes(folderOf(file)),
    );
    const naming = steps.filter((file) => {
      const code = readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return /['"`](customers|products|orders|order_items)['"`]/.test(code);
    });
    expect(naming).toEqual([]);
  });

  test('the product knows nothing of payments', () => {
    expect(files.filter((file) => /payments?/i.test(readFileSync(join(SRC, file), 'utf8')))).toEqual([]);
  });
});
