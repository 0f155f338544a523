import { PamojaError } from '../../kernel/errors.js';
import { PrivateAddress } from './guarded-agent.js';
import { LARGEST_PAGE, TooLarge, Unpackable } from './take-body.js';

/** An answer that is none of records, in words; `said` is what the API says of it. */
export function explainStatus(
  status: number,
  { where, why, said, variables }: { where: string; why: string; said: string; variables: string },
): PamojaError {
  const remark = said === '' ? '' : `: ${said}`;
  const message = `the API answers ${status}${why}${remark}${/[.!?…]$/.test(remark) ? '' : '.'}`;
  if (status === 401 || status === 403) {
    return new PamojaError('PAM-SRC-016', message, {
      where,
      next:
        variables === ''
          ? 'It may ask for credentials: declare auth.'
          : `Check ${variables}, and that the key may read this.`,
    });
  }
  return new PamojaError('PAM-SRC-015', message, { where, next: NEXT[status] ?? nextOf(status) });
}

const NEXT: Record<number, string> = {
  400: 'Check params and pagination.',
  404: 'Check url, and pagination where it is not the first page.',
  406: 'Check headers.',
  410: 'Check url: the list is no longer there.',
  422: 'Check params and pagination.',
  429: 'Lower concurrency, or run again later.',
};

function nextOf(status: number): string {
  return status >= 500 ? 'Run again later; nothing was changed.' : 'Check url and params.';
}

const PLAIN: Record<string, [message: string, next: string]> = {
  ENOTFOUND: ['no such host.', 'Check the host in url.'],
  EAI_AGAIN: ['the host name could not be looked up.', 'Check the network.'],
  ECONNREFUSED: [
    'nothing listens there.',
    'Start the API (that of a generated business: pamoja generate --serve), or correct host and port in url.',
  ],
  EHOSTUNREACH: ['the host cannot be reached.', 'Check the network and the firewall.'],
  ENETUNREACH: ['the host cannot be reached.', 'Check the network and the firewall.'],
  ECONNRESET: ['the API breaks the connection', 'Run again later; nothing was changed.'],
  UND_ERR_SOCKET: [
    'the API breaks the connection before all is there',
    'Run again later; nothing was changed.',
  ],
  UND_ERR_CONNECT_TIMEOUT: ['no connection in time', 'Check host, port and firewall.'],
  ETIMEDOUT: ['no connection in time', 'Check host, port and firewall.'],
  UND_ERR_HEADERS_TIMEOUT: ['no answer in time', 'Raise timeout, or ask for smaller pages.'],
  UND_ERR_BODY_TIMEOUT: ['the answer stalls', 'Raise timeout, or ask for smaller pages.'],
  TimeoutError: ['the answer takes too long', 'Raise timeout, or ask for smaller pages.'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: [
    'the answer is shorter than it says',
    'Run again later; nothing was changed.',
  ],
};

/** What tells connection errors apart; undici wraps some of them. */
function codeOf(error: unknown): string {
  const { code, name, cause } = error as { code?: unknown; name?: unknown; cause?: unknown };
  if (typeof code === 'string' && code in PLAIN) return code;
  if (typeof name === 'string' && name in PLAIN) return name;
  if (name === 'HTTPParserError') return 'HPE';
  return cause === undefined || cause === null ? String(code ?? '') : codeOf(cause);
}

/** Whether another attempt could go better. */
export function isPassing(error: unknown): boolean {
  if (error instanceof TooLarge || error instanceof PrivateAddress) return false;
  const code = codeOf(error);
  return error instanceof Unpackable || (code in PLAIN && code !== 'ENOTFOUND') || code === 'HPE';
}

/** Why no whole answer came, in words. Never repeats the address, whose parameters may be secret. */
export function explainNoAnswer(error: unknown, where: string, why: string): PamojaError {
  if (error instanceof PamojaError) return error;
  if (error instanceof PrivateAddress || (error as { cause?: unknown }).cause instanceof PrivateAddress) {
    return new PamojaError('PAM-SRC-019', 'the host is in a private network or on this machine.', {
      where,
      next: 'If that is right, say so in the configuration: allowPrivate: true.',
    });
  }
  if (error instanceof TooLarge) {
    return new PamojaError('PAM-SRC-017', `a page is larger than ${LARGEST_PAGE / 1048576} MB.`, {
      where,
      next: 'Ask for smaller pages: pagination: { kind: …, size: 100 }.',
    });
  }
  if (error instanceof Unpackable) {
    return new PamojaError('PAM-SRC-017', `the answer cannot be unpacked (${error.message})${why}.`, {
      where,
      next: 'Run again later; nothing was changed.',
    });
  }
  const code = codeOf(error);
  if (code === 'UND_ERR_SOCKET' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    const [message, next] = PLAIN[code]!;
    return new PamojaError('PAM-SRC-014', `${message}${why}.`, { where, next });
  }
  const [message, next] = PLAIN[code] ?? [
    code === 'HPE'
      ? 'what answers does not speak HTTP'
      : `the request failed${code === '' ? '' : ` (${code})`}`,
    'Check url; for a certificate of your own set NODE_EXTRA_CA_CERTS.',
  ];
  return new PamojaError('PAM-SRC-014', `${message.replace(/\.$/, '')}${why}.`, { where, next });
}
