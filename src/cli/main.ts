import { ERROR_CODES, EXIT } from '../kernel/error-codes.js';
import { PamojaError } from '../kernel/errors.js';
import { answerSignals, leaveBySignal, makeInterruption } from './interruption.js';
import { makeOutput } from './output.js';
import { readArguments } from './program.js';
import type { Session } from './session.js';
import { errorAsJson, isPamojaError, renderError } from './terminal/render-error.js';

/** The command line: the only place that ends the process. */
const argv = process.argv.slice(2);
const asked = (flag: string) => argv.includes(flag);
const out = makeOutput(process.stdout, process.env, asked('--no-color'));
const err = makeOutput(process.stderr, process.env, asked('--no-color'));

let session: Session | undefined;
const interruption = makeInterruption();
answerSignals(
  interruption,
  (text) => {
    session?.progress.end();
    err.line(text);
  },
  leaveBySignal,
);

process.once('beforeExit', () => {
  for (const line of renderError(new Error('It waits for what never comes.'), err, false)) err.line(line);
  process.exit(EXIT.unexpected);
});

let code: number;
try {
  const chosen = await readArguments(argv, { out, err, interruption });
  session = chosen?.session;
  code = chosen === undefined ? EXIT.ok : await chosen.run();
} catch (error) {
  session?.progress.end();
  if (asked('--json')) out.line(errorAsJson(error));
  else for (const line of renderError(error, err, asked('--verbose'))) err.line(line);
  code = isPamojaError(error) ? ERROR_CODES[error.code].exit : EXIT.unexpected;
}
await out.drained();
if (out.lost !== undefined) {
  const error = new PamojaError('PAM-CLI-002', `The answer cannot be written (${out.lost.code}).`, {
    where: 'standard output',
    next: 'Make room where it goes. What the command had to do is done, unless more is said.',
  });
  for (const line of renderError(error, err, false)) err.line(line);
  code ||= ERROR_CODES[error.code].exit;
}
await err.drained();
process.exit(interruption.asked ? 130 : code);
