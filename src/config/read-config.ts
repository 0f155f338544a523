import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { messageOf, PamojaError } from '../kernel/errors.js';
import { nearest, suggestion } from '../kernel/nearest.js';
import type { Project, ProjectConfig } from '../model/config.js';
import { projectSchema } from './config-schema.js';
import type { Locate } from './locate.js';
import { resolveProject } from './resolve-project.js';

const NAMES = ['yaml', 'yml', 'ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `pamoja.config.${ending}`);

/**
 * Reads and checks the configuration of a project.
 * `from` is a file, or a folder that holds one. Errors: PAM-CFG-001 to 004, each naming the path and the remedy.
 */
export async function readProject(from: string): Promise<Project> {
  const file = findConfig(from);
  const { value, locate } = await load(file);
  return parseProject(value, dirname(file), locate);
}

/** Checks a configuration given as an object and fills in its defaults, as a library user has it. */
export function parseProject(
  value: unknown,
  root: string,
  locate: Locate = (path) => (path.length === 0 ? 'the configuration' : path.map(String).join('.')),
): Project {
  refuseNul(value, locate);
  const parsed = projectSchema.safeParse(value);
  if (!parsed.success) throw explain(parsed.error, value, locate);
  return resolveProject(parsed.data as ProjectConfig, resolve(root), locate);
}

/** Neither database can be told of the character NUL. Errors: PAM-CFG-003. */
function refuseNul(value: unknown, locate: Locate): void {
  const seen = new Set<object>();
  const visit = (here: unknown, path: readonly string[]): void => {
    if (typeof here === 'string' && here.includes('\0')) {
      throw new PamojaError('PAM-CFG-003', 'holds the character NUL, which no database can store.', {
        where: locate(path),
      });
    }
    if (typeof here !== 'object' || here === null || seen.has(here)) return;
    seen.add(here);
    for (const [key, inner] of Object.entries(here)) {
      visit(key, path);
      visit(inner, [...path, key]);
    }
  };
  visit(value, []);
}

export function findConfig(from: string): string {
  const path = resolve(from);
  if (extname(path) !== '' && statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  const found = NAMES.map((name) => join(path, name)).find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw new PamojaError('PAM-CFG-001', 'No pamoja.config.yaml here (nor .ts, .js, .json).', {
    where: path,
    next: 'Run: pamoja init',
  });
}

async function load(file: string): Promise<{ value: unknown; locate: Locate }> {
  const shown = basename(file);
  if (/\.(ya?ml|json)$/.test(file)) {
    const lines = new LineCounter();
    // JSON is YAML, so both give the line of a mistake.
    const document = parseDocument(textOf(file), { lineCounter: lines, prettyErrors: true });
    const [error] = document.errors;
    if (error !== undefined) {
      const line = error.linePos?.[0].line;
      const [first = ''] = error.message.split('\n');
      throw new PamojaError('PAM-CFG-002', `${first.replace(/ at line \d+, column \d+:?$|:$/, '')}.`, {
        where: line === undefined ? shown : `${shown}, line ${line}`,
        next: 'Look at that line and the one before it: YAML is indented by blanks, and every quote is closed.',
        cause: error,
      });
    }
    const locate: Locate = (path) => {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true) as { range?: [number] } | undefined;
        if (node?.range !== undefined)
          return `${shown}, line ${lines.linePos(node.range[0]).line}: ${path.map(String).join('.')}`;
      }
      return inFile(shown, path);
    };
    return { value: asValue(document, shown), locate };
  }
  return { value: await importConfig(file), locate: (path) => inFile(shown, path) };
}

/** Errors: PAM-CFG-002 where the file is there and may not be read, or is a folder. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new PamojaError(
      'PAM-CFG-002',
      `The file cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      {
        where: basename(file),
        next: 'Give the user that runs Pamoja the right to read it.',
        cause: error,
      },
    );
  }
}

/** Aliases are followed here, and not before. Errors: PAM-CFG-002 for one of nothing, or for more than anybody writes. */
function asValue(document: { toJS(): unknown }, shown: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new PamojaError('PAM-CFG-002', `${messageOf(error)}.`, {
      where: shown,
      next: 'What begins with * is an alias: quote it where it is a text.',
      cause: error,
    });
  }
}

function inFile(shown: string, path: readonly PropertyKey[]): string {
  return path.length === 0 ? shown : `${shown}: ${path.map(String).join('.')}`;
}

