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

  test.each([
    ['28000', 'role "ann" is not permitted to log in', 'PAM-DB-002', /ALTER ROLE … LOGIN/],
    ['28000', 'role "ann" does not exist', 'PAM-DB-002', /CREATE ROLE/],
    ['42501', 'permission denied for database "shop"', 'PAM-DB-002', /GRANT CONNECT/],
    ['55000', 'database "shop" is not currently accepting connections', 'PAM-DB-001', /ALLOW_CONNECTIONS/],
    ['53300', 'too many connections for role "ann"', 'PAM-DB-001', /ALTER ROLE … CONNECTION LIMIT/],
    ['53300', 'too many connections for database "shop"', 'PAM-DB-001', /ALTER DATABASE … CONNECTION LIMIT/],
    ['53300', 'sorry, too many clients already', 'PAM-DB-001', /Close others, or go through a pooler/],
  ])('by %s, %s, is told with its own way out', (code, message, ours, next) => {
    const error = explainConnectionError(Object.assign(new Error(message), { code }), 'db');
    expect(error).toMatchObject({ code: ours, next: expect.stringMatching(next) });
  });

  test('because there is no socket is told apart from that', async () => {
    const socket = createConnection('/no/such/place/.s.PGSQL.5432');
    const refused = await new Promise((done) => socket.on('error', done));
    expect(explainConnectionError(refused, 'db').message).toBe('There is no socket of a server.');
  });
});
