import { PamojaError } from '../../kernel/errors.js';
import { withoutSecrets } from '../../kernel/log.js';
import type { Auth } from '../../model/api-config.js';

/** What proves to an API who asks. Goes to the host of the source and to no other. */
export interface Credentials {
  headers: Record<string, string>;
  params: Record<string, string>;
  /** A text without the secrets, in case an API repeats them. */
  hide(text: string): string;
}

/**
 * Takes the secrets from the environment by the names that are declared.
 * Errors: PAM-SRC-016 where one is not set, or cannot be sent.
 */
export function credentialsOf(
  auth: Auth | undefined,
  env: Readonly<Record<string, string | undefined>>,
  source: string,
): Credentials {
  const secrets: string[] = [];
  const value = (name: string) => {
    const secret = (env[name] ?? '').trim();
    if (secret === '') {
      throw new PamojaError('PAM-SRC-016', `the environment variable ${name} is not set.`, {
        where: source,
        next: `Set ${name} in the environment, or write it into .env.`,
      });
    }
    if (/[^\t\x20-\x7e\x80-\xff]/.test(secret)) {
      throw new PamojaError('PAM-SRC-016', `${name} holds characters that no header can carry.`, {
        where: source,
        next: 'Copy the key again: it is one line of plain characters.',
      });
    }
    secrets.push(secret);
    return secret;
  };
  const given = { headers: {} as Record<string, string>, params: {} as Record<string, string> };
  if (auth !== undefined) {
    if ('bearer' in auth) given.headers.authorization = `Bearer ${value(auth.bearer)}`;
    else if ('basic' in auth) {
      const pair = `${value(auth.basic.user)}:${value(auth.basic.password)}`;
      const coded = Buffer.from(pair).toString('base64');
      secrets.push(coded);
      given.headers.authorization = `Basic ${coded}`;
    } else if ('header' in auth) given.headers[auth.header.toLowerCase()] = value(auth.value);
    else given.params[auth.param] = value(auth.value);
  }
  // An API may repeat what it was asked for as it came.
  for (const secret of [...secrets])
    secrets.push(encodeURIComponent(secret), new URLSearchParams([['', secret]]).toString().slice(1));
  // The longest first: one secret may be part of another.
  secrets.sort((a, b) => b.length - a.length);
  return {
    ...given,
    hide: (text) => withoutSecrets(secrets.reduce((shown, secret) => shown.replaceAll(secret, '…'), text)),
  };
}
