import type { Origin } from '../../src/model/readings.ts';
import type { Finding } from './collect.ts';
import { type Memory, own, put } from './session.ts';

/** After its start Zigbee2MQTT publishes what it remembers of every device: for so long a first message may be that. */
const REPLAY_MS = 60_000;

export interface Arrival {
  /** Friendly name, with the property where each property has a topic of its own. */
  heardAs: string;
  device: string;
  receivedAt: number;
  lastSeen: number | undefined;
  retained: boolean;
}

/** Whether this is the first message of a device since Zigbee2MQTT started a moment ago, with nothing newer in it. */
export function isReplay(memory: Memory, { heardAs, receivedAt, lastSeen }: Arrival): boolean {
  const { startedAt, heard } = memory;
  if (startedAt === undefined || receivedAt - startedAt > REPLAY_MS || receivedAt < startedAt) return false;
  return own(heard, heardAs) === undefined && (lastSeen === undefined || lastSeen <= startedAt);
}

const keyOf = ({ signal, channel = '' }: Finding) => `${signal}.${channel}`;

/** A state that differs from the last live one is news even in a replay: it changed while nobody listened. */
export function originOf(
  finding: Finding,
  { memory, arrival, replay }: { memory: Memory; arrival: Arrival; replay: boolean },
): Origin {
  if (arrival.retained) return 'retained';
  if (!replay) return 'live';
  const before = own(own(memory.states, arrival.device), keyOf(finding));
  return before !== undefined && before !== finding.value ? 'live' : 'replay';
}

function isState({ signal, value }: Finding): boolean {
  return (
    (typeof value === 'boolean' || typeof value === 'string') &&
    signal !== 'breaker_fault' &&
    signal !== 'breaker_opened_by'
  );
}

/** What was live becomes what the next start is compared with. The same object where nothing changed. */
export function remember(memory: Memory, { device }: Arrival, live: readonly Finding[]): Memory {
  const before = own(memory.states, device);
  const changed = live.filter((finding) => isState(finding) && own(before, keyOf(finding)) !== finding.value);
  if (changed.length === 0) return memory;
  const states = { ...before };
  for (const finding of changed) states[keyOf(finding)] = finding.value as boolean | string;
  return { ...memory, states: put(memory.states, device, states) };
}

/** Notes that a device was heard since the start; the list ends with the minute. */
export function hear(memory: Memory, { heardAs, receivedAt }: Arrival): Memory {
  const { startedAt, heard } = memory;
  if (startedAt === undefined) return memory;
  if (receivedAt - startedAt > REPLAY_MS) {
    const { startedAt: _at, heard: _who, ...rest } = memory;
    return rest;
  }
  return own(heard, heardAs) ? memory : { ...memory, heard: put(heard, heardAs, true) };
}
