import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import type { Decoded } from '../../src/model/uplinks.ts';
import { clean, isObject, type JsonObject } from '../sink.ts';
import { parseTime } from '../time.ts';
import { breakerNews } from './breakers.ts';
import { type Collected, collect, type Finding, nothing } from './collect.ts';
import { mapMessage } from './map-device.ts';
import type { Mapping } from './mapping.ts';
import { type Arrival, hear, isReplay, originOf, remember } from './origin.ts';
import { type Memory, own, put, taughtOf } from './session.ts';

/** Keys of Zigbee2MQTT itself, which say nothing of what the device measures. */
const OF_THE_GATEWAY = new Set([
  'last_seen',
  'linkquality',
  'update',
  'update_available',
  'device',
  'elapsed',
]);
/** Some set-ups say an action twice, in the message and on a topic of its own. */
const SAME_ACTION_MS = 3000;
const IEEE = /^0x[0-9a-f]{16}$/;

export interface StateMessage {
  name: string;
  /** The one property, where each has its topic. */
  key?: string;
  payload: JsonObject;
  receivedAt: number;
  retained: boolean;
}

type Sender = StateMessage & { device: string };
type Result = Pick<Decoded, 'readings' | 'nativeId'> & { memory: Memory; reasons: string[] };

/** Seconds since 1970 are no time of Zigbee2MQTT, milliseconds and ISO 8601 are. */
function lastSeenOf({ last_seen: seen }: JsonObject): number | undefined {
  return parseTime(seen);
}

/** The address that `bridge/devices` taught, or that the message itself tells; else the friendly name. */
export function deviceOf(memory: Memory, name: string, payload: JsonObject = {}): string {
  const { device } = payload;
  const told = isObject(device) ? (device.ieeeAddr ?? device.ieee_address) : undefined;
  const ieee = own(taughtOf(memory).devices, name)?.ieee ?? told;
  const plain = typeof ieee === 'string' ? ieee.toLowerCase() : name.toLowerCase();
  return IEEE.test(plain) ? plain : clean(name, 128);
}

function mappingsOf(memory: Memory, { name, payload }: StateMessage): Readonly<Record<string, Mapping>> {
  const taught = own(taughtOf(memory).devices, name);
  return taught?.known ? taught.map : mapMessage(payload);
}

function collectAll(message: StateMessage, mappings: Readonly<Record<string, Mapping>>): Collected {
  const collected = nothing();
  for (const [property, value] of Object.entries(message.payload)) {
    const mapping = OF_THE_GATEWAY.has(property) ? undefined : own(mappings, property);
    if (mapping) collect(collected, property, { mapping, value });
  }
  return collected;
}

/** A breaker that says it tripped is open, whatever the cached position says. */
function opened(collected: Collected): void {
  if (collected.tripped)
    collected.findings.set('breaker_position.', { signal: 'breaker_position', value: 'open' });
}

/** Presses that are said once. One that was said in a message a moment ago and now stands on its own topic is the same. */
function actions(memory: Memory, collected: Collected, { key, receivedAt, retained, device }: Sender) {
  const readings: DecodedReading[] = [];
  const reasons: string[] = [];
  let next = memory;
  for (const { signal, value } of collected.actions) {
    const before = own(memory.actions, device);
    const again =
      key !== undefined && before?.value === value && Math.abs(receivedAt - before.at) < SAME_ACTION_MS;
    if (again) reasons.push(`${signal}: said already in the message before`);
    else readings.push({ signal, value: true, origin: retained ? 'retained' : 'live', code: value });
    if (key === undefined) next = { ...next, actions: put(next.actions, device, { value, at: receivedAt }) };
  }
  return { readings, reasons, memory: next };
}

/**
 * Calls that are a state (`sos: true`) stand in every message until they are taken back. One is new when it was not there before,
 * and also when nothing else in the message changed: then it is why the message came.
 */
function calls(memory: Memory, collected: Collected, { key, payload, device }: Sender) {
  const findings: Finding[] = [];
  const active = collected.calls.filter((call) => call.active);
  const { linkquality: _quality, last_seen: _seen, ...rest } = payload;
  const said = active.length === 0 ? '' : JSON.stringify(rest).slice(0, 2000);
  const before = own(memory.calls, device) ?? '';
  if (collected.calls.length === 0 || (said === '' && before === ''))
    return { findings, memory, reasons: [] };
  const repeated = before !== '' && (key !== undefined || before !== said);
  for (const { signal, code } of repeated ? [] : active) {
    findings.push({ signal, value: true, ...(/^(?:true|1)$/.test(code) ? {} : { code }) });
  }
  const reasons =
    repeated && active.length > 0
      ? active.map(({ signal }) => `${signal}: still said, and something else is new`)
      : [];
  return {
    findings,
    memory: before === said ? memory : { ...memory, calls: put(memory.calls, device, said) },
    reasons,
  };
}

function breaker(memory: Memory, collected: Collected, { payload, device }: Sender) {
  if (!collected.breaker) return { news: [], tests: [], memory, known: false };
  const taught = taughtOf(memory);
  const before = own(taught.standing, device);
  const { news, tests, standing } = breakerNews(collected, payload, before);
  const same = before?.length === standing.length && before.every((entry, i) => entry === standing[i]);
  const next = same
    ? memory
    : { ...memory, taught: { ...taught, standing: put(taught.standing, device, standing) } };
  return { news, tests, memory: next, known: before !== undefined };
}

/** What a device says of itself: the whole cached state, or one property of it. */
export function readState(memory: Memory, message: StateMessage): Result {
  const { name, key, payload, receivedAt, retained } = message;
  const device = deviceOf(memory, name, payload);
  const lastSeen = lastSeenOf(payload);
  const heardAs = key === undefined ? device : `${device} ${key}`;
  const arrival: Arrival = { heardAs, device, receivedAt, lastSeen, retained };
  const replay = isReplay(memory, arrival);
  const collected = collectAll(message, mappingsOf(memory, message));
  opened(collected);
  const sender = { ...message, device };
  const pressed = actions(memory, collected, sender);
  const called = calls(pressed.memory, collected, sender);
  const tripped = breaker(called.memory, collected, sender);
  const states = [...collected.findings.values(), ...called.findings];
  const found = states.map((finding) => ({
    ...finding,
    origin: originOf(finding, { memory, arrival, replay }),
  }));
  const newsOrigin: Origin = retained ? 'retained' : replay && !tripped.known ? 'replay' : 'live';
  const readings: DecodedReading[] = [
    ...pressed.readings,
    ...found,
    ...tripped.news.map((finding) => ({ ...finding, origin: newsOrigin })),
    ...tripped.tests.map((finding) => ({ ...finding, origin: 'test' as const })),
  ].map((reading) => (lastSeen === undefined ? reading : { ...reading, observedAt: lastSeen }));
  const live = found.filter(({ origin }) => origin === 'live');
  return {
    nativeId: device,
    readings,
    memory: hear(remember(tripped.memory, arrival, live), arrival),
    reasons: [...collected.reasons, ...pressed.reasons, ...called.reasons],
  };
}
