import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.js';

export type Redirect = { kind: 'follow'; url: URL } | { kind: 'refuse'; why: string };

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/**
 * Where a redirect or a link to the next page leads, if one may go there: within the same origin always, to another
 * one only from https to https. In a private network, where nothing is encrypted, from http to http as well.
 */
export function followTo(location: string, from: URL, allowPrivate: boolean): Redirect {
  if (!URL.canParse(location, from.href)) return { kind: 'refuse', why: 'to an address that is none' };
  const url = new URL(location, from);
  url.hash = '';
  url.username = '';
  url.password = '';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { kind: 'refuse', why: `to ${url.protocol}, which is not the web` };
  }
  // An API behind a proxy may not know that it is asked over https, and name itself with http.
  if (from.protocol === 'https:' && url.protocol === 'http:' && url.hostname === from.hostname) {
    url.protocol = 'https:';
    if (url.port === '80') url.port = '';
  }
  if (url.origin === from.origin) return { kind: 'follow', url };
  const plain = allowPrivate && from.protocol === 'http:';
  if (!plain && !(from.protocol === 'https:' && url.protocol === 'https:')) {
    return { kind: 'refuse', why: `to ${url.host} without encryption` };
  }
  if (!allowPrivate && isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0 && !isPublicAddress(url.hostname)) {
    return { kind: 'refuse', why: `to ${url.host}, which is not on the public Internet` };
  }
  return { kind: 'follow', url };
}
