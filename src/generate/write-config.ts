import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from './generate-options.js';
import { readTruth, TRUTH_FILE, writeTruth } from './out-folder.js';
import { PRODUCTS_API, productsUrl, projectYaml } from './project-config.js';
import type { Truth } from './truth.js';

const CONFIG_FILE = 'pamoja.config.yaml';

const ANY_PORT = new RegExp(`http://127\\.0\\.0\\.1:\\d+${PRODUCTS_API}`, 'g');

/**
 * Writes the configuration of a business, and gives its hash; nothing where a person wrote or changed the one that is
 * there.
 */
export function writeConfig(root: string, plan: Pick<Plan, 'crm' | 'api' | 'dirt'>): string | undefined {
  const path = join(root, CONFIG_FILE);
  if (existsSync(path) && hashOf(readFileSync(path, 'utf8')) !== readTruth(root)?.config) return undefined;
  const text = projectYaml(plan);
  writeFileSync(path, text);
  return hashOf(text);
}

/**
 * Makes the configuration ask the API, of a business that was made without one. One that a person wrote or changed
 * stays as it is.
 */
export function configureApi(root: string): void {
  const truth = JSON.parse(readFileSync(join(root, TRUTH_FILE), 'utf8')) as Truth;
  const plan = { ...truth.plan, api: true };
  const config = writeConfig(root, plan);
  if (config !== undefined) writeTruth(root, { ...truth, plan, config });
}

/** The port at which the configuration looks for the API; nothing where it does not. */
export function configuredPort(root: string): number | undefined {
  const path = join(root, CONFIG_FILE);
  const [url] = existsSync(path) ? (readFileSync(path, 'utf8').match(ANY_PORT) ?? []) : [];
  return url === undefined ? undefined : Number(new URL(url).port || 80);
}

/** Makes the configuration look for the API at another port; nothing else in it changes. */
export function configurePort(root: string, port: number): void {
  const path = join(root, CONFIG_FILE);
  writeFileSync(path, readFileSync(path, 'utf8').replace(ANY_PORT, productsUrl(port)));
}

/** Whichever port the API is at: a port that was taken is no change that a person made. */
function hashOf(text: string): string {
  return createHash('sha256')
    .update(text.replace(ANY_PORT, productsUrl(0)))
    .digest('hex');
}
