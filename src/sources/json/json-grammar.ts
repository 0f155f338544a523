/** What may come next. The first ones stand between values, where white space may be. */
export enum State {
  Value,
  FirstElement,
  FirstKey,
  Key,
  Colon,
  After,
  Text,
  Escape,
  Unicode,
  LowHalf,
  Word,
  Number,
  Skip,
}

/** Kinds of an open bracket, and whether the listener wants what is in it. */
export const ARRAY = 1;
export const OBJECT = 2;
export const WATCHED = 4;
export const MAX_DEPTH = 1 << 24;
export const ESCAPES = new Set([...'"\\/bfnrt'].map((c) => c.charCodeAt(0)));
export const PLAIN = new Uint8Array(256).map((_, byte) =>
  byte < 0x20 || byte === 0x22 || byte === 0x5c ? 0 : 1,
);
export const WORDS: Record<number, string> = { 116: 'true', 102: 'false', 110: 'null' };
