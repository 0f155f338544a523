import { DIAGRAM_TYPES } from './dbml.js';
import { type Entity, references } from './entity.js';

/** The tables as a Mermaid diagram, for a README or a wiki. */
export function toMermaid(entities: readonly Entity[]): string {
  const known = new Set(entities.map((entity) => entity.name));
  const edges = entities.flatMap((entity) =>
    references(entity)
      .filter((field) => known.has(field.entity))
      .map((field) => {
        // A line is always part of an order; an order may have no customer.
        const one = field.required === true ? '||' : '|o';
        return `  ${field.entity} ${one}--o{ ${entity.name} : "${field.name}"`;
      }),
  );
  return `${['erDiagram', ...edges, ...entities.map(entityBlock)].join('\n')}\n`;
}

function entityBlock(entity: Entity): string {
  const fields = entity.fields.map((field) => {
    const key = field.type === 'reference' ? ' FK' : '';
    const note = field.description === '' ? '' : ` "${field.description.replaceAll('"', "'")}"`;
    return `    ${DIAGRAM_TYPES[field.type]} ${field.name}${key}${note}`;
  });
  return [`  ${entity.name} {`, `    int ${entity.id} PK`, ...fields, '  }'].join('\n');
}
