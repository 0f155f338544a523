import { ERROR_CODES, EXIT } from '../kernel/error-codes.js';
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
await Promise.all([out.drained(), err.drained()]);
process.exit(interruption.asked ? 130 : code);
