import type { Workspace } from '../engine/workspace.js';
import type { Log } from '../kernel/log.js';
import { sql } from '../kernel/sql.js';
import { findVanished } from '../linking/find-vanished.js';
import { keepWholes, pairFeeds } from '../linking/keep-wholes.js';
import { listTargets } from '../linking/list-targets.js';
import { makeDocuments, namePlaceholders } from '../linking/make-documents.js';
import { refuseIncomplete } from '../linking/refuse-incomplete.js';
import { resolveReferences } from '../linking/resolve-references.js';
import { tellForsaken } from '../linking/tell-forsaken.js';
import { tellLostParts } from '../linking/tell-lost-parts.js';
import { assignDocumentIds, assignMasterIds } from '../matching/assign-ids.js';
import { clusterRecords } from '../matching/cluster-records.js';
import { gatherInForce } from '../matching/gather-in-force.js';
import { pairRecords } from '../matching/pair-records.js';
import { addPlaceholders, survive } from '../matching/survive.js';
import type { Project } from '../model/config.js';
import { type Entity, references } from '../model/entity.js';
import type { EntityOutcome, Prior } from '../model/ledger.js';
import { tables } from '../model/tables.js';
import { mapRecords } from '../quality/map-records.js';
import { refuseForeignAmounts } from '../quality/refuse-foreign-amounts.js';
import { makeFindings, refuseRecords, refuseShared } from '../quality/refuse-records.js';
import { settleKeys } from '../quality/settle-keys.js';
import { compareAll, compareLinks, outcomeOf } from '../store/compare.js';
import { dropRestated, holdBack } from './drop-restated.js';
import type { ExtractedFeed } from './read-sources.js';

export interface Integration {
  entities: Record<string, EntityOutcome>;
  nextIds: Record<string, number>;
}

/** What others do while a run is integrated. */
export interface WhileIntegrating {
  handOver?: ((entities: readonly Entity[]) => void) | undefined;
  mastersStand: () => Promise<void>;
}

/** Maps, cleans and judges the records by themselves: what does not depend on the database. */
export async function mapAndJudge(
  workspace: Workspace,
  project: Project,
  feeds: readonly ExtractedFeed[],
  log: Log,
  entities: readonly Entity[] = project.entities,
): Promise<void> {
  for (const entity of entities) {
    log.step(`Cleaning ${entity.name.replaceAll('_', ' ')}`);
    await mapRecords(workspace, entity, of(feeds, entity));
  }
}

/**
 * From mapped records to what shall be published: refuses, matches, links, and compares with what is published.
 * Depends on the database as of `prior`; a run that was overtaken does it again. With `handOver`, for tables that are
 * all new, entities are handed over as soon as their rows stand, all masters together. `mastersStand` is called when
 * masters are matched, and maps the documents: meanwhile masters are loaded.
 */
export async function integrate(
  workspace: Workspace,
  project: Project,
  feeds: readonly ExtractedFeed[],
  prior: Prior,
  log: Log,
  { handOver, mastersStand }: WhileIntegrating,
): Promise<Integration> {
  const nextIds = { ...prior.nextIds };
  const next = (entity: Entity) => nextIds[entity.name] ?? 1;
  const documents = project.entities.filter((entity) => entity.kind === 'document');
  const masters = project.entities.filter((entity) => entity.kind === 'master');
  await makeFindings(workspace);
  await dropRestated(workspace, feeds, masters, project.orderIntegrity);
  await pairFeeds(workspace, feeds);

  for (const entity of project.entities) {
    if (entity === documents[0]) {
      await mastersStand();
      await dropRestated(workspace, feeds, documents, project.orderIntegrity);
    }
    log.step(`${entity.kind === 'master' ? 'Matching' : 'Linking'} ${entity.name.replaceAll('_', ' ')}`);
    const own = of(feeds, entity);
    await refuseRecords(workspace, entity, own);
    await refuseShared(workspace, entity, own);
    await settleKeys(workspace, entity, own);
    await findVanished(workspace, entity, own, project.maxVanished);
    await resolveReferences(workspace, entity, project.entities, own);
    await refuseForeignAmounts(workspace, entity, project.entities, own);
    if (entity.kind === 'document') await holdBack(workspace, entity, own);
    if (entity.kind === 'master') {
      await gatherInForce(workspace, entity, own);
      await pairRecords(workspace, entity);
      await clusterRecords(workspace, entity);
      nextIds[entity.name] = await assignMasterIds(workspace, entity, next(entity));
      await survive(workspace, entity);
      if (handOver !== undefined && entity === masters.at(-1)) {
        for (const master of masters) await linkWithoutPlaceholders(workspace, master);
        handOver(masters);
      }
    }
    // Nobody refers to a line: what has millions of rows is spared the list.
    if (project.entities.some((each) => references(each).some((field) => field.entity === entity.name))) {
      await listTargets(workspace, entity, own);
    }
  }

  if (project.orderIntegrity === 'whole') await refuseIncomplete(workspace, feeds);
  await keepWholes(workspace, project.entities, feeds, project.orderIntegrity);
  for (const entity of project.entities) {
    nextIds[entity.name] = await namePlaceholders(workspace, entity, documents, feeds, next(entity));
    if (entity.kind === 'master') await addPlaceholders(workspace, entity);
    else nextIds[entity.name] = await assignDocumentIds(workspace, entity, of(feeds, entity), next(entity));
  }
  for (const entity of documents) {
    await makeDocuments(workspace, entity, project.entities, feeds);
    handOver?.([entity]);
  }

  log.step('Comparing with the database');
  await tellForsaken(workspace, project.entities, project.sources, log);
  await compareAll(workspace, project.entities, feeds, project.maxVanished);
  await tellLostParts(workspace, project.entities, feeds);
  const entities: Record<string, EntityOutcome> = {};
  for (const entity of project.entities) {
    await compareLinks(workspace, entity);
    entities[entity.name] = await outcomeOf(workspace, entity);
  }
  return { entities, nextIds };
}

/** Which placeholders are needed is known when all documents are; their links come then. */
async function linkWithoutPlaceholders(workspace: Workspace, master: Entity): Promise<void> {
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${tables.placeholders(master.name)} (source VARCHAR, id BIGINT)`,
  );
  await compareLinks(workspace, master);
}

/** Whether publishing would change a row or a link. */
export async function changesAnything(workspace: Workspace, project: Project): Promise<boolean> {
  for (const entity of project.entities) {
    if ((await workspace.size(tables.links(entity.name))) > 0) return true;
    const made = sql`SELECT count(*) FROM ${tables.changes(entity.name)} WHERE action IN ('created', 'updated', 'deleted')`;
    if ((await workspace.count(made)) > 0) return true;
  }
  return false;
}

function of(feeds: readonly ExtractedFeed[], entity: Entity): ExtractedFeed[] {
  return feeds.filter((feed) => feed.entity.name === entity.name);
}
