import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Finding } from './finding.js';

/** Finds the addresses of a host name. */
export type Lookup = (host: string) => Promise<{ address: string; family: number }[]>;

const SESSION_POOLER =
  'Take the URL of the session pooler from the Supabase dashboard (Connect → Session pooler); it has IPv4.';

/** What can be said of a URL before anything is sent: its shape, and where its host name leads. */
export async function checkAddress(
  url: string,
  find: Lookup = (host) => lookup(host, { all: true }),
  ipv6 = hasIpv6(),
): Promise<Finding[]> {
  const { hostname, username } = new URL(url);
  const host = decodeURIComponent(hostname).replace(/^\[|\]$/g, '');
  const findings: Finding[] = [];
  if (isSupabasePooler(host) && !decodeURIComponent(username).includes('.')) {
    findings.push({
      name: 'user',
      state: 'fail',
      detail: 'The pooler of Supabase serves many projects, and this user does not say which.',
      next: 'Write the user as postgres.<project>, as the dashboard shows it.',
    });
  }
  if (host === '' || host.startsWith('/') || isIP(host) !== 0) return findings;
  findings.push(await checkHost(host, find, ipv6));
  return findings;
}

async function checkHost(host: string, find: Lookup, ipv6: boolean): Promise<Finding> {
  const name = 'host';
  const direct = /^db\.[a-z0-9]+\.supabase\.(co|com)$/.test(host);
  let addresses: Awaited<ReturnType<Lookup>>;
  try {
    addresses = await find(host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAI_AGAIN') {
      return {
        name,
        state: 'fail',
        detail: `The name ${host} could not be looked up now.`,
        next: 'Check that this machine is online and has a name server.',
      };
    }
    return {
      name,
      state: 'fail',
      detail: `There is no host ${host}.`,
      next: direct
        ? `The project may be paused: look at the Supabase dashboard. Where this network has no IPv6: ${SESSION_POOLER}`
        : 'Check the host name in the URL.',
    };
  }
  if (!ipv6 && addresses.every(({ family }) => family === 6)) {
    return {
      name,
      state: 'fail',
      detail: `${host} has only an IPv6 address, and this network has no IPv6.`,
      next: direct ? SESSION_POOLER : 'Use a network with IPv6, or an address of the server with IPv4.',
    };
  }
  return { name, state: 'ok', detail: host };
}

export function isSupabasePooler(host: string): boolean {
  return host.endsWith('.pooler.supabase.com');
}

/** Whether the machine has an IPv6 address that leads beyond its own wire. */
function hasIpv6(): boolean {
  return Object.values(networkInterfaces())
    .flat()
    .some((one) => one?.family === 'IPv6' && !one.internal && !/^fe80:/i.test(one.address));
}
