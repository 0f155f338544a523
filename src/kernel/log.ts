/** What a step says while it works; the CLI decides how it looks, a library user may pass silence. */
export interface Log {
  /** A step began: `Reading crm`. */
  step(text: string): void;
  /** Something a person should know, that did not stop the run. */
  warn(text: string): void;
  /** Detail for those who ask for it. */
  debug(text: string): void;
}

export const silent: Log = { step() {}, warn() {}, debug() {} };

/** Removes what stands between `://` and `@`, and passwords in key=value form, from a text. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/(\w+:\/\/)[^\s/@]*@/g, '$1…@')
    .replace(/\b(password|pwd|token|secret|apikey)=[^\s&;]+/gi, '$1=…');
}

/** How DuckDB begins what it says: `Conversion Error: Could not convert string 'Ann' to INT32`. */
const OF_DUCKDB = /^[A-Z]\w*(?: \w+)* Error: /;

/**
 * A message of DuckDB or PostgreSQL without the values of rows that it quotes, in its first line. What they say of the
 * SQL alone quotes none and stays, as does every other message.
 */
export function withoutValues(message: string, ofData = OF_DUCKDB.test(message)): string {
  if (!ofData || /^(Binder|Parser|Catalog) Error/.test(message)) return message;
  return message.replace(/'.*'|".*"/gs, '…').split('\n', 1)[0] as string;
}
