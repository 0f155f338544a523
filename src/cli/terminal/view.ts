import type { Paint } from './paint.js';

/** How wide and in which colours something is shown. */
export interface View {
  width: number;
  paint: Paint;
}

/** How what must not be cut is shown: a file or a program has room for all of it. */
export function wholeView({ width, isTty, paint }: View & { isTty: boolean }): View {
  return { width: isTty ? width : 400, paint };
}
