import { PamojaError } from '../../kernel/errors.js';

/** Names of members from the outside in; none is the value itself. */
export type JsonPath = readonly string[];

/** A column of a grain: where its value stands, in the record (`climbs`) or in the line. */
export interface JsonColumn {
  name: string;
  climbs: boolean;
  path: JsonPath;
  /** Numbers are written with a comma, as the mapping reads them. */
  commas?: boolean;
}

const STEP = /\["((?:[^"\\]|\\.)+)"\]|([^.[\]"]+)/y;

/**
 * Reads `address.city`; a member whose own name holds a dot or bracket is written `["a.b"]`, as in
 * `prices["net.kes"].amount`. `$` is the value itself.
 * Errors: PAM-CFG-003 where the text is no path.
 */
export function parsePath(text: string, where: string): JsonPath {
  if (text === '$') return [];
  const steps: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (steps.length > 0 && text[at] === '.') at += 1;
    STEP.lastIndex = at;
    const found = STEP.exec(text);
    const afterName = steps.length > 0 && text[at - 1] !== '.';
    if (found === null || (afterName && found[2] !== undefined)) return refuse(text, where);
    steps.push(found[2] ?? found[1]!.replace(/\\(.)/g, '$1'));
    at = STEP.lastIndex;
  }
  return steps.length === 0 || text.endsWith('.') ? refuse(text, where) : steps;
}

function refuse(text: string, where: string): never {
  throw new PamojaError('PAM-CFG-003', `"${text}" is not a path into JSON.`, {
    where,
    next: 'Write members with dots (address.city), a name that holds a dot as ["a.b"], the value itself as $.',
  });
}

export function parseColumn(name: string, where: string): JsonColumn {
  const climbs = name.startsWith('^');
  return { name, climbs, path: parsePath(climbs ? name.slice(1) : name, where) };
}

/** The path as a person writes it. */
export function pathText(path: JsonPath): string {
  return path
    .map((step, i) => {
      if (/[.[\]"\\]|^\^|^\$$/.test(step)) return `["${step.replace(/["\\]/g, '\\$&')}"]`;
      return i === 0 ? step : `.${step}`;
    })
    .join('');
}

/** The path as a JSON pointer, which takes every name as it is; `$."a b"` would not. */
export function pointer(path: JsonPath): string {
  return path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
