import type { Workspace } from '../engine/workspace.js';
import { ident, literal, raw, sql } from '../kernel/sql.js';
import { type Entity, references, wholeOf } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { tables } from '../model/tables.js';
import { askWhole, wholeEquations } from './whole-equations.js';

/**
 * An order with its lines is one whole: a refused line refuses its order (unless integrity is `lines`), a refused
 * order its lines and all that refers to it. Asks the equations between wholes and parts in between. Ends when
 * nothing changes; every refusal for another's sake names the root.
 */
export async function keepWholes(
  workspace: Workspace,
  entities: readonly Entity[],
  feeds: readonly FeedRef[],
  integrity: 'whole' | 'lines',
): Promise<void> {
  const documents = entities.filter((entity) => entity.kind === 'document');
  await spread(workspace, documents, integrity);
  for (const entity of documents) {
    for (const equation of wholeEquations(entity)) {
      await askWhole(workspace, entity, equation, feeds, integrity);
    }
  }
  await spread(workspace, documents, integrity);
}

async function spread(
  workspace: Workspace,
  documents: readonly Entity[],
  integrity: 'whole' | 'lines',
): Promise<void> {
  const refusedNow = () => total(workspace, documents);
  for (let before = -1, now = await refusedNow(); now !== before; ) {
    before = now;
    if (integrity === 'whole') {
      for (const part of [...documents].reverse()) await refuseWholes(workspace, part);
    }
    for (const entity of documents) await refuseReferring(workspace, entity, documents);
    now = await refusedNow();
  }
}

async function total(workspace: Workspace, documents: readonly Entity[]): Promise<number> {
  let sum = 0;
  for (const entity of documents)
    sum += await workspace.count(sql`SELECT count(*) FROM ${tables.refused(entity.name)}`);
  return sum;
}

/** Up: the whole of a refused part. Its key may be known even where the part was refused before it was linked. */
async function refuseWholes(workspace: Workspace, part: Entity): Promise<void> {
  const reference = wholeOf(part);
  if (reference === undefined) return;
  const whole = reference.entity;
  await workspace.run(sql`INSERT INTO ${tables.refused(whole)}
    SELECT w.seq, 'cascade', '', NULL, ${literal(`one of its ${part.name.replaceAll('_', ' ')} was refused`)},
      arg_min(coalesce(r.root_entity, ${literal(part.name)}), r.seq), arg_min(coalesce(r.root_seq, r.seq), r.seq), false
    FROM ${tables.refused(part.name)} r JOIN ${tables.mapped(part.name)} m ON m.rowid = r.seq
    JOIN ${ident('feed_wholes')} fw ON fw.feed = m.feed
    JOIN ${tables.accepted(whole)} w ON w.key = m.${ident(reference.name)} AND list_contains(fw.wholes, w.feed)
    GROUP BY w.seq`);
}

/** Which feeds give the wholes of which parts: by the source that the part's reference means. */
export async function pairFeeds(workspace: Workspace, feeds: readonly FeedRef[]): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE feed_wholes (feed INTEGER, wholes INTEGER[])`);
  for (const part of feeds) {
    const reference = wholeOf(part.entity);
    if (reference === undefined) continue;
    const source = part.feed.fields[reference.name]?.source ?? part.source.name;
    const wholes = feeds.filter(
      (each) => each.entity.name === reference.entity && each.source.name === source,
    );
    await workspace.run(
      sql`INSERT INTO feed_wholes VALUES (${part.index}, [${raw(wholes.map((each) => each.index).join(', '))}])`,
    );
  }
}

/** Down: what refers to a refused candidate. A reference that a published row still answers may stay; a part may not. */
async function refuseReferring(
  workspace: Workspace,
  entity: Entity,
  documents: readonly Entity[],
): Promise<void> {
  for (const reference of references(entity)) {
    if (!documents.some((each) => each.name === reference.entity)) continue;
    const one = reference.entity.replace(/s$/, '').replaceAll('_', ' ');
    const gone = reference.part ? sql`true` : sql`r.id IS NULL`;
    await workspace.run(sql`INSERT INTO ${tables.refused(entity.name)}
      SELECT r.seq, 'cascade', ${literal(reference.name)}, NULL, ${literal(`its ${one} was refused`)},
        coalesce(t.root_entity, ${literal(reference.entity)}), coalesce(t.root_seq, t.seq), false
      FROM ${tables.resolved(entity.name, reference.name)} r JOIN ${tables.refused(reference.entity)} t ON t.seq = r.target_seq
      WHERE ${gone} AND r.seq NOT IN (SELECT seq FROM ${tables.refused(entity.name)})`);
  }
}
