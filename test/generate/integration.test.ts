import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type GenerateResult, generate } from '../../src/generate/generate.js';
import { projectYaml } from '../../src/generate/project-config.js';
import type { ProjectConfig } from '../../src/model/config.js';
import type { RunResult } from '../../src/pipeline/run-options.js';
import { openTestProject, type TestProject } from '../support/project.js';

describe('a generated business, integrated with its own configuration', () => {
  let project: TestProject;
  let made: GenerateResult;
  let result: RunResult;
  beforeAll(async () => {
    project = await openTestProject();
    made = await generate({
      dir: project.root,
      customers: 1000,
      products: 800,
      orders: 1500,
      itemsPerOrder: 2,
    });
    result = await project.run(parse(projectYaml()) as ProjectConfig);
  });
  afterAll(() => project.close());

  test('has exactly the rows of the truth in every table', async () => {
    for (const [table, rows] of Object.entries(made.truth.golden)) {
      const [found] = await project.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${table}`);
      expect(found?.rows, table).toBe(rows);
    }
  });

  test('accounts for every record as the truth does', () => {
    const told = made.truth.ledger.map(({ file, entity, read, accepted, rejected, repeated }) => ({
      file,
      entity,
      read,
      accepted,
      rejected,
      repeated,
    }));
    const found = result.ledger.map(({ file, entity, read, accepted, rejected, repeated }) => ({
      file,
      entity,
      read,
      accepted,
      rejected,
      repeated,
    }));
    expect(sorted(found)).toEqual(sorted(told));
    expect(result.waiting).toBe(0);
  });

  test('refuses for the reasons that the truth gives', async () => {
    const found = await project.query(
      `SELECT source, entity, rule, CASE WHEN rule IN ('cascade', 'structure') THEN '' ELSE field END AS field,
        count(*)::int AS records FROM pamoja.rejects GROUP BY 1, 2, 3, 4`,
    );
    const told = made.truth.ledger.flatMap(({ source, entity, rejects }) =>
      rejects.map((reject) => ({ source, entity, ...reject })),
    );
    expect(sorted(found)).toEqual(sorted(told));
  });

  test('holds the sums of the truth to the cent', async () => {
    for (const { measure, amount } of made.truth.amounts) {
      const [table, column] = measure.split('.');
      const [found] = await project.query<{ sum: string }>(
        `SELECT sum(${column})::numeric(18,2)::text AS sum FROM ${table}`,
      );
      expect(found?.sum, measure).toBe(amount);
    }
  });
});

function sorted<Row>(rows: readonly Row[]): Row[] {
  const text = (row: Row) =>
    JSON.stringify(Object.entries(row as object).sort(([a], [b]) => a.localeCompare(b)));
  return [...rows].sort((a, b) => text(a).localeCompare(text(b)));
}
