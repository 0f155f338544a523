import { PamojaError } from '../kernel/errors.js';
import { withoutSecrets } from '../kernel/log.js';
import { explainConstraintError } from './constraint-errors.js';

/** An error of PostgreSQL as one for a person, without values of rows; any other as it is. */
export function explainStatementError(error: unknown, place: string, lost: Error | undefined): unknown {
  if (error instanceof PamojaError) return error;
  const constraint = explainConstraintError(error, place);
  if (constraint !== undefined) return constraint;
  const { code, message, severity } = error as { code?: string; message?: string; severity?: string };
  const ended = severity === 'FATAL' || severity === 'PANIC';
  if (ended || lost !== undefined || code === undefined || /^(08|57P0|E[A-Z]+$)/.test(code)) {
    const why = lost !== undefined && /not queryable/.test(String(message)) ? lost.message : String(message);
    return new PamojaError('PAM-DB-006', `The connection broke: ${withoutSecrets(why)}.`, {
      where: place,
      next: /idle-session timeout/.test(why)
        ? 'Nothing was published unless a run says so. Let it wait: ALTER ROLE … SET idle_session_timeout = 0'
        : 'Nothing was published unless a run says so. Run again.',
      cause: error,
    });
  }
  if (code === '55P03' || code === '40P01') {
    return new PamojaError('PAM-DB-009', 'Another transaction keeps a table locked.', {
      where: place,
      next: 'Nothing was published. Run again when it has ended.',
      cause: error,
    });
  }
  if (code === '42501') {
    return new PamojaError('PAM-DB-003', `A right is missing: ${message}.`, {
      where: place,
      next: 'Run: pamoja doctor',
      cause: error,
    });
  }
  // Of an error in data (class 22) the message repeats the value of a row, and `detail` does of many others.
  const said = code.startsWith('22') ? 'a value does not fit its column' : message;
  return new PamojaError('PAM-DB-005', `PostgreSQL refused a statement (${code}): ${said}.`, {
    where: place,
    cause: error,
    next: nextAfter(code, said),
  });
}

function nextAfter(code: string, said = ''): string | undefined {
  // No room on the disk, no memory, no connection left.
  if (code.startsWith('53')) return 'Nothing was published. Make room on the server, then run again.';
  // A standby refuses to write in either of two ways.
  if (code === '25006' || (code === '0A000' && said.includes('recovery')))
    return 'Nothing was published. This server can only be read: use the URL of the primary.';
  // A table or column that is not there, and one that is.
  if (code === '42P01' || code === '42703')
    return 'Somebody took it away: a run makes the tables anew; the bookkeeping comes back from a backup only.';
  if (code === '42P07')
    return 'Nothing was published. Give what has that name another one, or choose another schema in the configuration.';
  if (code === '42704' && said.includes('primary key'))
    return 'Nothing was published. Give that table one: ALTER TABLE … ADD PRIMARY KEY (…)';
  if (code === '42809')
    return 'Nothing was published. What has that name is no table to write to: choose another schema in the configuration.';
  if (code === '42P10')
    return 'Nothing was published. PostgreSQL fills that column itself: ALTER TABLE … ALTER COLUMN … DROP EXPRESSION';
  if (code.startsWith('23'))
    return 'Nothing was published. Widen or drop that constraint of yours, or give the column a DEFAULT.';
  return undefined;
}
