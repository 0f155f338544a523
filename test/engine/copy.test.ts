import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyToPostgres } from '../../src/engine/copy.js';
import { Workspace } from '../../src/engine/workspace.js';
import { ident, sql } from '../../src/kernel/sql.js';
import { openTestDatabase } from '../support/postgres-server.js';

test('rows that a trigger swallows are missed', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pamoja-copy-'));
  const [database, workspace] = [await openTestDatabase(), await Workspace.open({ dir })];
  try {
    const postgres = await database.connect();
    await postgres.run(sql`CREATE TABLE numbers (n int);
      CREATE FUNCTION no_fives() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF new.n = 5 THEN RETURN NULL; END IF; RETURN new; END $$;
      CREATE TRIGGER no_fives BEFORE INSERT ON numbers FOR EACH ROW EXECUTE FUNCTION no_fives()`);
    const copy = (from: number, to: number) =>
      copyToPostgres(workspace, postgres, sql`SELECT * FROM range(${from}, ${to})`, ident('numbers'), ['n']);
    expect(await copy(0, 5)).toBe(5);
    await expect(copy(5, 10)).rejects.toMatchObject({
      code: 'PAM-DB-005',
      message: 'PostgreSQL took 4 rows of 5.',
    });
  } finally {
    workspace.close();
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  }
});
