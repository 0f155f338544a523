// A process that uses the embedded PostgreSQL of the folder in its argument: says its port on standard output,
// then does what the first line on standard input tells it.
import { createInterface } from 'node:readline';
import { createJiti } from 'jiti';

const jiti = createJiti(import.meta.url, { fsCache: false });
const { openEmbedded } = await jiti.import('../../src/store/embedded/open-embedded.ts');
const { Postgres } = await jiti.import('../../src/engine/postgres.ts');

const server = await openEmbedded({ dir: process.argv[2] });
const connection = await Postgres.connect(server.url);
const [{ user }] = await connection.query('SELECT current_user::text AS "user"');
console.log(JSON.stringify({ port: server.port, user }));

createInterface({ input: process.stdin }).once('line', async (order) => {
  if (order === 'fail') throw new Error('an error that nobody catches');
  await connection.close();
  await server.release();
  process.exit(0);
});
