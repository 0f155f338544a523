import { acceptedRows } from '../engine/accepted-rows.js';
import type { Workspace } from '../engine/workspace.js';
import { sayOne } from '../kernel/say-number.js';
import { ident, literal, raw, sql } from '../kernel/sql.js';
import { type Entity, type Reference, references, wholeOf } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import { tables } from '../model/tables.js';
import { wholeEquations } from '../model/whole-equation.js';
import type { LinkedFeed } from './resolve-references.js';
import { askWhole } from './whole-equations.js';

/**
 * An order with its lines is one whole: a refused line refuses its order (unless integrity is `lines`), a refused
 * order its lines and all that refers to it. Asks the equations between wholes and parts in between. Ends when
 * nothing changes; every refusal for another's sake names the root.
 */
export async function keepWholes(
  workspace: Workspace,
  entities: readonly Entity[],
  feeds: readonly LinkedFeed[],
  integrity: 'whole' | 'lines',
): Promise<void> {
  const documents = entities.filter((entity) => entity.kind === 'document');
  const asked: Asked = new Map();
  await spread(workspace, documents, integrity, asked);
  for (const entity of documents) {
    for (const equation of wholeEquations(entity)) {
      await askWhole(workspace, entity, equation, feeds, integrity);
    }
  }
  await spread(workspace, documents, integrity, asked);
}

/** How many were refused of what a question follows from, when it was last asked: only more refusals have more answers. */
type Asked = Map<string, number>;

async function spread(
  workspace: Workspace,
  documents: readonly Entity[],
  integrity: 'whole' | 'lines',
  asked: Asked,
): Promise<void> {
  const refusedOf = ({ name }: Entity) => workspace.size(tables.refused(name));
  /** Asks again where more was refused since; true where that was so. */
  const ask = async (question: string, from: Entity, work: () => Promise<void>) => {
    const now = await refusedOf(from);
    if (asked.get(question) === now) return false;
    asked.set(question, now);
    if (now > 0) await work();
    return now > 0;
  };
  for (let more = true; more; ) {
    more = false;
    for (const part of integrity === 'whole' ? [...documents].reverse() : []) {
      const whole = wholeOf(part);
      if (whole === undefined) continue;
      const did = await ask(`wholes of ${part.name}`, part, () => refuseWholes(workspace, part, whole));
      more ||= did;
    }
    for (const entity of documents) {
      for (const reference of references(entity)) {
        const target = documents.find((each) => each.name === reference.entity);
        if (target === undefined) continue;
        const question = `${entity.name} by ${reference.name}`;
        const did = await ask(question, target, () => refuseReferring(workspace, entity, reference));
        more ||= did;
      }
    }
  }
}

/**
 * Up: the whole of a refused part. Its key may be known even where the part was refused before it was linked. A part
 * that waits, or could, is named as the root before one that a rule refused: the whole waits with it.
 */
async function refuseWholes(workspace: Workspace, part: Entity, reference: Reference): Promise<void> {
  const whole = reference.entity;
  // Gathered first: of millions of parts few are refused.
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE refused_parts AS
    SELECT m.${ident(reference.name)} AS whole, fw.wholes, [CAST(NOT r.waiting AND r.root_entity IS NULL AS BIGINT), r.seq] AS place,
      coalesce(r.root_entity, ${literal(part.name)}) AS root_entity, coalesce(r.root_seq, r.seq) AS root_seq
    FROM ${tables.refused(part.name)} r JOIN ${tables.mapped(part.name)} m ON m.rowid = r.seq
    JOIN ${ident('feed_wholes')} fw ON fw.feed = m.feed WHERE m.${ident(reference.name)} IS NOT NULL`);
  await workspace.run(sql`INSERT INTO ${tables.refused(whole)}
    SELECT w.seq, 'cascade', '', NULL, ${literal(`one of its ${part.name.replaceAll('_', ' ')} was refused`)},
      arg_min(r.root_entity, r.place), arg_min(r.root_seq, r.place), false
    FROM refused_parts r JOIN (${await acceptedRows(workspace, whole)}) w ON w.key = r.whole AND list_contains(r.wholes, w.feed)
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
async function refuseReferring(workspace: Workspace, entity: Entity, reference: Reference): Promise<void> {
  const one = sayOne(reference.entity);
  const gone = reference.part ? sql`true` : sql`r.id IS NULL`;
  await workspace.run(sql`INSERT INTO ${tables.refused(entity.name)}
    SELECT r.seq, 'cascade', ${literal(reference.name)}, NULL, ${literal(`its ${one} was refused`)},
      coalesce(t.root_entity, ${literal(reference.entity)}), coalesce(t.root_seq, t.seq), false
    FROM ${tables.resolved(entity.name, reference.name)} r JOIN ${tables.refused(reference.entity)} t ON t.seq = r.target_seq
    WHERE ${gone} AND r.seq NOT IN (SELECT seq FROM ${tables.refused(entity.name)})`);
}
