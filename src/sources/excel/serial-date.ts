import type { NumberKind } from './number-format.js';

const DAY = 86_400_000;
/** Excel counts days from the last of December 1899 and believes in a 29 February 1900. */
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
const LAST = 2_958_465;

/**
 * A number of days as text: `2026-03-05`, `2026-03-05 14:30:00`, `14:30:00`, or hours beyond a day for a duration.
 * Undefined where Excel itself shows no date for it.
 */
export function serialText(serial: number, kind: NumberKind, from1904: boolean): string | undefined {
  if (!Number.isFinite(serial) || serial < 0) return undefined;
  // To the millisecond, which is as far as a double carries a day of this century.
  const whole = Math.round(serial * DAY);
  const days = Math.floor(whole / DAY);
  const rest = whole - days * DAY;
  if (kind === 'duration') return clock(whole);
  if (kind === 'time' && days === 0) return clock(rest);
  if (days > LAST) return undefined;
  const day = dayText(days, from1904);
  return rest === 0 && kind === 'day' ? day : `${day} ${clock(rest)}`;
}

function dayText(days: number, from1904: boolean): string {
  if (from1904) return new Date(EPOCH_1904 + days * DAY).toISOString().slice(0, 10);
  // Neither is a day of the calendar, and the text says so.
  if (days === 0) return '1900-01-00';
  if (days === 60) return '1900-02-29';
  return new Date(EPOCH_1900 + (days < 60 ? days + 1 : days) * DAY).toISOString().slice(0, 10);
}

function clock(milliseconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = Math.floor(milliseconds / 1000);
  const rest = milliseconds % 1000;
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`;
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
}
