import { PamojaError } from '../kernel/errors.js';
import { withoutSecrets } from '../kernel/log.js';

const PLAIN: Record<string, [message: string, next: string]> = {
  ENOTFOUND: ['No such host.', 'Check the host name in the URL; a paused Supabase project has none.'],
  EAI_AGAIN: ['The host name could not be looked up.', 'Check the network and the host name.'],
  ECONNREFUSED: ['Nothing listens there.', 'Check host and port, and that the server runs.'],
  ETIMEDOUT: ['No answer.', 'Check host, port and firewall.'],
  EHOSTUNREACH: ['The host cannot be reached.', 'Check the network and the firewall.'],
  ENETUNREACH: [
    'The host has only an IPv6 address, and this network has no IPv6.',
    'On Supabase use the URL of the session pooler, which has IPv4.',
  ],
  '28P01': [
    'The password is wrong for this user.',
    'Check user and password; escape special characters in the URL.',
  ],
  '28000': [
    'The server does not let this user in.',
    'Check user, database and pg_hba.conf; it may ask for TLS: add ?sslmode=require.',
  ],
  '3D000': ['There is no database of that name.', 'Check the end of the URL, or create it.'],
  '53300': ['The server has no connection left.', 'Close others, or go through a pooler.'],
  '57P03': ['The server is starting up or shutting down.', 'Try again in a moment.'],
};

/** Says in plain words why a connection failed. Never repeats the URL, which may hold a password. */
export function explainConnectionError(error: unknown, place: string): PamojaError {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const refused = code === '28P01' || code === '28000';
  const known = PLAIN[code];
  if (known !== undefined) {
    return new PamojaError(refused ? 'PAM-DB-002' : 'PAM-DB-001', known[0], {
      where: place,
      next: known[1],
      cause: error,
    });
  }
  if (/timeout/i.test(message)) return explainConnectionError({ code: 'ETIMEDOUT', message }, place);
  const [text, next] = /does not support SSL/i.test(message)
    ? [
        'The server speaks no TLS, and the URL asks for it.',
        'Take sslmode out of the URL, or set sslmode=disable.',
      ]
    : /certificate|self[- ]signed/i.test(message)
      ? [
          'The certificate of the server is not trusted.',
          'Use sslmode=require, or give the authority with sslrootcert.',
        ]
      : /tenant|user not found/i.test(message)
        ? [
            'The pooler does not know this user.',
            'On Supabase the user is postgres.<project>; copy the URL from the dashboard.',
          ]
        : [withoutSecrets(message) || 'The connection failed.', 'Run: pamoja doctor'];
  return new PamojaError('PAM-DB-001', text, { where: place, next, cause: error });
}
