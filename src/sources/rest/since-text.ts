import type { Since } from '../../model/api-config.js';

const OVERLAP_MINUTES = 60;
/** Where on Earth it is latest: a day is still the one before there for so long. */
const LATEST_ZONE_MINUTES = 12 * 60;

/**
 * The parameter that asks for changes only, from some time before the last run: records that were being written then,
 * and clocks that differ, are covered. A day begins when the API's zone says so, which nobody told: it is the one that it
 * was then in the last zone of all. Nothing where the source was never read, and everything is wanted.
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
  const before = overlap + (format === 'date' ? LATEST_ZONE_MINUTES : 0);
  const from = new Date(Math.floor(lastRead.getTime() / 1000) * 1000 - before * 60_000);
  const iso = from.toISOString();
  const value =
    format === 'unix'
      ? String(from.getTime() / 1000)
      : format === 'date'
        ? iso.slice(0, 10)
        : iso.replace('.000Z', 'Z');
  return { param, value };
}
