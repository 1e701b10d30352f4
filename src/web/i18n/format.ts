import type { Locale } from '../../api/schemas.ts';

/** How times, ages and lengths are written in one language. Times are milliseconds since 1970, shown in the reader's zone. */
export interface Format {
  /** "3 minutes ago"; what lies under 10 s is "now". */
  ago: (at: number, now: number) => string;
  /** "3 minutes 20 seconds": at most two units. */
  span: (ms: number) => string;
  /** "02:37" or "1:02:37": a ticking age. */
  ticking: (ms: number) => string;
  clock: (at: number) => string;
  clockSeconds: (at: number) => string;
  /** Time of day, with the day where it is not today. */
  moment: (at: number, now: number) => string;
  full: (at: number) => string;
  metres: (m: number) => string;
  number: (value: number, digits?: number) => string;
  percent: (value: number) => string;
  weekday: (isoWeekday: number, style?: 'short' | 'long') => string;
}

type Unit = 'second' | 'minute' | 'hour' | 'day';
const unitMs: Readonly<Record<Unit, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};
const descending: readonly Unit[] = ['day', 'hour', 'minute', 'second'];

export function createFormat(locale: Locale): Format {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' });
  const dates = dateFormats(locale);
  const quantity = (value: number, unit: string, digits = 0) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit,
      unitDisplay: locale === 'en' ? 'short' : 'long',
      maximumFractionDigits: digits,
    }).format(value);
  return {
    ...dates,
    ago: (at, now) => ago(relative, at - now),
    span: (ms) => span(ms, quantity),
    ticking,
    metres: (m) => (m < 1000 ? quantity(roundMetres(m), 'meter') : quantity(m / 1000, 'kilometer', 1)),
    number: (value, digits = 0) =>
      new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value),
    percent: (value) => new Intl.NumberFormat(locale, { style: 'percent' }).format(value / 100),
    // 2024-01-01 was a Monday.
    weekday: (iso, style = 'short') =>
      new Intl.DateTimeFormat(locale, { weekday: style, timeZone: 'UTC' }).format(Date.UTC(2024, 0, iso)),
  };
}

function dateFormats(locale: Locale): Pick<Format, 'clock' | 'clockSeconds' | 'moment' | 'full'> {
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const seconds = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' });
  const day = new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const full = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
  });
  return {
    clock: (at) => time.format(at),
    clockSeconds: (at) => seconds.format(at),
    moment: (at, now) => (isSameDay(at, now) ? time.format(at) : day.format(at)),
    full: (at) => full.format(at),
  };
}

function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

function ago(relative: Intl.RelativeTimeFormat, differenceMs: number): string {
  const size = Math.abs(differenceMs);
  if (size < 10_000) return relative.format(0, 'second');
  const unit = descending.find((candidate) => size >= unitMs[candidate]) ?? 'second';
  return relative.format(Math.trunc(differenceMs / unitMs[unit]), unit);
}

function span(ms: number, quantity: (value: number, unit: string) => string): string {
  const first = descending.find((unit) => ms >= unitMs[unit]) ?? 'second';
  const whole = Math.floor(ms / unitMs[first]);
  const second = descending[descending.indexOf(first) + 1];
  const rest = second ? Math.floor((ms % unitMs[first]) / unitMs[second]) : 0;
  const head = quantity(whole, first);
  return second && rest > 0 ? `${head} ${quantity(rest, second)}` : head;
}

function ticking(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const pad = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const tail = `${pad(Math.floor((total % 3600) / 60))}:${pad(total % 60)}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

function roundMetres(m: number): number {
  return m < 20 ? Math.round(m) : m < 200 ? Math.round(m / 5) * 5 : Math.round(m / 10) * 10;
}
