import { PamojaError } from '../kernel/errors.js';
import type { Entity } from '../model/entity.js';
import { recordsTable } from '../model/tables.js';
import type { Locate } from './locate.js';

/** What Pamoja writes beside the fields of a record while it works, and the columns that every PostgreSQL table has. */
const COLUMNS = new Set(
  `feed file ordinal rec rowid filtered mask key hash seq id lead source priority variant recency from_source
  tableoid xmin cmin xmax cmax ctid`.split(/\s+/),
);

const BOOKS = new Set(
  'state runs entities ledger amounts rejects findings checks links migrations'.split(' '),
);

/** Errors: PAM-CFG-003 where a field or entity is called like something that Pamoja or PostgreSQL makes beside it. */
export function refuseReservedNames(
  entity: Entity,
  entities: readonly Entity[],
  oneSchema: boolean,
  locate: Locate,
): void {
  for (const { name } of entity.fields) {
    const counts = entity.kind === 'master' && entity.fields.some((field) => name === `n_${field.name}`);
    if (COLUMNS.has(name) || name === entity.id || counts) throw taken(name, locate(['fields', name]));
  }
  const records = entities.some((each) => each.kind === 'master' && recordsTable(each.name) === entity.name);
  if (entity.name === 'sales' || (oneSchema && (BOOKS.has(entity.name) || records)))
    throw taken(entity.name, locate([]));
}

function taken(name: string, where: string): PamojaError {
  return new PamojaError('PAM-CFG-003', `"${name}" is a name that Pamoja or PostgreSQL uses itself.`, {
    where,
    next: `Call it otherwise, such as ${name}_name; the column of the source keeps its own.`,
  });
}
