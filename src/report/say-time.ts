/** A day in words: `22 November 2026`. */
function sayDay(at: Date, timezone: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: timezone }).format(at);
}

/** A moment in words, with its zone: `22 November 2026, 14:05 EAT`. */
export function sayMoment(at: Date, timezone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: timezone,
  }).format(at);
  return `${sayDay(at, timezone)}, ${time} ${zoneOf(at, timezone)}`;
}

/** How long something took: `3.3 seconds`, `2 min 5 s`. */
export function sayDuration(from: Date, to: Date): string {
  const seconds = Math.max(0, (to.getTime() - from.getTime()) / 1000);
  if (seconds < 60) return `${seconds.toFixed(1)} seconds`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A day as PostgreSQL writes it, in words: `2026-11-22` → `22 Nov 2026`. Anything else stays as it is. */
export function sayWrittenDay(text: string): string {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (day === null) return text;
  return `${Number(day[3])} ${MONTHS[Number(day[2]) - 1]} ${day[1]}`;
}

/** A month in words: `2025-12-01` → `December 2025`. */
export function sayMonth(text: string): string {
  return new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${text.slice(0, 10)}T00:00:00Z`),
  );
}

const MONTHS = 'Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec'.split(',');

// Neither British nor American English knows the letters of East Africa's zones, whose readers do.
const LETTERS: Record<string, string> = {
  'East Africa Time': 'EAT',
  'West Africa Time': 'WAT',
  'Central Africa Time': 'CAT',
  'South Africa Standard Time': 'SAST',
};

function zoneOf(at: Date, timezone: string): string {
  const name = partOf(at, timezone, 'long');
  return LETTERS[name] ?? partOf(at, timezone, 'short');
}

function partOf(at: Date, timezone: string, timeZoneName: 'long' | 'short'): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, timeZoneName }).formatToParts(at);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timezone;
}
