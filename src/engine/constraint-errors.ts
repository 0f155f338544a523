import { PamojaError } from '../kernel/errors.js';

/**
 * A foreign key of somebody else's table that keeps a row which shall be deleted, in plain words; nothing for any other
 * error. Names the constraint and its table, never a value.
 */
export function explainConstraintError(error: unknown, place: string): PamojaError | undefined {
  const { code, message = '', schema, table, constraint } = error as Record<string, string | undefined>;
  const deleting = /^update or delete on table/.test(message);
  if (!deleting || (code !== '23503' && code !== '23001') || constraint === undefined) return undefined;
  const where = [schema, table].filter((part) => part !== undefined).join('.');
  return new PamojaError(
    'PAM-DB-005',
    `The foreign key ${constraint} of ${where} keeps a row that shall be deleted.`,
    {
      where: place,
      next: `Nothing was published. Declare it ON DELETE SET NULL or ON DELETE CASCADE, take the rows out of ${where}, or keep what vanishes with vanished: mark.`,
      cause: error,
    },
  );
}
