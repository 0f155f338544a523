import type { Since } from '../../model/api-config.js';

const OVERLAP_MINUTES = 60;

/**
 * The parameter that asks for changes only, from some time before the last run: records that were being written then,
 * and clocks that differ, are covered. Nothing where the source was never read, and everything is wanted.
 */
export function sinceText(
  since: string | Since | undefined,
  lastRead: Date | undefined,
): { param: string; value: string } | undefined {
  if (since === undefined || lastRead === undefined) return undefined;
  const {
    param,
    overlap = OVERLAP_MINUTES,
    format = 'iso',
  } = typeof since === 'string' ? { param: since } : since;
  const from = new Date(Math.floor(lastRead.getTime() / 1000) * 1000 - overlap * 60_000);
  const iso = from.toISOString();
  const value =
    format === 'unix'
      ? String(from.getTime() / 1000)
      : format === 'date'
        ? iso.slice(0, 10)
        : iso.replace('.000Z', 'Z');
  return { param, value };
}
