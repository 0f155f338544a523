import type { Socket } from 'node:net';
import type pg from 'pg';
import { patience, type Word } from './silence-watch.js';

/**
 * Asks, by a connection that is not open yet and closed afterwards, what the server does for the process `backend`. A
 * word against it needs proof: who is refused, or let in and not answered, may stand in the queue of a pooler, behind us.
 */
export async function askBeside(
  client: pg.Client,
  backend: number | undefined,
  stopped: AbortSignal,
): Promise<Word> {
  let letIn = false;
  let unanswered = false;
  client.on('error', () => {});
  const hangUp = () => socketOf(client)?.destroy();
  const bound = setTimeout(() => {
    unanswered = !letIn;
    hangUp();
  }, patience.answer);
  stopped.addEventListener('abort', hangUp);
  try {
    await client.connect();
    letIn = true;
    // Outside a transaction nobody knows who serves, behind a pooler.
    if (backend === undefined) return 'unknown';
    const { rows } = await client.query<{ waiting: boolean | null }>(
      `SELECT state LIKE 'idle%' OR state = 'active' AND wait_event IN ('ClientRead', 'ClientWrite') AS waiting
        FROM pg_stat_activity WHERE pid = $1`,
      [backend],
    );
    return rows.length === 0 || rows[0]?.waiting ? 'waiting' : 'at work';
  } catch {
    return unanswered ? 'silent' : 'at work';
  } finally {
    clearTimeout(bound);
    stopped.removeEventListener('abort', hangUp);
    hangUp();
  }
}

/** The socket of a connection. */
export function socketOf(client: pg.Client): (Socket & { encrypted?: boolean }) | undefined {
  const { connection } = client as unknown as { connection?: { stream?: ReturnType<typeof socketOf> } };
  return connection?.stream;
}
