import { raw, type Sql } from '../kernel/sql.js';
import type { Entity, Equation } from './entity.js';

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

/** The right side of an equation, its sums replaced by columns `sum_0`, `sum_1`, …. */
export function rightSide(equation: Equation): Sql {
  let text = equation.equals;
  partSums(equation).forEach(({ written }, i) => {
    text = text.replace(written, `sum_${i}`);
  });
  return raw(text);
}
