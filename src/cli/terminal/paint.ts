import colors from 'picocolors';

/** Colours by what they mean; each gives the text unchanged where there is no colour. */
export interface Paint {
  /** The one sentence that matters. */
  finding(text: string): string;
  /** What was refused or failed. */
  bad(text: string): string;
  /** What needs a look. */
  warning(text: string): string;
  good(text: string): string;
  /** Titles, units, what can be passed over. */
  soft(text: string): string;
  /** What can be typed. */
  command(text: string): string;
}

export function makePaint(colour: boolean): Paint {
  const c = colors.createColors(colour);
  return { finding: c.bold, bad: c.red, warning: c.yellow, good: c.green, soft: c.dim, command: c.cyan };
}

/** Whether a stream gets colours: a terminal that can show them, unless somebody asked for none. */
export function wantsColour(
  stream: { isTTY?: boolean },
  env: Record<string, string | undefined>,
  refused: boolean,
): boolean {
  if (refused || (env.NO_COLOR ?? '') !== '') return false;
  if (!['', '0', 'false'].includes(env.FORCE_COLOR ?? '')) return true;
  return stream.isTTY === true && env.TERM !== 'dumb';
}
