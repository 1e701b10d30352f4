const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MOST_CACHED = 20_000;

/** The clock on the wall of a time zone. Days are counted since 1970-01-01, minutes since the midnight of the local day. */
export interface LocalTime {
  dayOf(ms: number): number;
  minuteOf(ms: number): number;
  /** The moment at which the local clock shows this minute of this day. */
  at(day: number, minute: number): number;
}

const zones = new Map<string, LocalTime>();

/** Throws RangeError for a time zone that does not exist. */
export function localTime(timeZone: string): LocalTime {
  const known = zones.get(timeZone);
  if (known) return known;
  const created = createLocalTime(cachedOffsets(timeZone));
  zones.set(timeZone, created);
  return created;
}

/** `2026-11-22`; days are counted since 1970-01-01. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** 1 is Monday; 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

const createLocalTime = (offsetAt: (ms: number) => number): LocalTime => ({
  dayOf: (ms) => Math.floor((ms + offsetAt(ms)) / DAY_MS),
  minuteOf(ms) {
    const shown = ms + offsetAt(ms);
    return Math.floor((shown - Math.floor(shown / DAY_MS) * DAY_MS) / MINUTE_MS);
  },
  at(day, minute) {
    const shown = day * DAY_MS + minute * MINUTE_MS;
    return shown - offsetAt(shown - offsetAt(shown));
  },
});

/** Asked for every reading, so a day on which the clocks do not change is asked of the platform once. */
function cachedOffsets(timeZone: string): (ms: number) => number {
  const ask = offsets(timeZone);
  const days = new Map<number, number | undefined>();
  const offsetOfDay = (day: number): number | undefined => {
    if (days.has(day)) return days.get(day);
    if (days.size >= MOST_CACHED) days.clear();
    const first = ask(day * DAY_MS);
    const offset = ask((day + 1) * DAY_MS) === first ? first : undefined;
    days.set(day, offset);
    return offset;
  };
  let lastDay = Number.NaN;
  let lastOffset: number | undefined;
  return (ms) => {
    const day = Math.floor(ms / DAY_MS);
    if (day !== lastDay) {
      lastOffset = offsetOfDay(day);
      lastDay = day;
    }
    return lastOffset ?? ask(ms);
  };
}

function offsets(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  return (ms) => {
    const parts = Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, Number(part.value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
  };
}
