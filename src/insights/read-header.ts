import { PamojaError } from '../kernel/errors.js';
import { suggestion } from '../kernel/nearest.js';
import type { Insight, InsightChart, InsightParameter, ParameterType } from './insight.js';
import { checkValue } from './parameter-value.js';

const TYPES: Record<string, ParameterType> = {
  text: 'text',
  integer: 'integer',
  int: 'integer',
  bigint: 'integer',
  numeric: 'numeric',
  decimal: 'numeric',
  date: 'date',
  timestamp: 'timestamp',
  boolean: 'boolean',
  bool: 'boolean',
};

const PARAMETER = /^param\s+([A-Za-z_]\w*)\s*:\s*([A-Za-z]+)\s*(.*)$/;
const DEFAULT = /^=\s*('(?:[^']|'')*'|\S+)\s*(.*)$/;
const CHART = /^chart\s+(\w+)((?:\s+\w+=\w+)*)$/;

type Header = Pick<Insight, 'title' | 'description' | 'parameters' | 'chart'>;

/**
 * Reads the comments that an insight begins with: its title, a description, `param name: type = default  meaning` and
 * `chart line x=month y=revenue by=currency`. `file` says where it is written. Errors: PAM-CFG-003.
 */
export function readHeader(text: string, name: string, file: string): Header {
  const said: string[] = [];
  const parameters: InsightParameter[] = [];
  let chart: InsightChart = { kind: 'none' };
  for (const [index, line] of headerLines(text).entries()) {
    const where = `${file}, line ${index + 1}`;
    if (/^param\b/.test(line)) {
      const parameter = readParameter(line, where);
      if (parameters.some((each) => each.name === parameter.name))
        throw wrong(`The parameter "${parameter.name}" is there twice.`, where, 'Take one away.');
      parameters.push(parameter);
    } else if (/^chart\b/.test(line)) chart = readChart(line, where);
    else if (line !== '') said.push(line);
  }
  const [title = sentence(name), ...description] = said;
  return { title: title.replace(/\.$/, ''), description: description.join(' '), parameters, chart };
}

/** The text of the comment lines before the first line of code. */
function headerLines(text: string): string[] {
  const lines: string[] = [];
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const found = /^\s*(?:--\s?(.*))?$/.exec(line);
    if (found === null) break;
    lines.push((found[1] ?? '').trim());
  }
  return lines;
}

function readParameter(line: string, where: string): InsightParameter {
  const [, name, typeName, rest = ''] = PARAMETER.exec(line) ?? [];
  if (name === undefined || typeName === undefined)
    throw wrong(
      `"${line}" is no parameter.`,
      where,
      'It looks like: -- param min_price: numeric = 100  Lowest price',
    );
  const type = TYPES[typeName.toLowerCase()];
  if (type === undefined)
    throw wrong(
      `There is no type "${typeName}" for a parameter.`,
      where,
      suggestion(typeName, Object.keys(TYPES)),
    );
  const [, written, after] = DEFAULT.exec(rest) ?? [];
  if (written === undefined) {
    if (rest.startsWith('='))
      throw wrong(`"${name}" has no value after =.`, where, 'Without a default it is NULL.');
    return { name, type, default: null, description: rest };
  }
  const value = written.startsWith("'") ? written.slice(1, -1).replaceAll("''", "'") : written;
  if (/^null$/i.test(written)) return { name, type, default: null, description: after ?? '' };
  const checked = checkValue(type, value);
  if (!checked.ok)
    throw wrong(`The default of "${name}" is ${value}; it is ${checked.expected}.`, where, 'Correct it.');
  return { name, type, default: checked.value, description: after ?? '' };
}

function readChart(line: string, where: string): InsightChart {
  const [, kind, axes = ''] = CHART.exec(line) ?? [];
  if (kind === 'none') return { kind };
  const given = new Map([...axes.matchAll(/(\w+)=(\w+)/g)].map(([, axis, column]) => [axis, column]));
  const [x, y] = [given.get('x'), given.get('y')];
  const known = [...given.keys()].every((axis) => axis === 'x' || axis === 'y' || axis === 'by');
  if ((kind === 'bar' || kind === 'line' || kind === 'tiles') && x !== undefined && y !== undefined && known)
    return { kind, x, y, by: given.get('by') ?? null };
  throw wrong(
    `"${line}" is no chart.`,
    where,
    'It looks like: -- chart line x=month y=revenue by=currency; the kinds are bar, line, tiles and none.',
  );
}

function sentence(name: string): string {
  const words = name.replaceAll(/[-_]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function wrong(message: string, where: string, next: string): PamojaError {
  return new PamojaError('PAM-CFG-003', message, { where, next });
}
