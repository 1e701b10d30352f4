/** A message on a state or availability topic: what every entity of every device that listens there says by it. */
import { add, clean, discard, type Sink } from '../sink.ts';
import { indexOf, type Presence, type Ready, viaOf } from './entities.ts';
import { type Memory, own, put, taughtOf } from './session.ts';
import { render } from './template.ts';
import { readSaying, type Talk } from './values.ts';

export interface StateMessage {
  topic: string;
  text: string;
  retained: boolean;
}

/** By device, in the order of its entities. */
export type Sinks = Map<string, Sink>;

/** States that Home Assistant itself takes for none. */
const NO_STATE = /^(?:|none|null|unknown|unavailable|nan)$/i;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sinkOf(sinks: Sinks, device: string, { retained }: { retained: boolean }): Sink {
  const origin = retained ? 'retained' : 'live';
  const sink = sinks.get(device) ?? {
    readings: [],
    reasons: [],
    misunderstood: false,
    observedAt: undefined,
    origin,
  };
  sinks.set(device, sink);
  return sink;
}

/** Of two entities that say the same of one point, a trouble outweighs its absence. */
function withoutDoubles(sink: Sink): void {
  const kept = new Map<string, Sink['readings'][number]>();
  for (const reading of sink.readings) {
    const { signal, channel = '', cause = '', code = '' } = reading;
    const place = [signal, channel, cause, cause === '' ? '' : code].join('\n');
    const before = kept.get(place);
    if (!before || (reading.value === true && before.value === false)) kept.set(place, reading);
  }
  sink.readings = [...kept.values()];
}

interface Heard {
  message: StateMessage;
  json: unknown;
  metering: ReadonlySet<string>;
}

function readOne(talk: Talk, sink: Sink, ready: Ready, { message, json, metering }: Heard): undefined {
  const { entity, template } = ready;
  if (entity.unsupported !== undefined) {
    sink.misunderstood = true;
    sink.reasons.push(`${entity.point}: unsupported template ${entity.unsupported}`);
    return;
  }
  const said = template ? render(template, { text: message.text, json }) : message.text.trim();
  if (said === undefined) return discard(sink, entity.point, 'its template makes nothing of this message');
  if (NO_STATE.test(said)) return;
  readSaying(talk, sink, { ready, said, text: message.text, json, metering: metering.has(entity.device) });
}

function availableBy({ topics }: Presence, message: StateMessage, json: unknown): boolean | undefined {
  for (const { topic, parsed, template, on, off } of topics) {
    if (topic !== message.topic || (template !== undefined && !parsed)) continue;
    const said = parsed ? render(parsed, { text: message.text, json }) : message.text.trim();
    if (said === on) return true;
    if (said === off) return false;
  }
  return undefined;
}

/** Whether a device is there by one of its ways; undefined where not everything is known that this takes. */
function presentBy(
  { mode, topics }: Presence,
  available: Memory['available'],
  now: boolean,
): boolean | undefined {
  const said = topics.map(({ topic }) => own(available, topic));
  if (mode === 'latest' || topics.length === 1) return now;
  if (mode === 'all') return said.includes(false) ? false : said.includes(undefined) ? undefined : true;
  return said.includes(true) ? true : said.includes(undefined) ? undefined : false;
}

/** Where several devices hang on one topic, it is the will of the one through which they speak. */
function speakersOf(memory: Memory, devices: ReadonlySet<string>): string[] {
  const taught = taughtOf(memory);
  if (devices.size < 2) return [...devices];
  return [...new Set([...devices].map((device) => viaOf(taught, device) ?? device))];
}

function readPresence(talk: Talk, sinks: Sinks, { message, json }: Heard): void {
  const index = indexOf(taughtOf(talk.memory));
  const devices = index.presence.get(message.topic);
  if (!devices) return;
  for (const device of devices) {
    const ways = index.presences.get(device) ?? [];
    const now = ways.map((way) => availableBy(way, message, json)).find((one) => one !== undefined);
    if (now !== undefined)
      talk.memory = { ...talk.memory, available: put(talk.memory.available, message.topic, now) };
  }
  const now = own(talk.memory.available, message.topic);
  for (const device of speakersOf(talk.memory, devices)) {
    const sink = sinkOf(sinks, device, message);
    const ways = (index.presences.get(device) ?? []).filter(({ topics }) =>
      topics.some(({ topic }) => topic === message.topic),
    );
    if (ways.length === 0 && now !== undefined) add(sink, { signal: 'online', value: now });
    const present = ways.flatMap((way) => {
      const own = availableBy(way, message, json);
      return own === undefined ? [] : (presentBy(way, talk.memory.available, own) ?? []);
    });
    if (present.length > 0) add(sink, { signal: 'online', value: present.includes(true) });
    else if (ways.length > 0 && now === undefined && message.text.trim() !== '')
      sink.reasons.push(`availability: ${clean(message.text, 40)} is neither of its words`);
  }
}

/** Undefined where no entity speaks on the topic. */
export function readTopic(
  memory: Memory,
  message: StateMessage,
): { memory: Memory; sinks: Sinks } | undefined {
  const index = indexOf(taughtOf(memory));
  const entities = index.states.get(message.topic) ?? [];
  if (entities.length === 0 && !index.presence.has(message.topic)) return undefined;
  const json = parse(message.text);
  const heard: Heard = { message, json, metering: index.metering };
  const talk: Talk = { memory, retained: message.retained };
  const sinks: Sinks = new Map();
  for (const ready of entities) readOne(talk, sinkOf(sinks, ready.entity.device, message), ready, heard);
  readPresence(talk, sinks, heard);
  for (const sink of sinks.values()) withoutDoubles(sink);
  return { memory: talk.memory, sinks };
}
