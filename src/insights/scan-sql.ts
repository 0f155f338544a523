/** A stretch of SQL text: code, or what the server reads as one piece and in which nothing is replaced. */
export interface SqlPiece {
  kind: 'code' | 'quoted' | 'comment';
  text: string;
}

/** Cuts SQL into code, quoted text (also `$tag$ … $tag$` and identifiers) and comments (nested ones too). */
export function scanSql(text: string): SqlPiece[] {
  const pieces: SqlPiece[] = [];
  let start = 0;
  let at = 0;
  const take = (kind: SqlPiece['kind'], end: number) => {
    if (end > start) pieces.push({ kind, text: text.slice(start, end) });
    start = end;
    at = end;
  };
  while (at < text.length) {
    const found = pieceAt(text, at);
    if (found === undefined) {
      at += 1;
      continue;
    }
    take('code', at);
    take(found.kind, found.end);
  }
  take('code', text.length);
  return pieces;
}

function pieceAt(text: string, at: number): { kind: 'quoted' | 'comment'; end: number } | undefined {
  const two = text.slice(at, at + 2);
  if (two === '--') {
    const end = text.indexOf('\n', at);
    return { kind: 'comment', end: end < 0 ? text.length : end };
  }
  if (two === '/*') return { kind: 'comment', end: endOfComment(text, at) };
  const first = text[at];
  if (first === "'") return { kind: 'quoted', end: endOfText(text, at, isEscapeText(text, at)) };
  if (first === '"') return { kind: 'quoted', end: endOfQuoted(text, at, '"') };
  if (first !== '$' || isWordCharacter(text[at - 1])) return undefined;
  const tag = /^\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(text.slice(at, at + 70))?.[0];
  if (tag === undefined) return undefined;
  const end = text.indexOf(tag, at + tag.length);
  return { kind: 'quoted', end: end < 0 ? text.length : end + tag.length };
}

function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const two = text.slice(at, at + 2);
    if (two === '/*') depth += 1;
    else if (two === '*/') depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** A doubled quote goes on; the next piece begins where a single one ends. */
function endOfQuoted(text: string, from: number, quote: string): number {
  let at = from + 1;
  while (at < text.length) {
    if (text[at] !== quote) at += 1;
    else if (text[at + 1] === quote) at += 2;
    else return at + 1;
  }
  return text.length;
}

function endOfText(text: string, from: number, escapes: boolean): number {
  if (!escapes) return endOfQuoted(text, from, "'");
  let at = from + 1;
  while (at < text.length) {
    if (text[at] === '\\') at += 2;
    else if (text[at] !== "'") at += 1;
    else if (text[at + 1] === "'") at += 2;
    else return at + 1;
  }
  return text.length;
}

/** `E'…'`, in which a backslash escapes. */
function isEscapeText(text: string, at: number): boolean {
  return /^e$/i.test(text[at - 1] ?? '') && !isWordCharacter(text[at - 2]);
}

export function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\w$\u0080-\uffff]/.test(character);
}
