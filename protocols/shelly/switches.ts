/** Outputs and what protects them. A protective trip is an output that is off while errors stand. */
import type { BreakerFaultCause } from '../../src/model/signals.ts';
import { add, clean, type JsonObject } from '../sink.ts';
import { type Known, know, knownOf, type Talk } from './session.ts';

const CAUSES: Readonly<Record<string, BreakerFaultCause>> = {
  overtemp: 'over_temperature',
  overtemperature: 'over_temperature',
  overpower: 'high_power',
  overvoltage: 'over_voltage',
  undervoltage: 'under_voltage',
  overcurrent: 'over_current',
  'out_of_range:voltage': 'over_voltage',
  'out_of_range:current': 'over_current',
  'out_of_range:active_power': 'high_power',
  'out_of_range:apparent_power': 'high_power',
};

/** Who moved the output last, as `source` tells it. */
const SOURCES: readonly (readonly ['trip' | 'schedule' | 'local' | 'remote', RegExp])[] = [
  ['trip', /^limit|over(?:power|voltage|current|temp)|undervoltage|protect|safety/i],
  ['schedule', /timer|schedul|cron|sun(?:rise|set)|loopback|script/i],
  ['local', /button|input|switch|^sw_|toggle/i],
  ['remote', /http|^ws|mqtt|rpc|cloud|shc|^ui|udp|ble|uart|outbound|user/i],
];

interface Faulty {
  /** `switch:0`. */
  component: string;
  channel: { channel?: string };
  /** Absent: as it was. */
  on?: boolean;
  /** Absent: as they were. */
  errors?: readonly string[];
  /** It measures and switches nothing: its faults are warnings. */
  meter?: true;
}
export type Output = Faulty & { source?: unknown };

/** `errors` of a component: a list, `null` where the last one went, and in a complete status absent where there is none. */
export function errorsOf({ errors }: JsonObject, full: boolean): string[] | undefined {
  if (Array.isArray(errors)) return errors.slice(0, 16).map((error) => clean(String(error)));
  return errors === null || (errors === undefined && full) ? [] : undefined;
}

export function isElectric(error: string): boolean {
  return Object.hasOwn(CAUSES, error);
}

const wordOf = (entry: string) => entry.slice(0, entry.lastIndexOf('='));

/**
 * The errors with their stage: a warning becomes a trip with the output, and a trip stays one until the error is gone or the output is
 * on again.
 */
function standingOf(before: Known, on: boolean | undefined, errors: readonly string[] | undefined): string[] {
  const again = on === true && before.on === false;
  const standing = again ? [] : (before.errors ?? []);
  const stage = on === undefined ? '' : on ? 'warning' : 'trip';
  return (errors ?? standing.map(wordOf)).map((error) =>
    standing.includes(`${error}=trip`) ? `${error}=trip` : `${error}=${stage}`,
  );
}

/** Tells each fault once: when it appears, and when it becomes a trip. True where one of them tripped. */
export function readFaults(talk: Talk, { component, channel, on: told, errors, meter }: Faulty): boolean {
  const before = knownOf(talk, component);
  const on = meter ?? told ?? before.on;
  const standing = standingOf(before, on, errors);
  const news = standing.filter((entry) => !before.errors?.includes(entry));
  for (const entry of news) {
    const code = wordOf(entry);
    const stage = entry.endsWith('=trip') ? 'trip' : entry.endsWith('=warning') ? 'warning' : undefined;
    add(talk.sink, {
      signal: 'breaker_fault',
      ...channel,
      value: true,
      cause: CAUSES[code] ?? 'unspecified',
      ...(stage ? { stage } : {}),
      code,
    });
  }
  if (talk.sink.origin === 'live')
    know(talk, component, {
      ...(on === undefined || meter ? {} : { on }),
      ...(standing.length > 0 ? { errors: standing } : {}),
    });
  return news.some((entry) => entry.endsWith('=trip'));
}

/** The position of an output, its faults that are new, and who opened it. */
export function readOutput(talk: Talk, output: Output): undefined {
  const { component, channel, on, source } = output;
  const moved = on === false && knownOf(talk, component).on !== false;
  if (on !== undefined)
    add(talk.sink, { signal: 'breaker_position', ...channel, value: on ? 'closed' : 'open' });
  const tripped = readFaults(talk, output);
  const told = typeof source === 'string' && moved ? clean(source) : '';
  const by = tripped ? 'trip' : SOURCES.find(([, pattern]) => pattern.test(told))?.[0];
  if (by !== undefined) {
    const code = told === '' ? {} : { code: told };
    add(talk.sink, { signal: 'breaker_opened_by', ...channel, value: by, ...code });
  }
}
