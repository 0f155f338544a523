import type { Equation } from './entity.js';

/** What is said of a record that breaks an equation. */
export function brokenReason(equation: Equation): string {
  return `is not ${plainRightSide(equation)}`;
}

/**
 * The right side of an equation as a person writes it, without casts and with no word of what counts as nothing; `sum` is
 * what a sum over parts is called.
 */
export function plainRightSide({ equals }: Equation, sum = 'the sum of'): string {
  return equals
    .replace(/::DECIMAL\(\d+,\d+\)/g, '')
    .replace(/coalesce\((\w+), 0\)/g, '$1')
    .replace(/\{(\w+)\.(\w+)\}/g, `${sum} $1.$2`);
}
