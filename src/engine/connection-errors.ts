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
    'Check user and password, and that it has not expired; escape special characters in the URL.',
  ],
  '28000': [
    'The server does not let this user in.',
    'Check user, database and pg_hba.conf; it may ask for TLS: add ?sslmode=require.',
  ],
  '3D000': ['There is no database of that name.', 'Check the end of the URL, or create it.'],
  '53300': ['The server has no connection left.', 'Close others, or go through a pooler.'],
  ECONNRESET: [
    'The server closed the connection before it was made.',
    'Check that the port is that of PostgreSQL, and that a firewall or proxy lets it through.',
  ],
  ENOENT: ['There is no socket of a server.', 'Check the path in the URL, and that the server runs.'],
  EACCES: ['The socket of the server is not for this user.', 'Check its rights, or connect over TCP.'],
  '57P03': ['The server is starting up or shutting down.', 'Try again in a moment.'],
};

interface Spoken {
  pattern: RegExp;
  /** The server or pooler was reached, and refused the user. */
  refused?: boolean;
  message: string;
  next: string;
}

/** What servers, poolers and the client library say without a code of their own; the first that fits holds. */
const SPOKEN: readonly Spoken[] = [
  {
    pattern: /no encryption|SSL off|insecure|(SSL|TLS)( connection)? (is )?required/i,
    refused: true,
    message: 'The server lets this user in only over an encrypted connection, or not from this address.',
    next: 'Add ?sslmode=require to the URL; if that does not help, let this address in (pg_hba.conf).',
  },
  {
    pattern: /tenant|user not found|no such user/i,
    refused: true,
    message: 'The pooler does not know this user.',
    next: 'On Supabase the user is postgres.<project>; copy the URL from the dashboard.',
  },
  {
    pattern: /no such database/i,
    message: 'The pooler knows no database of that name.',
    next: 'Check the end of the URL, and the configuration of the pooler.',
  },
  {
    pattern: /password must be a/i,
    refused: true,
    message: 'The server asks for a password, and the URL has none.',
    next: 'Write it as postgres://user:password@host/database, in the environment or in .env.',
  },
  {
    pattern: /does not support SSL/i,
    message: 'The server speaks no TLS, and the URL asks for it.',
    next: 'Take sslmode out of the URL, or set sslmode=disable.',
  },
  {
    pattern: /certificate|self[- ]signed/i,
    message: 'The certificate of the server is not trusted.',
    next: 'Use sslmode=require, or give the authority with sslrootcert.',
  },
  {
    pattern: /role .* does not exist/i,
    refused: true,
    message: 'There is no user of that name.',
    next: 'Check the user in the URL, or create it: CREATE ROLE … LOGIN.',
  },
  {
    pattern: /not permitted to log in/i,
    refused: true,
    message: 'This user may not log in.',
    next: 'Name another user, or let this one in: ALTER ROLE … LOGIN.',
  },
  {
    pattern: /permission denied for database/i,
    refused: true,
    message: 'This user may not connect to this database.',
    next: 'As its owner: GRANT CONNECT ON DATABASE … TO …',
  },
  {
    pattern: /not currently accepting connections/i,
    message: 'This database is closed to everybody.',
    next: 'Check the end of the URL, or open it: ALTER DATABASE … ALLOW_CONNECTIONS true.',
  },
  {
    pattern: /too many connections for role/i,
    message: 'This user has no connection left.',
    next: 'Close others of this user, or allow it more: ALTER ROLE … CONNECTION LIMIT.',
  },
  {
    pattern: /too many connections for database/i,
    message: 'This database has no connection left.',
    next: 'Close others to it, or allow it more: ALTER DATABASE … CONNECTION LIMIT.',
  },
  { pattern: /timeout/i, message: 'No answer.', next: 'Check host, port and firewall.' },
  {
    pattern: /terminated unexpectedly|invalid response|unexpected (response|message)/i,
    message: 'Something answers there that does not speak like PostgreSQL.',
    next: 'Check the port in the URL: 5432 is the usual one.',
  },
];

/** Whether a connection failed only because the server cannot encrypt. */
export function speaksNoTls(cause: unknown): boolean {
  return /does not support SSL/i.test((cause as { message?: string } | undefined)?.message ?? '');
}

/** A file that the URL names is read before anybody is spoken to; a socket is connected to, never opened. */
function isUnreadableFile(error: unknown): boolean {
  const { code = '', syscall } = error as { code?: string; syscall?: string };
  return (syscall === 'open' || syscall === 'read') && /^E[A-Z]+$/.test(code);
}

/** Says in plain words why a connection failed. Never repeats the URL, which may hold a password. */
export function explainConnectionError(error: unknown, place: string): PamojaError {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (isUnreadableFile(error)) {
    return new PamojaError('PAM-DB-001', `A file that the URL names cannot be read (${code}).`, {
      where: place,
      next: 'Check the paths in sslcert, sslkey and sslrootcert; they start at the folder you are in.',
      cause: error,
    });
  }
  const known = PLAIN[code];
  const spoken = SPOKEN.find(({ pattern }) => pattern.test(message));
  // 28000 and 53300 are said for many reasons, of which the text tells the true one.
  if (spoken !== undefined && (known === undefined || code === '28000' || code === '53300')) {
    return new PamojaError(spoken.refused ? 'PAM-DB-002' : 'PAM-DB-001', spoken.message, {
      where: place,
      next: spoken.next,
      cause: error,
    });
  }
  const [text, next] = known ?? [withoutSecrets(message) || 'The connection failed.', 'Run: pamoja doctor'];
  const refused = code === '28P01' || code === '28000';
  return new PamojaError(refused ? 'PAM-DB-002' : 'PAM-DB-001', text, { where: place, next, cause: error });
}
