import type { Postgres } from '../engine/postgres.js';
import { ident, joined, literal, type Sql, sql } from '../kernel/sql.js';
import type { Project } from '../model/config.js';
import { currencyOfWhole } from '../model/currency-of-whole.js';
import type { Entity, Measure } from '../model/entity.js';
import { currencyCode } from './currency-of-amounts.js';

/** What a measure comes to in one currency; the sum as text, exactly as PostgreSQL has it. */
export interface Sum {
  currency: string;
  sum: string;
}

/** The rows of one source in one currency; NULL where nothing tells one. Sums by the name of their field. */
type Group = { source: string | null; currency: string | null; rows: number } & Record<string, string>;

/** What PostgreSQL counts and adds up of its tables, each of which it reads once however much is asked of it. */
export class StoredSums {
  private readonly groups = new Map<string, Promise<Group[]>>();

  constructor(
    private readonly postgres: Postgres,
    private readonly project: Project,
  ) {}

  async rowsOf(entity: Entity): Promise<number> {
    if (entity.kind === 'document' && (entity.measures ?? []).length > 0)
      return (await this.groupsOf(entity)).reduce((sum, { rows }) => sum + rows, 0);
    const { count } = await this.postgres.row<{ count: number }>(
      sql`SELECT count(*) FROM ${ident(this.project.schema, entity.name)}`,
    );
    return count;
  }

  /** The sums of a measure over the rows of a source; in `fallback` where no currency is told. */
  async sumsOf(entity: Entity, measure: Measure, source: string, fallback: string): Promise<Sum[]> {
    return (await this.everySumOf(entity, measure))
      .filter((each) => each.source === source)
      .map(({ currency, sum }) => ({ currency: currency ?? fallback, sum }));
  }

  /** The sums of a measure over all rows, source by source; `currency` is NULL where none is told. */
  async everySumOf(
    entity: Entity,
    { field }: Measure,
  ): Promise<{ source: string | null; currency: string | null; sum: string }[]> {
    return (await this.groupsOf(entity)).map(({ source, currency, ...group }) => ({
      source,
      currency,
      sum: String(group[`sum ${field}`]),
    }));
  }

  private groupsOf(entity: Entity): Promise<Group[]> {
    const known = this.groups.get(entity.name) ?? this.readGroups(entity);
    this.groups.set(entity.name, known);
    return known;
  }

  private async readGroups(entity: Entity): Promise<Group[]> {
    const measures = entity.measures ?? [];
    const { currency, join } = await this.currencyOf(entity);
    const sums = measures.map(
      ({ field }) => sql`, coalesce(sum(t.${ident(field)}), 0) AS ${ident(`sum ${field}`)}`,
    );
    const texts = measures.map(({ field }) => {
      const sum = ident(`sum ${field}`);
      return sql`, sum(${sum})::text AS ${sum}`;
    });
    // What the currency means is asked of a few groups, not of every row.
    return this.postgres.query<Group>(sql`
      SELECT source, ${currency.told ? currencyCode(ident('written')) : ident('written')} AS currency,
        sum(rows)::bigint AS rows${joined(texts, '')}
      FROM (SELECT t.source_system AS source, ${currency.value} AS written, count(*) AS rows${joined(sums, '')}
        FROM ${ident(this.project.schema, entity.name)} t ${join} GROUP BY 1, 2) g GROUP BY 1, 2`);
  }

  private async currencyOf(entity: Entity): Promise<{ currency: { value: Sql; told: boolean }; join: Sql }> {
    const [own] = (entity.measures ?? []).flatMap((measure) => measure.currency ?? []);
    if (own !== undefined) return { currency: { value: sql`t.${ident(own)}`, told: true }, join: sql`` };
    const of = currencyOfWhole(entity, this.project.entities);
    if (of === undefined) return { currency: { value: sql`NULL::text`, told: false }, join: sql`` };
    // Where all wholes are in one currency, none of their parts needs to ask its own.
    const codes = new Set((await this.groupsOf(of.whole)).map(({ currency }) => currency));
    const [only] = codes;
    if (codes.size === 1 && typeof only === 'string')
      return { currency: { value: sql`${literal(only)}::text`, told: false }, join: sql`` };
    return {
      currency: { value: sql`w.${ident(of.field)}`, told: true },
      join: sql`LEFT JOIN ${ident(this.project.schema, of.whole.name)} w ON w.${ident(of.whole.id)} = t.${ident(of.reference)}`,
    };
  }
}
