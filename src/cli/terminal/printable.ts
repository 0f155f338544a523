// C0 and C1 control characters, and the marks that turn the direction of what follows.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text from outside as it may be shown: no control character of it reaches the terminal. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const shown = ESCAPES[character];
    return shown ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
