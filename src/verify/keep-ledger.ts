import type { Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, sql } from '../kernel/sql.js';
import type { RejectLimit } from '../model/config.js';
import type { Entity } from '../model/entity.js';
import type { FeedRef } from '../model/feed-ref.js';
import type { Amount, LedgerLine } from '../model/ledger.js';
import { bare, tables } from '../model/tables.js';
import { NO_CURRENCY } from './currency-of-amounts.js';
import { sumAmounts } from './sum-amounts.js';
import { addAmount, type SettledFeed, sumSettled } from './sum-settled.js';

/** A feed with the independent counts of its files. */
export interface CountedFeed extends FeedRef, SettledFeed {
  files: string[];
  /** Candidates of each file, counted by other code than the reader. */
  counted: number[];
  /** SHA-256 of each file, in hex; nothing for records that came back from an earlier run. */
  fingerprints: string[];
  tornTable: string;
  grain: number;
}

interface Counts {
  file: number;
  mapped: number;
  filtered: number;
  refused: number;
  repeated: number;
  merged: number;
}

/** Makes the accounting of the run: a line per source, file and entity, with its amounts. */
export async function keepLedger(
  workspace: Workspace,
  feeds: readonly CountedFeed[],
  entities: readonly Entity[],
): Promise<LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for (const feed of feeds) {
    const counts = await countFeed(workspace, feed);
    const torn = await countTorn(workspace, feed);
    const amounts = await sumAmounts(workspace, feed, torn, entities);
    const settled = await sumSettled(workspace, feed);
    feed.files.forEach((file, i) => {
      const found = counts.find((each) => each.file === i);
      const { mapped = 0, refused = 0 } = found ?? {};
      const stands = settled.get(i) ?? { lead: 0, merged: 0, repeated: 0, filtered: 0, amounts: [] };
      const filtered = (found?.filtered ?? 0) + stands.filtered;
      const repeated = (found?.repeated ?? 0) + stands.repeated;
      const merged = (found?.merged ?? 0) + stands.merged;
      const records = mapped + stands.lead + stands.merged + stands.repeated + stands.filtered;
      const read = feed.counted[i] ?? 0;
      const rejected = refused + (torn.get(i) ?? 0);
      const accepted = records - filtered - refused - repeated;
      lines.push({
        source: feed.source.name,
        file,
        entity: feed.entity.name,
        read,
        accepted,
        rejected,
        filtered,
        repeated,
        merged,
        balanced: read === accepted + rejected + filtered + repeated,
        sha256: feed.fingerprints[i] || null,
        amounts: withoutNothing(stands.amounts.reduce(addAmount, amounts.get(i) ?? [])),
      });
    });
  }
  return lines;
}

/** Records without any amount, as the rows of a flat file that say nothing of their order, need no line beside others. */
function withoutNothing(amounts: Amount[]): Amount[] {
  const isNothing = ({ currency, read, accepted, rejected, filtered, repeated, unreadable }: Amount) =>
    currency === NO_CURRENCY &&
    unreadable === 0 &&
    [read, accepted, rejected, filtered, repeated].every((amount) => Number(amount) === 0);
  return amounts.filter(
    (amount) =>
      !isNothing(amount) || !amounts.some((other) => other !== amount && other.measure === amount.measure),
  );
}

async function countFeed(workspace: Workspace, feed: FeedRef): Promise<Counts[]> {
  const { name, kind } = feed.entity;
  if ((await workspace.size(tables.mapped(name))) === 0) return [];
  // A document that stands is a row of its own.
  const mayMerge = kind === 'master' && workspace.exists(bare(tables.golden(name)));
  const merged = mayMerge
    ? sql`count(*) FILTER (NOT m.filtered AND r.seq IS NULL AND p.seq IS NULL AND g.lead IS NULL)`
    : sql`0`;
  const lead = mayMerge
    ? sql`LEFT JOIN (SELECT lead FROM ${tables.golden(name)} WHERE lead IS NOT NULL) g ON g.lead = m.rowid`
    : sql``;
  return workspace.rows<Counts>(sql`
    SELECT m.file, count(*) AS mapped, count(*) FILTER (m.filtered) AS filtered, count(r.seq) AS refused,
      count(p.seq) AS repeated, ${merged} AS merged
    FROM ${tables.mapped(name)} m
    LEFT JOIN (SELECT DISTINCT seq FROM ${tables.refused(name)}) r ON r.seq = m.rowid
    LEFT JOIN ${tables.repeated(name)} p ON p.seq = m.rowid ${lead}
    WHERE m.feed = ${feed.index} GROUP BY m.file`);
}

async function countTorn(workspace: Workspace, feed: CountedFeed): Promise<Map<number, number>> {
  if ((await workspace.size(ident(feed.tornTable))) === 0) return new Map();
  const rows = await workspace.rows<{ file: number; torn: number }>(
    sql`SELECT _file AS file, count(*) AS torn FROM ${ident(feed.tornTable)} WHERE _grain = ${feed.grain} GROUP BY _file`,
  );
  return new Map(rows.map((row) => [row.file, row.torn]));
}

/** Errors: PAM-LED-001 where a line does not balance: a row is unaccounted for, so nothing may be published. */
export function demandBalance(lines: readonly LedgerLine[]): void {
  const unbalanced = lines.find((line) => !line.balanced);
  if (unbalanced === undefined) return;
  const { read, accepted, rejected, filtered, repeated } = unbalanced;
  throw new PamojaError(
    'PAM-LED-001',
    `${unbalanced.entity}: read ${read}, but accepted ${accepted} + rejected ${rejected} + filtered ${filtered} + repeated ${repeated}.`,
    {
      where: `${unbalanced.source}: ${unbalanced.file}`,
      next: 'Nothing was published. Please report this with the file, if you may.',
    },
  );
}

/** How many records of a feed were refused for their own sake. */
async function countRoots(workspace: Workspace, { index, entity }: FeedRef): Promise<number> {
  const refused = tables.refused(entity.name);
  if ((await workspace.size(refused)) === 0) return 0;
  return workspace.count(sql`SELECT count(DISTINCT r.seq) FROM ${refused} r
    JOIN ${tables.mapped(entity.name)} m ON m.rowid = r.seq WHERE m.feed = ${index} AND r.root_seq IS NULL`);
}

/** Errors: PAM-QUA-001 where more records were refused for their own sake than the project allows. */
export async function demandQuality(
  workspace: Workspace,
  feeds: readonly CountedFeed[],
  limit: RejectLimit,
): Promise<void> {
  for (const feed of feeds) {
    const { name } = feed.entity;
    const roots = await countRoots(workspace, feed);
    const torn = [...(await countTorn(workspace, feed)).values()].reduce((sum, each) => sum + each, 0);
    const read = feed.counted.reduce((sum, each) => sum + each, 0);
    const refused = roots + torn;
    if (refused < limit.minRows || refused <= read * limit.maxShare) continue;
    throw new PamojaError(
      'PAM-QUA-001',
      `${refused} of ${read} ${name} were refused, more than ${limit.maxShare * 100} %. Nothing was published.`,
      {
        where: feed.source.name,
        next: 'See why: pamoja rejects. If it is as it should be, raise rejects.maxShare.',
      },
    );
  }
}
