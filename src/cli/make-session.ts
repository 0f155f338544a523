import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { PamojaError } from '../kernel/errors.js';
import type { Interruption } from './interruption.js';
import { jsonOutput, type Output } from './output.js';
import { removeLeftovers } from './remove-leftovers.js';
import type { Session } from './session.js';
import { makeProgress } from './terminal/progress.js';

/** What the global options ask for, as effects. */
export function makeSession(
  { out, err, interruption }: { out: Output; err: Output; interruption: Interruption },
  flags: Readonly<Record<string, unknown>>,
): Session {
  const [json, quiet, verbose] = [flags.json === true, flags.quiet === true, flags.verbose === true];
  const cwd = currentFolder();
  const configFrom = resolve(cwd, typeof flags.config === 'string' ? flags.config : '.');
  return {
    cwd,
    env: process.env,
    out: json ? jsonOutput(out) : out,
    err,
    json,
    quiet,
    verbose,
    configFrom,
    // A program that reads JSON often reads the error output with it, so steps are for people only.
    progress: makeProgress({ err, steps: !quiet && !json, warnings: !quiet, details: verbose }),
    interruption,
    typed(command) {
      const config = typeof flags.config === 'string' ? ` --config ${quoted(flags.config)}` : '';
      return `pamoja ${command}${config}`;
    },
    async project() {
      if (!existsSync(configFrom)) {
        throw new PamojaError('PAM-CFG-001', 'There is no such file or folder.', {
          where: configFrom,
          next: 'Correct --config, or run: pamoja init',
        });
      }
      const { readProject } = await import('../config/read-config.js');
      const project = await readProject(configFrom);
      process.once('exit', () => removeLeftovers(project.root));
      return project;
    },
  };
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new PamojaError('PAM-CLI-003', 'The folder in which the command was started is gone.', {
      next: 'Go into a folder that is there, and say it again.',
      cause,
    });
  }
}

function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `"${word}"`;
}
