import { type Entity, type Field, type FieldType, references } from './entity.js';

/** Types as people write them in a diagram; the DDL has those of the database. */
export const DIAGRAM_TYPES: Record<FieldType, string> = {
  text: 'varchar',
  integer: 'int',
  decimal: 'decimal',
  money: 'decimal',
  date: 'date',
  timestamp: 'timestamp',
  boolean: 'boolean',
  email: 'varchar',
  phone: 'varchar',
  reference: 'int',
};

/** The tables as DBML, with notes and references: what dbdocs and dbdiagram read. */
export function toDbml(name: string, schema: string, entities: readonly Entity[]): string {
  const project = [`Project ${quoted(name)} {`, "  database_type: 'PostgreSQL'", '}'].join('\n');
  return `${[project, ...entities.map((entity) => tableOf(schema, entity, entities))].join('\n\n')}\n`;
}

function tableOf(schema: string, entity: Entity, entities: readonly Entity[]): string {
  const columns = [
    `  ${quoted(entity.id)} int [pk, note: 'Stable from run to run, never given twice']`,
    ...entity.fields.map((field) => columnOf(schema, field, entities)),
  ];
  const provenance = entity.fields.filter((field) => field.provenance !== undefined);
  const key = provenance.map((field) => quoted(field.name)).join(', ');
  const unique = provenance.length === 2 ? ['', '  indexes {', `    (${key}) [unique]`, '  }'] : [];
  return [
    `Table ${tableName(schema, entity.name)} {`,
    ...columns,
    ...unique,
    '',
    `  Note: ${text(entity.description)}`,
    '}',
  ].join('\n');
}

function columnOf(schema: string, field: Field, entities: readonly Entity[]): string {
  const target = entities.find((entity) => entity.name === field.entity);
  const settings = [
    ...(field.type === 'reference' && target !== undefined
      ? [`ref: > ${tableName(schema, target.name)}.${quoted(target.id)}`]
      : []),
    ...(field.description === '' ? [] : [`note: ${text(field.description)}`]),
  ];
  const told = settings.length === 0 ? '' : ` [${settings.join(', ')}]`;
  return `  ${quoted(field.name)} ${DIAGRAM_TYPES[field.type]}${told}`;
}

function tableName(schema: string, name: string): string {
  return schema === 'public' ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
}

function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', "'")}"`;
}

function text(value: string): string {
  return `'${value
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll(/\s*\n\s*/g, ' ')}'`;
}

/** How many references there are between entities that are there. */
export function countReferences(entities: readonly Entity[]): number {
  const names = new Set(entities.map((entity) => entity.name));
  return entities.flatMap((entity) => references(entity).filter((field) => names.has(field.entity))).length;
}
