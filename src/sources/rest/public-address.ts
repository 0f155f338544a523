import { BlockList, isIP } from 'node:net';

const NOT_PUBLIC = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  NOT_PUBLIC.addSubnet(net, bits, 'ipv4');
}

/** What is given to hosts on the Internet; everything else in IPv6 is local, reserved, or stands for something else. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
const NOT_GLOBAL = new BlockList();
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  NOT_GLOBAL.addSubnet(net, bits, 'ipv6');
}

/** Whether an IP address is one of the public Internet: not this machine, a private network, or a link. */
export function isPublicAddress(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const kind = isIP(plain);
  if (kind === 4) return !NOT_PUBLIC.check(plain, 'ipv4');
  if (kind !== 6) return false;
  const inner = embeddedIpv4(plain);
  if (inner !== undefined) return !NOT_PUBLIC.check(inner, 'ipv4');
  return GLOBAL.check(plain, 'ipv6') && !NOT_GLOBAL.check(plain, 'ipv6');
}

/** The IPv4 address that a mapped or translated one leads to: `::ffff:10.0.0.1`, `64:ff9b::a00:1`. */
function embeddedIpv4(address: string): string | undefined {
  // The URL parser writes every IPv6 address in one way.
  const host = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const found = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (found === null) return undefined;
  const [high, low] = [Number.parseInt(found[1]!, 16), Number.parseInt(found[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
