import type { Given, Session } from '../session.js';
export async function rejects(_s: Session, _g: Given): Promise<number> { return 0; }
