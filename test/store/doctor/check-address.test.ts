import { expect, test } from 'vitest';
import { checkAddress } from '../../../src/store/doctor/check-address.js';

const v4 = async () => [{ address: '192.0.2.1', family: 4 }];
const v6 = async () => [{ address: '2001:db8::1', family: 6 }];
const missing = async () => {
  throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
};
const DIRECT = 'postgres://postgres:pw@db.abcdefghijkl.supabase.co:5432/postgres';
const POOLER = 'pooler.supabase.com:6543/postgres';

test('an IPv6-only host on a network without IPv6 leads to the session pooler', async () => {
  const [finding] = await checkAddress(DIRECT, v6, false);
  expect(finding).toMatchObject({ state: 'fail', detail: expect.stringContaining('only an IPv6 address') });
  expect(finding?.next).toContain('session pooler');
});

test('the same host is good where the network has IPv6', async () => {
  expect(await checkAddress(DIRECT, v6, true)).toMatchObject([{ state: 'ok' }]);
});

test('a direct host that is gone may belong to a paused project', async () => {
  const [finding] = await checkAddress(DIRECT, missing, false);
  expect(finding?.next).toContain('paused');
});

test('a user without its project is told at the pooler of Supabase', async () => {
  const found = await checkAddress(`postgres://postgres:pw@aws-0-eu-west-1.${POOLER}`, v4, true);
  expect(found[0]).toMatchObject({ name: 'user', state: 'fail' });
  const right = await checkAddress(`postgres://postgres.abc:pw@aws-0-eu-west-1.${POOLER}`, v4, true);
  expect(right).toMatchObject([{ name: 'host', state: 'ok' }]);
});

test('an address in numbers and a socket need no name', async () => {
  expect(await checkAddress('postgres://127.0.0.1/x', missing, false)).toEqual([]);
  expect(await checkAddress('postgres://[::1]/x', missing, false)).toEqual([]);
  expect(await checkAddress('postgres:///x?host=/tmp', missing, false)).toEqual([]);
});
