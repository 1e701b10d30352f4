/** What the simulator tells: what devices sent, what was answered, what should follow on the platform. */

export interface Expectation {
  /** What people should be told of: the `kind` of an alert or incident. */
  kind: string;
  /** The id that the device announces itself with. */
  device: string;
  name?: string;
  /** By when it should be known there, milliseconds since 1970. */
  by: number;
  location?: { latitude: number; longitude: number };
}

/** What nobody should be told of. */
export interface Silence {
  /** Ids of the devices, as in an expectation. */
  devices: readonly string[];
  why: string;
  /** How long the platform might be tempted, milliseconds since 1970. */
  until: number;
}

export type JournalEntry =
  | { at: number; sent: { device: string; command: string; text?: string; again?: boolean } }
  | { at: number; answered: { device: string; command: string; afterMs: number } }
  | { at: number; connection: { device: string; state: 'up' | 'down'; reason?: string } }
  | { at: number; shows: { device: string; name?: string; text: string } }
  | { at: number; expect: Omit<Expectation, 'by'> & { by: string } }
  | { at: number; expectNothing: Omit<Silence, 'until'> & { until: string } }
  | { at: number; story: string }
  | { at: number; progress: Totals }
  | { at: number; summary: Totals & Record<string, unknown> };

export interface Totals {
  connected: number;
  sent: number;
  answered: number;
  repeated: number;
  expected: number;
  /** Mean time from a first transmission to its answer. */
  answerMs: number | null;
}

export interface Journal {
  sent(device: string, command: string, options?: { text?: string; again?: boolean }): void;
  answered(device: string, command: string, afterMs: number): void;
  connection(device: string, state: 'up' | 'down', reason?: string): void;
  shows(device: { id: string; name?: string }, text: string): void;
  expect(expectation: Expectation): void;
  expectNothing(silence: Silence): void;
  story(text: string): void;
  progress(): void;
  summary(more: Record<string, unknown>): void;
  totals(): Totals;
}

export function createJournal(print: (entry: JournalEntry) => void, now: () => number = Date.now): Journal {
  const connected = new Set<string>();
  let [sent, answered, repeated, expected, answerMs] = [0, 0, 0, 0, 0];
  const totals = (): Totals => ({
    connected: connected.size,
    sent,
    answered,
    repeated,
    expected,
    answerMs: answered ? Math.round((10 * answerMs) / answered) / 10 : null,
  });
  /** Nobody has connected yet, and that was not said. */
  let silence = true;
  return {
    totals,
    sent(device, command, options = {}) {
      sent++;
      if (options.again) repeated++;
      print({ at: now(), sent: { device, command, ...options } });
    },
    answered(device, command, afterMs) {
      answered++;
      answerMs += afterMs;
      print({ at: now(), answered: { device, command, afterMs } });
    },
    connection(device, state, reason) {
      if (state === 'up') {
        connected.add(device);
        silence = false;
      } else if (!connected.delete(device)) {
        if (silence && reason !== SWITCHED_OFF)
          print({
            at: now(),
            story: `${device} cannot connect: is the service there? All devices go on trying.`,
          });
        silence = false;
        return;
      }
      print({ at: now(), connection: { device, state, ...(reason ? { reason } : {}) } });
    },
    shows: ({ id, name }, text) =>
      print({ at: now(), shows: { device: id, ...(name ? { name } : {}), text } }),
    expect(expectation) {
      expected++;
      print({ at: now(), expect: { ...expectation, by: new Date(expectation.by).toISOString() } });
    },
    expectNothing: (silence) =>
      print({ at: now(), expectNothing: { ...silence, until: new Date(silence.until).toISOString() } }),
    story: (text) => print({ at: now(), story: text }),
    progress: () => print({ at: now(), progress: totals() }),
    summary: (more) => print({ at: now(), summary: { ...totals(), ...more } }),
  };
}

/** One line of JSON for each entry. */
export function jsonPrinter(write: (line: string) => void): (entry: JournalEntry) => void {
  return (entry) => write(`${JSON.stringify(entry)}\n`);
}

/** For people: alarms, expectations and what screens show as lines; everything else only in the progress line. */
export function readablePrinter(write: (line: string) => void): (entry: JournalEntry) => void {
  return (entry) => {
    const text = readable(entry);
    if (text) write(`${new Date(entry.at).toTimeString().slice(0, 8)}  ${text}\n`);
  };
}

/** The one loss of connection that is no news. */
export const SWITCHED_OFF = 'switched off';

const QUIET = /^(LK|UD|UD2|bphrt|oxygen|btemp2|up|readings|z2m|spb|lns)/;

function readable(entry: JournalEntry): string | undefined {
  if ('sent' in entry) {
    if (QUIET.test(entry.sent.command)) return undefined;
    return entry.sent.again ? `${entry.sent.device}  ${entry.sent.command} said again` : undefined;
  }
  if ('answered' in entry) {
    if (QUIET.test(entry.answered.command)) return undefined;
    return `${entry.answered.device}  ${entry.answered.command} answered after ${entry.answered.afterMs} ms`;
  }
  if ('connection' in entry) {
    const { device, state, reason } = entry.connection;
    return state === 'up' || reason === SWITCHED_OFF
      ? undefined
      : `${device}  disconnected${reason ? `: ${reason}` : ''}`;
  }
  if ('shows' in entry)
    return `${entry.shows.device}  ${entry.shows.name ?? 'a band'} shows on its screen: ${entry.shows.text}`;
  if ('expect' in entry) {
    const { kind, device, name, by } = entry.expect;
    return `→ expect ${kind} of ${name ?? device} (${device}) by ${by.slice(11, 19)} UTC`;
  }
  if ('expectNothing' in entry) {
    const { devices, why } = entry.expectNothing;
    return `→ expect nothing of ${devices.length > 3 ? `${devices.length} devices` : devices.join(', ')}: ${why}`;
  }
  if ('story' in entry) return entry.story;
  if ('progress' in entry) return counted(entry.progress);
  return `finished: ${counted(entry.summary)}`;
}

function counted(totals: Totals): string {
  const mean = totals.answerMs === null ? '' : `, answered after ${totals.answerMs} ms on average`;
  const again = totals.repeated ? `, ${totals.repeated} repeated` : '';
  return `${totals.connected} devices connected, ${totals.sent} messages sent, ${totals.answered} answered${again}${mean}`;
}
