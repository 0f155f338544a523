import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectSchema } from '../../src/config/config-schema.js';
import { parseProject } from '../../src/config/read-config.js';
import type { Workspace } from '../../src/engine/workspace.js';
import { ERROR_CODES } from '../../src/kernel/error-codes.js';
import type { Project, ProjectConfig, SourceConfig } from '../../src/model/config.js';
import { UNIFIED } from '../../src/model/unified.js';
import { columnsOfFeed } from '../../src/quality/columns-of-feed.js';
import { planFeed } from '../../src/quality/feed-plan.js';
import { openWorkspace, readSamples } from '../quality/read-samples.js';
import { openTestProject, type TestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';
import { anchorsOf, blocksOf, linksOf, readDoc, readingTables, wholeOf } from './guide.js';

/** The shop with one customer in two systems, a masked phone, a walk-in, a line without an order and one torn apart. */
const TROUBLED_FILES = {
  ...SHOP_FILES,
  'accounts.csv': 'id,name,email,phone\nW1,Wanjiru Kamau,wanjiru@example.com,07** *** 678\n',
  'orders.csv': `${SHOP_FILES['orders.csv']}O3,,2026-01-07,210.00\nO4,C3,2026-01-07,210.00\n`,
  'lines.csv': `${SHOP_FILES['lines.csv']}O3,P1,1,210.00\nO4,P1,one,210.00\nO9,P1,1,210.00\n`,
};
const TROUBLED_SHOP: ProjectConfig = {
  ...SHOP,
  sources: {
    ...SHOP.sources,
    web: { ...(SHOP.sources.crm as SourceConfig), path: 'accounts.csv' },
  },
};

const configuration = readDoc('guides/configuration.md');
const database = readDoc('guides/database.md');

describe('the guide to the configuration', () => {
  const blocks = blocksOf(configuration, 'yaml');

  test('has examples of every kind', () => {
    const kinds = new Set(blocks.map((block) => block.kind.split(' ')[0]));
    expect(kinds).toEqual(new Set(['', 'project', 'source', 'fields']));
  });

  test.each(blocks)('the example in line $line works', (block) => {
    compileMappings(parseProject(wholeOf(block), '/nowhere'));
  });

  test.each(blocksOf(readDoc('../README.md'), 'yaml'))(
    'the example in line $line of the README works',
    (block) => {
      compileMappings(parseProject(wholeOf(block), '/nowhere'));
    },
  );

  test('explains every word that the configuration knows', () => {
    const words = wordsOf(projectSchema);
    expect(words).toEqual(expect.arrayContaining(['sources', 'delivery', 'part', 'tolerance']));
    const unexplained = words.filter((word) => !configuration.includes(`\`${word}\``));
    expect(unexplained.filter((word) => !configuration.includes(`.${word}\``))).toEqual([]);
  });

  describe('tells what becomes of values', () => {
    let workspace: Workspace;
    beforeAll(async () => {
      workspace = await openWorkspace();
    });
    afterAll(() => workspace.close());

    test.each(readingTables(configuration))('in the table in line $line', async ({ readings, rows }) => {
      for (const [column, { type, mapping }] of readings.entries()) {
        for (const { written, becomes } of rows) {
          const cell = becomes[column] as string;
          for (const sample of await readSamples(workspace, { type }, written, mapping)) {
            const said = sample.value === null ? (sample.reasons[0] ?? 'nothing') : `\`${sample.value}\``;
            const reason = /^not read: (.*)$/.exec(cell)?.[1];
            if (reason === undefined) expect(said).toBe(cell);
            else expect(said).toContain(reason);
          }
        }
      }
    });
  });
});

describe('the guide to the database', () => {
  let shop: TestProject;
  beforeAll(async () => {
    shop = await openTestProject();
    shop.write(TROUBLED_FILES);
    await shop.run(TROUBLED_SHOP);
  });
  afterAll(() => shop.close());

  const questions = blocksOf(database, 'sql');

  test('asks at least ten questions', () => {
    expect(questions.length).toBeGreaterThanOrEqual(10);
  });

  test.each(questions)('the question in line $line has an answer', async ({ text }) => {
    expect((await shop.query(text)).length).toBeGreaterThan(0);
  });

  test('lists every column of the unified tables with its type', async () => {
    for (const entity of UNIFIED) {
      const section = database.split(/^##+ /m).find((part) => part.startsWith(entity.name)) ?? '';
      const listed = [...section.matchAll(/^\| `(\w+)` \| (\w+)/gm)].map((row) => [row[1], row[2]]);
      const fields = entity.fields.map((field) => [field.name, field.type as string]);
      expect(listed).toEqual([[entity.id, 'id'], ...fields]);
    }
  });

  test('names every table of the bookkeeping with its columns', async () => {
    const columns = await shop.query<{ table: string; column: string }>(
      `SELECT c.table_name AS table, c.column_name AS column FROM information_schema.columns c
       WHERE c.table_schema = 'pamoja' AND c.table_name NOT LIKE '%_records' AND c.table_name NOT LIKE 'kept_%' ORDER BY 1, c.ordinal_position`,
    );
    const unnamed = columns.filter(({ table, column }) => {
      const row = new RegExp(`^\\| \`${table}\` \\|.*\\b${column}\\b`, 'm');
      return !row.test(database);
    });
    expect(unnamed).toEqual([]);
  });
});

test('the reference of errors lists every code with its meaning and exit code', () => {
  const listed = [...readDoc('reference/errors.md').matchAll(/^\| `(PAM-\w+-\d+)` \| (\d+) \| ([^|]*) \|/gm)];
  const codes = Object.entries(ERROR_CODES).map(([code, { exit, means }]) => [code, String(exit), means]);
  expect(listed.map(([, code, exit, means]) => [code, exit, means])).toEqual(codes);
});

test.each([
  '../README.md',
  '../CONTRIBUTING.md',
  'architecture.md',
  'guides/configuration.md',
  'guides/database.md',
  'guides/report.md',
  'guides/sample-business.md',
  'guides/trace.md',
  '../bench/README.md',
  'reference/errors.md',
])('every link of %s leads somewhere', (document) => {
  const broken = linksOf(document).filter(
    ({ target, anchor }) => !existsSync(target) || (anchor !== '' && !anchorsOf(target).includes(anchor)),
  );
  expect(broken.map(({ written }) => written)).toEqual([]);
});

test('the picture of the floors shows every folder', () => {
  const picture = readDoc('images/floors.svg');
  const folders = readdirSync(new URL('../../src', import.meta.url), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map((entry) => `${entry.name}/`);
  expect(names.filter((name) => !picture.includes(`>${name}<`))).toEqual([]);
});

/** Compiles every mapping, as a run does before it reads a record. */
function compileMappings(project: Project): void {
  for (const source of project.sources) {
    for (const [index, feed] of source.feeds.entries()) {
      planFeed(project, source, feed, {
        index,
        raw: 'raw',
        files: [],
        columns: columnsOfFeed(feed, []),
        copies: [],
      });
    }
  }
}

interface SchemaDef {
  shape?: Record<string, unknown>;
  innerType?: unknown;
  valueType?: unknown;
  element?: unknown;
  options?: unknown[];
}

/** The words that a schema knows, however deep. */
function wordsOf(schema: unknown, seen = new Set<unknown>()): string[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const def = (schema as { _zod: { def: SchemaDef } })._zod.def;
  const inner = [def.innerType, def.valueType, def.element, ...(def.options ?? [])];
  const below = [...inner, ...Object.values(def.shape ?? {})].filter((each) => each !== undefined);
  const words = [...Object.keys(def.shape ?? {}), ...below.flatMap((each) => wordsOf(each, seen))];
  return [...new Set(words)];
}
