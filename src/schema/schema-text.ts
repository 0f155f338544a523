import type { Project } from '../model/config.js';
import { toDbml } from '../model/dbml.js';
import { createForeignKeys, createKeys, createSalesView, createTable } from '../model/ddl.js';
import { toMermaid } from '../model/mermaid.js';
import { drawErd } from './draw-erd.js';
import { schemaPage } from './schema-page.js';

export const SCHEMA_FORMATS = ['dbml', 'sql', 'mermaid', 'svg', 'html'] as const;
export type SchemaFormat = (typeof SCHEMA_FORMATS)[number];

/** The unified schema of a project as a text: for dbdocs, for psql, for a README, to look at. */
export async function schemaText(project: Project, format: SchemaFormat): Promise<string> {
  const { name, schema, entities } = project;
  switch (format) {
    case 'dbml':
      return toDbml(name, schema, entities);
    case 'mermaid':
      return toMermaid(entities);
    case 'sql':
      return ddl(project);
    case 'svg':
      return drawErd(`The schema of ${name}`, entities);
    case 'html':
      return schemaPage(name, entities);
  }
}

/** The statements that make the tables, their keys and the view `sales`, as a script for psql. */
function ddl({ schema, entities }: Project): string {
  const statements = [
    ...entities.map((entity) => createTable(schema, entity)),
    ...entities.map((entity) => createKeys(schema, entity)),
    ...entities.map((entity) => createForeignKeys(schema, entity)),
    createSalesView(schema, entities, true),
  ];
  return `${statements
    .filter((group) => group.length > 0)
    .map((group) => group.map((statement) => `${lines(statement)};`).join('\n'))
    .join('\n\n')}\n`;
}

function lines(statement: string): string {
  if (!statement.startsWith('CREATE TABLE')) return statement.replaceAll(/\n {4,}/g, '\n  ');
  return statement.replace('("', '(\n  "').replaceAll(', "', ',\n  "').replace(/\)$/, '\n)');
}