async function importConfig(file: string): Promise<unknown> {
  try {
    const { createJiti } = await import('jiti');
    // The configuration imports `pamoja` by name, also where the package is not installed beside it.
    const own = new URL(import.meta.url.endsWith('.ts') ? '../index.ts' : '../index.js', import.meta.url)
      .pathname;
    const jiti = createJiti(import.meta.url, { alias: { pamoja: own }, fsCache: false });
    return await jiti.import(pathToFileURL(file).href, { default: true });
  } catch (error) {
    throw new PamojaError('PAM-CFG-002', messageOf(error).split('\n')[0] ?? 'cannot be loaded', {
      where: basename(file),
      cause: error,
    });
  }
}

/** The mistake that helps most, with what is wrong with it; and where the others are. */
function explain(error: z.ZodError, value: unknown, locate: Locate): PamojaError {
  // A mistyped word makes the right one missing too; the typo is what helps.
  const issues = error.issues.map(deepest).flatMap(eachKey);
  const issue = issues.find((each) => each.code === 'unrecognized_keys') ?? (issues[0] as z.core.$ZodIssue);
  const others = issues.filter((each) => each !== issue).map((each) => within(locate(placeOf(each))));
  const told = others.slice(0, 4).join('; ');
  const rest = others.length > 4 ? `; and ${others.length - 4} more` : '';
  const also = others.length === 0 ? '' : ` Also wrong: ${told}${rest}.`;
  return new PamojaError('PAM-CFG-003', `${sentence(issue, value)}.`, {
    where: locate(placeOf(issue)),
    next: `${remedy(issue, value)}${also}`,
  });
}

/** Several unknown words in one place are as many mistakes. */
function eachKey(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ ...issue, keys: [key] })) : [issue];
}

/** The file was named already. */
function within(place: string): string {
  return place.replace(/^[^:]*, (?=line \d+: )/, '');
}

function placeOf(issue: z.core.$ZodIssue): PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] as string] : issue.path;
}

function remedy(issue: z.core.$ZodIssue, value: unknown): string {
  const given = valueAt(value, issue.path);
  if (issue.code === 'unrecognized_keys') return suggestion(issue.keys[0] as string, knownKeys(issue.path));
  const close =
    issue.code === 'invalid_value' && typeof given === 'string'
      ? nearest(given, issue.values.map(String))
      : undefined;
  return close === undefined ? 'See docs/guides/configuration.md.' : `Did you mean "${close}"?`;
}

/** Of the branches of a union the one that got furthest: a field written as an object is meant as an object. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const branches = issue.errors.flatMap((branch) => branch.slice(0, 1));
  const inner = branches.find((branch) => branch.path.length > 0 || branch.code !== 'invalid_type');
  return inner === undefined
    ? issue
    : deepest({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue);
}

function sentence(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'unrecognized_keys') return `"${issue.keys[0]}" is not known here`;
  if (issue.code === 'invalid_type' && valueAt(value, issue.path) === undefined) return 'is missing';
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_type') return `must be ${article(issue.expected)}`;
  if (issue.code === 'invalid_union') return 'has the wrong shape';
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'has a name that is not allowed';
  return issue.message;
}

function article(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

/** The keys that the schema knows at a path, by following it down. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schemas: unknown[] = [projectSchema];
  for (const key of path) schemas = schemas.flatMap((schema) => step(schema, key));
  return schemas.flatMap((schema) => Object.keys(shapeOf(schema) ?? {}));
}

interface SchemaDef {
  type: string;
  shape?: Record<string, unknown>;
  valueType?: unknown;
  innerType?: unknown;
  element?: unknown;
  options?: unknown[];
}

function defOf(schema: unknown): SchemaDef {
  return (schema as { _zod: { def: SchemaDef } })._zod.def;
}

function open(schema: unknown): unknown[] {
  const def = defOf(schema);
  if (def.innerType !== undefined) return open(def.innerType);
  if (def.options !== undefined) return def.options.flatMap(open);
  return [schema];
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  return open(schema)
    .map((each) => defOf(each).shape)
    .find((shape) => shape !== undefined);
}

function step(schema: unknown, key: PropertyKey): unknown[] {
  return open(schema).flatMap((each) => {
    const def = defOf(each);
    const next = def.shape?.[String(key)] ?? def.valueType ?? def.element;
    return next === undefined ? [] : open(next);
  });
}
