import { type LookupOptions, lookup } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { isPublicAddress } from './public-address.js';

/** Why no connection was made: the address is not one of the public Internet. */
export class PrivateAddress extends Error {
  readonly code = 'PRIVATE_ADDRESS';

  constructor(readonly host: string) {
    super(`${host} leads to an address that is not public`);
  }
}

export interface AgentOptions {
  /** Milliseconds for a connection to be made, and without a sign of life afterwards. */
  timeout: number;
  connections: number;
  allowPrivate: boolean;
}

/**
 * Connections that lead to the public Internet only, unless told: the address that a name has at the moment of
 * connecting is what counts, so that a name whose address changes gains nothing.
 */
export function guardedAgent({ timeout, connections, allowPrivate }: AgentOptions): Agent {
  const options = { headersTimeout: timeout, bodyTimeout: timeout, connections };
  if (allowPrivate) return new Agent({ ...options, connect: { timeout } });
  // undici hands what it does not know to net.connect.
  const connect = buildConnector({ timeout, ...{ lookup: publicLookup } });
  return new Agent({
    ...options,
    connect(target, callback) {
      const { hostname } = target;
      if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 && !isPublicAddress(hostname)) {
        callback(new PrivateAddress(hostname), null);
        return;
      }
      connect(target, (...[error, socket]) => {
        if (error !== null) return callback(error, null);
        if (leadsAstray(socket)) {
          socket.destroy();
          return callback(new PrivateAddress(hostname), null);
        }
        callback(null, socket);
      });
    },
  });
}

function leadsAstray(socket: Socket): boolean {
  return socket.remoteAddress !== undefined && !isPublicAddress(socket.remoteAddress);
}

/** Looks a name up, and refuses it where any of its addresses is not public. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...(options as LookupOptions), all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => !isPublicAddress(address))) {
      return callback(new PrivateAddress(hostname), '', 0);
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
