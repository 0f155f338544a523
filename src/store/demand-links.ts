import type { Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { sayMany } from '../kernel/say-number.js';
import { sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { tables } from '../model/tables.js';

/**
 * Stops a run where somebody took links away: their records would pass for new ones, and every customer would be there
 * twice. Needs everything that is published. Errors: PAM-DB-012.
 */
export async function demandLinks(
  workspace: Workspace,
  masters: readonly Entity[],
  where: string,
): Promise<void> {
  for (const { name } of masters) {
    const links = sql`(FROM ${tables.priorLinks(name)} WHERE NOT deleted AND NOT placeholder)`;
    const records = sql`(FROM ${tables.priorRecords(name)} WHERE variant = 0)`;
    const few = await workspace.count(
      sql`SELECT greatest(0, (SELECT count(*) FROM ${records}) - (SELECT count(*) FROM ${links}))`,
    );
    if (few === 0) continue;
    throw new PamojaError('PAM-DB-012', `${sayMany(few, 'link')} of ${name} are gone.`, {
      where,
      next: 'Nothing was changed. Restore the table of links from a backup; or begin anew, with tables and bookkeeping that are empty.',
    });
  }
}
