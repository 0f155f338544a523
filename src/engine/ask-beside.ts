import type { Socket } from 'node:net';
import type pg from 'pg';
import { patience, type Word } from './silence-watch.js';

/**
 * Asks, by a connection that is not open yet and closed afterwards, what the server does for the process `backend`. A
 * word against it needs proof: who is let in and gets no answer may stand in the queue of a pooler, behind us.
 */
export async function askBeside(client: pg.Client, backend: number | undefined): Promise<Word> {
  let letIn = false;
  client.on('error', () => {});
  const bound = setTimeout(() => socketOf(client)?.destroy(), patience.answer);
  try {
    await client.connect();
    letIn = true;
    // Outside a transaction nobody knows who serves, behind a pooler.
    if (backend === undefined) return 'at work';
    const { rows } = await client.query<{ working: boolean }>(
      `SELECT state IS NULL OR state = 'active' AND coalesce(wait_event, '') NOT IN ('ClientRead', 'ClientWrite')
        AS working FROM pg_stat_activity WHERE pid = $1`,
      [backend],
    );
    return rows[0]?.working ? 'at work' : 'waiting';
  } catch (error) {
    // One that answers, if only to refuse, is not silent.
    const answered = (error as { severity?: string }).severity !== undefined;
    return letIn || answered ? 'at work' : 'silent';
  } finally {
    clearTimeout(bound);
    socketOf(client)?.destroy();
  }
}

/** The socket of a connection. */
export function socketOf(client: pg.Client): (Socket & { encrypted?: boolean }) | undefined {
  const { connection } = client as unknown as { connection?: { stream?: ReturnType<typeof socketOf> } };
  return connection?.stream;
}
