// C0 and C1 control characters, and the marks that turn the direction of what follows.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text from outside as it may be shown: no control character of it reaches the terminal. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => ESCAPES[character] ?? codeOf(character));
}

// JSON.stringify and PostgreSQL escape the others.
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON that says the same without a character that a terminal would obey. */
export function printableJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, codeOf);
}

function codeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
