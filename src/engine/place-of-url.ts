/** Host, port and database of a URL, without its user and password. */
export function placeOf(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url);
    const host = hostname || searchParams.get('host') || 'localhost';
    return `${decodeURIComponent(host)}${port ? `:${port}` : ''}${pathname}`;
  } catch {
    return 'the database URL';
  }
}
