import { PamojaError, shownMessageOf } from '../../kernel/errors.js';
import { withoutSecrets } from '../../kernel/log.js';
import type { Output } from '../output.js';
import { printable, printableJson } from './printable.js';
import { wrapText } from './wrap-text.js';

export function isPamojaError(error: unknown): error is PamojaError {
  return error instanceof PamojaError;
}

/** An error as a few lines: code, place and message, then what to do. A stack only for those who ask. */
export function renderError(error: unknown, { paint, width, isTty }: Output, verbose: boolean): string[] {
  const stack = verbose ? stackOf(error).map(paint.soft) : [];
  if (!isPamojaError(error)) {
    const message = printable(shownMessageOf(error));
    const advice = verbose ? [] : ['Say the same with --verbose for the details, and please report them.'];
    return [`${paint.bad('Something went wrong inside Pamoja:')} ${message}`, ...advice, ...stack];
  }
  const { code, where, message, next } = error;
  const place = where === undefined ? '' : `${printable(where)}: `;
  const indent = ' '.repeat(code.length + 1);
  const room = isTty ? Math.min(width, 110) - indent.length : Number.POSITIVE_INFINITY;
  const said = wrapText(place + printable(withoutSecrets(message)), room);
  const advised = next === undefined || next === '' ? [] : wrapText(printable(next), room);
  const lines = said.map((line, i) => (i === 0 ? `${paint.bad(code)} ${line}` : indent + line));
  return [...lines, ...advised.map((line) => indent + line), ...stack];
}

/** The parts of an error, as a program reads them. */
export function errorParts(error: unknown): Record<string, string | null> {
  if (!isPamojaError(error)) {
    return { code: null, message: shownMessageOf(error), where: null, next: null };
  }
  const { code, message, where, next } = error;
  return { code, message: withoutSecrets(message), where: where ?? null, next: next || null };
}

export function errorAsJson(error: unknown): string {
  return printableJson(JSON.stringify({ outcome: 'failed', error: errorParts(error) }, null, 2));
}

/** Where it happened, and what caused it; never the properties of a cause, which can hold values of rows. */
function stackOf(error: unknown): string[] {
  const lines: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const frames = (at.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
    if (depth > 0) lines.push(printable(`Caused by: ${shownMessageOf(at)}`));
    lines.push(...frames);
  }
  return lines;
}
