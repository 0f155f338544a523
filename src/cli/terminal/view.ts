import type { Paint } from './paint.js';

/** How wide and in which colours something is shown. */
export interface View {
  width: number;
  paint: Paint;
}
