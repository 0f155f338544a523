import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PamojaError } from '../kernel/errors.js';
import { type Log, silent } from '../kernel/log.js';
import { suggestion } from '../kernel/nearest.js';
import type { Insight } from './insight.js';
import { readHeader } from './read-header.js';

const BUILT_IN = fileURLToPath(new URL('./queries/', import.meta.url));

/** The folder of a project in which its own insights are. */
const OWN = 'insights';

/**
 * Every insight of a project: those that come with Pamoja, and the .sql files of its folder `insights/`, in the order
 * of their names. An own one takes the place of another of that name, and `log` says so. One whose file or header
 * cannot be read is left out, and `failed` is called with PAM-CFG-002 or PAM-CFG-003; `log` says so unless told.
 */
export function listInsights(
  root: string,
  log: Log = silent,
  failed: (name: string, error: PamojaError) => void = (_, error) =>
    log.warn(`Left out: ${error.where}: ${error.message}`),
): Insight[] {
  const found = new Map(filesIn(BUILT_IN).map((file) => [nameOf(file), builtIn(file)]));
  for (const file of filesIn(join(root, OWN))) {
    const name = nameOf(file);
    if (found.has(name))
      log.warn(`${OWN}/${file} takes the place of the insight "${name}" that comes with Pamoja.`);
    try {
      found.set(name, own(root, file));
    } catch (error) {
      if (!(error instanceof PamojaError)) throw error;
      found.delete(name);
      failed(name, error);
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The insight of that name. Errors: as its own, PAM-CLI-001 with the nearest name where there is none. */
export function findInsight(root: string, name: string, log: Log = silent): Insight {
  const wanted = name.replace(/\.sql$/, '').replaceAll('_', '-');
  const insights = listInsights(root, log, (broken, error) => {
    if (broken === name || broken === wanted) throw error;
  });
  const found = insights.find((each) => each.name === name) ?? insights.find((each) => each.name === wanted);
  if (found !== undefined) return found;
  throw new PamojaError('PAM-CLI-001', `There is no insight "${name}".`, {
    next: `${suggestion(
      name,
      insights.map((each) => each.name),
    )} List them with: pamoja insights`,
  });
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^[^.].*\.sql$/i.test(file) && !isStrange(join(folder, file)))
    .sort();
}

/** Who opens a pipe waits until somebody writes to it. */
function isStrange(path: string): boolean {
  return !(statSync(path, { throwIfNoEntry: false })?.isFile() ?? true);
}

function nameOf(file: string): string {
  return file.slice(0, -'.sql'.length);
}

function builtIn(file: string): Insight {
  const text = readFileSync(join(BUILT_IN, file), 'utf8');
  const name = nameOf(file);
  return { name, ...readHeader(text, name, file), text, origin: 'built in', file };
}

function own(root: string, file: string): Insight {
  const place = `${OWN}/${file}`;
  const name = nameOf(file);
  const text = readText(join(root, OWN, file), place);
  return { name, ...readHeader(text, name, place), text, origin: 'own', file: place };
}

function readText(path: string, place: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    throw new PamojaError('PAM-CFG-002', 'The file cannot be read as UTF-8 text.', {
      where: place,
      next: 'Check its rights, and save it as UTF-8.',
      cause,
    });
  }
}
