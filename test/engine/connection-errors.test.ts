import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { describe, expect, test } from 'vitest';
import { explainConnectionError } from '../../src/engine/connection-errors.js';

describe('a connection that failed', () => {
  test('because a file that the URL names is not there says so, and not its path', () => {
    let thrown: unknown;
    try {
      readFileSync('/no/such/place/client.crt');
    } catch (error) {
      thrown = error;
    }
    const error = explainConnectionError(thrown, 'db.example.com/shop');
    expect(error.toString()).toMatch(
      /^PAM-DB-001 db\.example\.com\/shop: A file that the URL names cannot be read \(ENOENT\)\. .*sslcert/,
    );
    expect(error.toString()).not.toContain('/no/such/place');
  });

  test('because there is no socket is told apart from that', async () => {
    const socket = createConnection('/no/such/place/.s.PGSQL.5432');
    const refused = await new Promise((done) => socket.on('error', done));
    expect(explainConnectionError(refused, 'db').message).toBe('There is no socket of a server.');
  });
});
