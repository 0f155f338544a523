import type { Workspace } from '../engine/workspace.js';
import { literals, type Sql, sql } from '../kernel/sql.js';
import { type Entity, wholeOf } from '../model/entity.js';
import { type FeedRef, sourceOf } from '../model/feed-ref.js';
import { givenWhole } from '../model/gives-all-parts.js';
import { tables } from '../model/tables.js';

/**
 * SQL of the parts published before that stay beside those of this run, where their whole comes again: their source
 * does not give all of them anew. With `named` only those of sources that the configuration names. Undefined where
 * there are none.
 */
export async function keptParts(
  workspace: Workspace,
  part: Entity,
  feeds: readonly FeedRef[],
  which: 'all' | 'named',
): Promise<Sql | undefined> {
  const prior = tables.priorRows(part.name);
  if ((await workspace.size(prior)) === 0) return undefined;
  const own = feeds.filter((feed) => feed.entity.name === part.name);
  const named = which === 'named' ? sql`source_system IN ${namesOf(own)} AND ` : sql``;
  const anew = givenWhole(part.name, wholeOf(part)?.entity ?? '', feeds);
  const staying = sql`(FROM ${prior} WHERE ${named}NOT ${anew})`;
  if ((await workspace.count(sql`SELECT count(*) FROM ${staying}`)) === 0) return undefined;
  return sql`SELECT p.* FROM ${staying} p
    ANTI JOIN (${givenAnew(part, feeds)}) n ON n.source = p.source_system AND n.key = p.source_key`;
}

function namesOf(feeds: readonly FeedRef[]): Sql {
  return literals(feeds.map(({ source }) => source.name));
}

/** Source and key of the parts of this run that stand. */
export function givenAnew({ name }: Entity, feeds: readonly FeedRef[]): Sql {
  return sql`SELECT ${sourceOf(feeds, sql`l.feed`)} AS source, l.key FROM ${tables.linked(name)} l
    ANTI JOIN ${tables.refused(name)} r ON r.seq = l.seq`;
}
