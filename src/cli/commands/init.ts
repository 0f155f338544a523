import type { Given, Session } from '../session.js';
export async function init(_s: Session, _g: Given): Promise<number> {
  return 0;
}
