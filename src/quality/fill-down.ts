import { PamojaError } from '../kernel/errors.js';
import { any, ident, joined, type Sql, sql } from '../kernel/sql.js';
import type { Source } from '../model/config.js';
import { saysTotal } from './totals-rule.js';

/**
 * SQL that fills what only the first row of a record holds into the rows that continue it, in the raw table of a source.
 * A row continues the record above it where the first of these columns is empty; but not one that could not be read, and
 * a row of totals continues none. Nothing where the source fills nothing down. Errors: PAM-CFG-004.
 */
export function fillDown(
  source: Source,
  table: { raw: string; columns: readonly string[]; torn: string; grain: number },
): Sql | undefined {
  const [begins] = source.fillDown ?? [];
  if (begins === undefined) return undefined;
  const named = (column: string) =>
    table.columns.find((each) => each.toLowerCase() === column.toLowerCase()) !== undefined;
  if (!named(begins)) {
    throw new PamojaError('PAM-CFG-004', `"${begins}" tells where a record begins, and is not mapped.`, {
      where: `sources.${source.name}.fillDown`,
      next: 'Name first the column that is the key of the record.',
    });
  }
  const empty = (text: Sql) => sql`coalesce(trim(${text}), '') = ''`;
  const own = (column: string) => sql`r.${ident(column)}`;
  const filled = (source.fillDown ?? [])
    .filter(named)
    .map(
      (column) =>
        sql`${ident(column)} = coalesce(nullif(trim(r.${ident(column)}), ''), head.${ident(column)})`,
    );
  return sql`UPDATE ${ident(table.raw)} AS r SET ${joined(filled)}
    FROM (SELECT r.rowid AS here, b.begins FROM ${ident(table.raw)} r ASOF JOIN (
        SELECT _file, _ordinal, rowid AS begins FROM ${ident(table.raw)} WHERE NOT ${empty(ident(begins))}
        UNION ALL SELECT _file, _ordinal, NULL FROM ${ident(table.torn)} WHERE _grain = ${table.grain}) b
      ON r._file = b._file AND r._ordinal > b._ordinal
      WHERE ${empty(own(begins))} AND NOT ${any(table.columns.map((column) => saysTotal(own(column))))}) c
    JOIN ${ident(table.raw)} head ON head.rowid = c.begins WHERE r.rowid = c.here`;
}
