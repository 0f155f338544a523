import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyFromPostgres, copyToPostgres } from '../../src/engine/copy.js';
import { Workspace } from '../../src/engine/workspace.js';
import { ident, sql } from '../../src/kernel/sql.js';
import { openTestDatabase } from '../support/postgres-server.js';

test('rows that a trigger swallows are missed, and a refused COPY leaves no pipe open', async () => {
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
    // What keeps a program from ending is counted before and after a COPY that PostgreSQL refuses at its end.
    await postgres.run(sql`DROP TRIGGER no_fives ON numbers; CREATE UNIQUE INDEX ON numbers (n)`);
    const pipes = () => process.getActiveResourcesInfo().filter((kind) => kind === 'PipeWrap').length;
    const before = pipes();
    await expect(copy(4, 6)).rejects.toMatchObject({ code: 'PAM-DB-005' });
    await expect.poll(pipes).toBe(before);
    // Nor is a row that is too long told as an error of DuckDB, which repeats it.
    const long = sql`SELECT repeat('x', 70000000)`;
    const back = copyFromPostgres(postgres, workspace, long, 'long', [{ name: 'x', type: 'VARCHAR' }]);
    await expect(back).rejects.toMatchObject({
      code: 'PAM-DB-005',
      message: 'A row with more than 64 MB of text cannot be read.',
    });
    // Where DuckDB never begins to read, the connection is free for the next question all the same.
    await workspace.run(sql`CREATE VIEW taken AS SELECT 1`);
    const many = sql`SELECT repeat('x', 1000) FROM generate_series(1, 20000)`;
    const refused = copyFromPostgres(postgres, workspace, many, 'taken', [{ name: 'x', type: 'VARCHAR' }]);
    await expect(refused).rejects.toThrow('is of type View');
    expect(await postgres.query(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  } finally {
    workspace.close();
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  }
});
