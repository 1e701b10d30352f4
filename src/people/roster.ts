/** A weekly shift: 1 is Monday; minutes of the local day, the end not included, 1440 is midnight. A night is two of them. */
export interface Shift {
  weekday: number;
  fromMinute: number;
  toMinute: number;
}

/** A moment as the wall clock of the place shows it. */
export interface LocalMoment {
  /** 1 is Monday. */
  weekday: number;
  /** 0 to 1439. */
  minute: number;
}

const weekdays: Readonly<Record<string, number>> = {
  Mon: 1,
  Tue: 2,
  Wed: 3,
  Thu: 4,
  Fri: 5,
  Sat: 6,
  Sun: 7,
};
const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws RangeError for a time zone that does not exist. */
export function localMoment(ms: number, timeZone: string): LocalMoment {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(ms)
      .map((p) => [p.type, p.value]),
  );
  return {
    weekday: weekdays[parts.weekday ?? ''] ?? 0,
    minute: Number(parts.hour) * 60 + Number(parts.minute),
  };
}

export function isOnDuty(shift: Shift, moment: LocalMoment): boolean {
  return (
    shift.weekday === moment.weekday && shift.fromMinute <= moment.minute && moment.minute < shift.toMinute
  );
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  return format;
}
