import type { Workspace } from '../engine/workspace.js';
import { addDecimals, negated } from '../kernel/add-decimals.js';
import { PamojaError } from '../kernel/errors.js';
import { ident, literal, type Sql, sql } from '../kernel/sql.js';
import type { Entity, Measure } from '../model/entity.js';
import { changedAmount, type LedgerLine } from '../model/ledger.js';
import { tables } from '../model/tables.js';
import { currencyOfCandidates, NO_CURRENCY, onlyCurrency } from './currency-of-amounts.js';
import { type AmountFeed, measureName, rawAmounts } from './sum-amounts.js';

/** A feed with the names of its files. */
export interface MoneyFeed extends AmountFeed {
  files: readonly string[];
}

/**
 * Demands that money which was read is accepted, rejected, filtered or repeated, but for what rules made of it. Where a
 * ledger line says that some was changed, the records are asked of which a rule mended or emptied the amount: they must
 * account for all of it. `isMended` is SQL over the mapped table. Nothing is asked where nothing was changed. Errors:
 * PAM-LED-001.
 */
export async function demandMoney<Feed extends MoneyFeed>(
  workspace: Workspace,
  feeds: readonly Feed[],
  entities: readonly Entity[],
  ledger: readonly LedgerLine[],
  isMended: (feed: Feed, field: string) => Sql,
): Promise<void> {
  const open = changedIn(ledger);
  const asked = new Set([...open.values()].filter(isSome).map(({ of }) => of));
  if (asked.size === 0) return;
  for (const feed of feeds) {
    for (const measure of feed.entity.measures ?? []) {
      if (!asked.has(placeOf(feed.source.name, measureName(feed, measure)))) continue;
      for (const mended of await mendedAmounts(workspace, feed, entities, measure, isMended)) {
        const place = [feed.source.name, feed.files[mended.file] ?? '', measureName(feed, measure)];
        const line = open.get(JSON.stringify([...place, mended.currency]));
        if (line !== undefined) line.changed = addDecimals(line.changed, negated(mended.changed));
      }
    }
  }
  const lost = [...open.values()].find(isSome);
  if (lost === undefined) return;
  const { source, file, measure, currency, changed } = lost;
  const amount = `${currency === NO_CURRENCY ? '' : `${currency} `}${changed}`;
  throw new PamojaError(
    'PAM-LED-001',
    `${measure}: what was read and what became of it differ by ${amount}, and no rule mended so much.`,
    {
      where: `${source}: ${file}`,
      next: 'Nothing was published. Please report this with the file, if you may.',
    },
  );
}

interface Changed {
  source: string;
  file: string;
  measure: string;
  currency: string;
  /** What is not explained yet. */
  changed: string;
  /** Source and measure. */
  of: string;
}

function changedIn(ledger: readonly LedgerLine[]): Map<string, Changed> {
  const open = new Map<string, Changed>();
  for (const { source, file, amounts } of ledger) {
    for (const { measure, currency, ...sums } of amounts) {
      const key = JSON.stringify([source, file, measure, currency]);
      const changed = addDecimals(open.get(key)?.changed ?? '0', changedAmount(sums));
      open.set(key, { source, file, measure, currency, changed, of: placeOf(source, measure) });
    }
  }
  return open;
}

function isSome({ changed }: Changed): boolean {
  return Number(changed) !== 0;
}

function placeOf(source: string, measure: string): string {
  return JSON.stringify([source, measure]);
}

/** What rules made of a measure, file by file: the sums of what stands less what was read. */
async function mendedAmounts<Feed extends MoneyFeed>(
  workspace: Workspace,
  feed: Feed,
  entities: readonly Entity[],
  measure: Measure,
  isMended: (feed: Feed, field: string) => Sql,
): Promise<{ file: number; currency: string; changed: string }[]> {
  const read = rawAmounts(feed, measure);
  if (read === undefined) return [];
  const only = await onlyCurrency(workspace, feed, measure, entities);
  const { currency, join } =
    only === undefined
      ? currencyOfCandidates(feed, measure, entities)
      : { currency: literal(only), join: sql`` };
  return workspace.rows(sql`
    SELECT m.file, ${currency} AS currency, sum(coalesce(m.${ident(measure.field)}, 0) - coalesce(a.amount, 0))::VARCHAR AS changed
    FROM (SELECT rowid, * FROM ${tables.mapped(feed.entity.name)} WHERE feed = ${feed.index} AND ${isMended(feed, measure.field)}) m
    ${join} LEFT JOIN (${read}) a ON a.rec = m.rec GROUP BY ALL`);
}
