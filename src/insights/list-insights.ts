import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
 * of their names. An own one takes the place of another of that name, and `log` says so. Errors: PAM-CFG-003 for a
 * header that cannot be read, PAM-CFG-002 for a file that cannot.
 */
export function listInsights(root: string, log: Log = silent): Insight[] {
  const found = new Map(filesIn(BUILT_IN).map((file) => [nameOf(file), builtIn(file)]));
  for (const file of filesIn(join(root, OWN))) {
    const name = nameOf(file);
    if (found.has(name))
      log.warn(`${OWN}/${file} takes the place of the insight "${name}" that comes with Pamoja.`);
    found.set(name, own(root, file));
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The insight of that name. Errors: PAM-CLI-001 with the nearest name where there is none. */
export function findInsight(insights: readonly Insight[], name: string): Insight {
  const wanted = name.replace(/\.sql$/, '').replaceAll('_', '-');
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
    .filter((file) => /^[^.].*\.sql$/i.test(file))
    .sort();
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
