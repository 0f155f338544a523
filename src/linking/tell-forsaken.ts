import type { Workspace } from '../engine/workspace.js';
import type { Log } from '../kernel/log.js';
import { literals, sql } from '../kernel/sql.js';
import type { Entity } from '../model/entity.js';
import { tables } from '../model/tables.js';

/** Warns of records of sources that the configuration no longer names: they stay, and count beside a source renamed. */
export async function tellForsaken(
  workspace: Workspace,
  entities: readonly Entity[],
  sources: readonly { name: string }[],
  log: Log,
): Promise<void> {
  const named = literals(sources.map(({ name }) => name));
  for (const { name } of entities) {
    if ((await workspace.size(tables.priorLinks(name))) === 0) continue;
    const forsaken = await workspace.rows<{ source: string; records: number }>(sql`
      SELECT source, count(*) AS records FROM ${tables.priorLinks(name)}
      WHERE NOT deleted AND NOT placeholder AND source NOT IN ${named} GROUP BY 1 ORDER BY 1`);
    for (const { source, records } of forsaken) {
      const what = `${records.toLocaleString('en')} ${name.replaceAll('_', ' ')} of the source ${source}`;
      log.warn(`${what} stay: the configuration no longer names it.`);
    }
  }
}
