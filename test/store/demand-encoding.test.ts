import { expect, test } from 'vitest';
import { ident, sql } from '../../src/kernel/sql.js';
import { openTestProject } from '../support/project.js';
import { SHOP, SHOP_FILES } from '../support/shop.js';

test('a run refuses a database that cannot hold every name', async () => {
  const shop = await openTestProject();
  try {
    shop.write(SHOP_FILES);
    const name = `${shop.database.name}_latin`;
    const connection = await shop.database.connect();
    await connection.run(
      sql`CREATE DATABASE ${ident(name)} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`,
    );
    try {
      const url = new URL(shop.database.url);
      url.pathname = `/${name}`;
      const env = { DATABASE_URL: url.toString() };
      const refused = shop.run(SHOP, { env });
      await expect(refused).rejects.toMatchObject({
        code: 'PAM-DB-010',
        message: expect.stringContaining('LATIN1'),
      });
    } finally {
      await connection.run(sql`DROP DATABASE ${ident(name)} WITH (FORCE)`);
    }
  } finally {
    await shop.close();
  }
});
