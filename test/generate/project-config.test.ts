import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectYaml } from '../../src/generate/project-config.js';
import type { ProjectConfig } from '../../src/model/config.js';
import { UNIFIED } from '../../src/model/unified.js';

describe('the configuration of the generated business', () => {
  const config = parse(projectYaml()) as ProjectConfig;

  test('maps only fields of the unified tables', () => {
    for (const [name, source] of Object.entries(config.sources)) {
      for (const [entity, mapping] of Object.entries(source.entities)) {
        const known = UNIFIED.find((each) => each.name === entity)?.fields.map((field) => field.name);
        for (const field of Object.keys(mapping.fields)) expect(known, `${name}.${entity}`).toContain(field);
      }
    }
  });

  test('feeds each of the four tables from two systems', () => {
    const feeding = (entity: string) =>
      Object.values(config.sources).filter((source) => entity in source.entities).length;
    for (const { name } of UNIFIED) expect(feeding(name), name).toBe(2);
  });
});
