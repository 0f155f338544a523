import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Workspace } from '../../src/engine/workspace.js';
import { ident, joined, literal, sql } from '../../src/kernel/sql.js';
import type { FieldMapping } from '../../src/model/config.js';
import type { Field } from '../../src/model/entity.js';
import { compileField } from '../../src/quality/compile-field.js';
import type { CleanContext } from '../../src/quality/compiled-field.js';

export interface Sample {
  text: string | null;
  value: string | number | boolean | null;
  /** Codes of the broken rules. */
  broken: string[];
  reasons: string[];
}

export const context: CleanContext = {
  columns: ['a', 'b'],
  path: 'sources.crm.entities.customers.fields.field',
  nulls: ['NULL', 'n/a'],
  decimal: '.',
  timezone: 'Africa/Nairobi',
  projectTimezone: 'Africa/Nairobi',
  country: 'KE',
  doubles: false,
};

export function openWorkspace(): Promise<Workspace> {
  return Workspace.open({ dir: mkdtempSync(join(tmpdir(), 'pamoja-clean-')), memoryMb: 512 });
}

/** Runs raw texts, of columns a and b, through a mapping of column a. */
export async function readSamples(
  workspace: Workspace,
  field: Partial<Field> & Pick<Field, 'type'>,
  raw: readonly (string | null | [a: string | null, b: string | null])[],
  mapping: FieldMapping = { from: 'a' },
  more: Partial<CleanContext> = {},
): Promise<Sample[]> {
  const whole: Field = { name: 'field', description: '', ...field };
  const source = ['from', 'constant', 'sql', 'default'].some((key) => key in mapping);
  const compiled = compileField(whole, source ? mapping : { from: 'a', ...mapping }, { ...context, ...more });
  const rows = raw.map((each, i) => {
    const [a, b] = Array.isArray(each) ? each : [each, null];
    return sql`(${i}, ${textOf(a)}, ${textOf(b)})`;
  });
  const text = ident(compiled.textColumn);
  const broken = compiled.rules.map((rule) => sql`coalesce(${rule.broken}, false)`);
  const found = await workspace.rows<{ text: string | null; value: Sample['value']; broken: boolean[] }>(sql`
    SELECT ${text} AS text, ${ident(whole.name)} AS value, [${joined(broken)}]::BOOLEAN[] AS broken FROM (
      SELECT *, ${compiled.value} AS ${ident(whole.name)} FROM (
        SELECT i, ${compiled.texts} FROM (VALUES ${joined(rows)}) samples (i, a, b))) ORDER BY i`);
  return found.map(({ text, value, broken }) => {
    const rules = compiled.rules.filter((_, i) => broken[i]);
    return { text, value, broken: rules.map((rule) => rule.code), reasons: rules.map((rule) => rule.reason) };
  });
}

/** A text as SQL, NUL characters included, which a quoted text cannot hold. */
function textOf(text: string | null) {
  if (text === null) return sql`NULL::VARCHAR`;
  return joined(text.split('\0').map(literal), ' || chr(0) || ');
}

/** The values only. */
export async function readValues(...given: Parameters<typeof readSamples>): Promise<Sample['value'][]> {
  return (await readSamples(...given)).map((sample) => sample.value);
}
