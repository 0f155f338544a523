import { raw, type Sql } from '../kernel/sql.js';
import type { Entity, Equation } from './entity.js';
import type { FeedRef } from './feed-ref.js';

/** Equations between a whole and its parts, as a total is over lines. */
export function wholeEquations(entity: Entity): Equation[] {
  return (entity.equations ?? []).filter((equation) => equation.equals.includes('{'));
}

/** The entities and fields that an equation sums over: `{order_items.subtotal}`. */
export function partSums(equation: Equation): { part: string; field: string; written: string }[] {
  return [...equation.equals.matchAll(/\{(\w+)\.(\w+)\}/g)].map((found) => ({
    part: found[1] as string,
    field: found[2] as string,
    written: found[0],
  }));
}

/** The sources of wholes of which none gives the field of an equation: there it follows from the parts. */
export function summingSources({ name }: Entity, { field }: Equation, feeds: readonly FeedRef[]): string[] {
  const own = feeds.filter((feed) => feed.entity.name === name);
  const giving = own.filter(({ feed }) => feed.fields[field] !== undefined).map(({ source }) => source.name);
  return own.map(({ source }) => source.name).filter((source) => !giving.includes(source));
}

/** The right side of an equation, its sums replaced by columns `sum_0`, `sum_1`, …. */
export function rightSide(equation: Equation): Sql {
  let text = equation.equals;
  partSums(equation).forEach(({ written }, i) => {
    text = text.replace(written, `sum_${i}`);
  });
  return raw(text);
}
