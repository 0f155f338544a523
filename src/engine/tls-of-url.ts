/** `sslmode=require` means what it means to psql: encrypted, without a check of the certificate. */
export function withLibpqTls(url: string, mode?: 'require' | 'disable'): string {
  const parsed = new URL(url);
  if (mode !== undefined) parsed.searchParams.set('sslmode', mode);
  if (parsed.searchParams.has('sslmode') && !parsed.searchParams.has('uselibpqcompat')) {
    parsed.searchParams.set('uselibpqcompat', 'true');
  }
  return parsed.toString();
}

/** Whether encryption is tried first, and its lack no reason to stop. */
export function prefersTls(url: string): boolean {
  const mode = new URL(url).searchParams.get('sslmode') ?? process.env.PGSSLMODE;
  return mode === undefined ? !isLocal(url) : mode === 'prefer' || mode === 'allow';
}

/** Whether the server is on this machine: nobody listens in between. */
export function isLocal(url: string): boolean {
  const { hostname, searchParams } = new URL(url);
  const host = decodeURIComponent(hostname || (searchParams.get('host') ?? ''));
  return host === '' || host.startsWith('/') || /^(localhost|127\.[\d.]+|\[?::1\]?)$/.test(host);
}
