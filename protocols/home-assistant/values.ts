/** What the state of one entity says, as a reading. */
import { isPlausible } from '../../src/model/signals.ts';
import { eventOf, faultWords } from '../faults.ts';
import { add, clean, discard, isObject, refuse, type Sink } from '../sink.ts';
import { actionOf, meaningOf, truthOf } from '../words.ts';
import type { Ready } from './entities.ts';
import type { Meaning } from './meaning.ts';
import { type Memory, own, put, taughtOf } from './session.ts';

/** One entity's share of a message. `said` is what its template made of it. */
export interface Saying {
  ready: Ready;
  said: string;
  /** The whole message. */
  text: string;
  json: unknown;
  /** The device measures the mains: a small voltage there is none of a battery. */
  metering: boolean;
}

/** A message being read: what each device says, and what is remembered afterwards. */
export interface Talk {
  memory: Memory;
  retained: boolean;
}

type Read<M extends Meaning = Meaning> = (talk: Talk, sink: Sink, saying: Saying & { means: M }) => undefined;

const SMALL_V = 60;
const MAX_TEXT = 2000;

const same = (said: string, word: string | undefined) =>
  word !== undefined && (said === word || said.toLowerCase() === word.toLowerCase());

/** On or off by the words of the description; a plain truth is taken too. */
function stateOf({ ready: { entity }, said }: Saying): boolean | undefined {
  if (said === entity.on) return true;
  if (said === entity.off) return false;
  if (same(said, entity.on)) return true;
  return same(said, entity.off) ? false : truthOf(said);
}

function switched(sink: Sink, saying: Saying): boolean | undefined {
  const { entity } = saying.ready;
  const on = stateOf(saying);
  if (on === undefined)
    refuse(
      sink,
      entity.point,
      `${clean(entity.on ?? 'ON', 32)} or ${clean(entity.off ?? 'OFF', 32)}`,
      saying.said,
    );
  return on;
}

const state: Read<Extract<Meaning, { as: 'state' }>> = (_talk, sink, saying) => {
  const on = switched(sink, saying);
  const { signal, unlike } = saying.means;
  if (on !== undefined) add(sink, { signal, ...saying.ready.channel, value: unlike ? !on : on });
};

/** Remembers the state of an entity that tells events; what the broker kept is not remembered. */
function remember(talk: Talk, { ready: { key }, text }: Saying, on: boolean): void {
  if (talk.retained) return;
  const kept = { on, text: text.slice(0, MAX_TEXT) };
  talk.memory = { ...talk.memory, states: put(talk.memory.states, key, kept) };
}

/**
 * It happens when the state turns on. Where the message holds more than this state, one that was on already says so again; it is new when
 * nothing in the message changed, for then that is why it came.
 */
const event: Read<Extract<Meaning, { as: 'event' }>> = (talk, sink, saying) => {
  const on = switched(sink, saying);
  if (on === undefined) return;
  const { entity, key, channel } = saying.ready;
  const before = own(talk.memory.states, key);
  const alone = entity.template === undefined || entity.momentary === true;
  const repeated = !alone && before?.on === true && before.text !== saying.text.slice(0, MAX_TEXT);
  remember(talk, saying, on);
  if (!on) return;
  if (repeated) return discard(sink, entity.point, 'still on, and something else is new');
  add(sink, { signal: saying.means.signal, ...channel, value: true });
};

const mains: Read = (talk, sink, saying) => {
  const on = switched(sink, saying);
  if (on === undefined) return;
  const before = own(talk.memory.states, saying.ready.key)?.on;
  remember(talk, saying, on);
  if (!on && before !== false) add(sink, { signal: 'power_off', value: true });
  if (on && before === false) add(sink, { signal: 'power_on', value: true });
};

/** Notes which of an entity's faults stand, and gives those that did not. */
function news(talk: Talk, key: string, faults: readonly string[]): string[] {
  const taught = taughtOf(talk.memory);
  const mine = (entry: string) => entry.startsWith(`${key}\n`);
  const standing = taught.standing.filter(mine);
  const now = faults.map((fault) => `${key}\n${fault}`);
  const changed = standing.length !== now.length || now.some((entry) => !standing.includes(entry));
  if (changed && !talk.retained) {
    const others = taught.standing.filter((entry) => !mine(entry));
    talk.memory = {
      ...talk.memory,
      taught: { ...taught, standing: [...others, ...now].slice(-1000).sort() },
    };
  }
  return faults.filter((fault) => !standing.includes(`${key}\n${fault}`));
}

const fault: Read<Extract<Meaning, { as: 'fault' }>> = (talk, sink, saying) => {
  const on = switched(sink, saying);
  if (on === undefined) return;
  const { cause, stage } = saying.means;
  if (news(talk, saying.ready.key, on ? ['on'] : []).length === 0) return;
  add(sink, {
    signal: 'breaker_fault',
    ...saying.ready.channel,
    value: true,
    cause,
    ...(stage ? { stage } : {}),
    code: saying.ready.entity.point,
  });
};

const faults: Read = (talk, sink, { ready: { key, channel }, said }) => {
  const words = (faultWords(said) ?? []).slice(0, 32).map((word) => clean(word));
  const fresh = news(talk, key, words);
  for (const word of fresh) {
    const { fault: found, openedBy } = eventOf(word) ?? {};
    if (found) {
      const { cause, stage } = found;
      add(sink, {
        signal: 'breaker_fault',
        ...channel,
        value: true,
        cause,
        ...(stage ? { stage } : {}),
        code: word,
      });
    }
    if (openedBy) add(sink, { signal: 'breaker_opened_by', ...channel, value: openedBy });
  }
};

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?$/i;

const number: Read<Extract<Meaning, { as: 'number' }>> = (_talk, sink, saying) => {
  const { ready, said, means, metering } = saying;
  if (!NUMBER.test(said)) return refuse(sink, ready.entity.point, 'a number', said);
  const { factor = 1, offset = 0, supply } = means;
  const scaled = Number((Number(said) * factor + offset).toPrecision(12));
  const value = means.signal === 'power_factor' ? Math.abs(scaled) : scaled;
  const signal = supply && !metering && value <= SMALL_V ? 'battery_voltage' : means.signal;
  if (signal === 'battery' && value === 0) return discard(sink, ready.entity.point, '0 means not measured');
  if (!isPlausible(signal, value)) return discard(sink, ready.entity.point, `${value} is not plausible`);
  add(sink, { signal, ...ready.channel, value });
};

const word: Read<Extract<Meaning, { as: 'word' }>> = (_talk, sink, { ready, said, means }) => {
  const value = meaningOf(means.signal, said);
  if (value === undefined) return refuse(sink, ready.entity.point, `a word for ${means.signal}`, said);
  if (typeof value === 'number' && !isPlausible(means.signal, value)) return;
  add(sink, { signal: means.signal, ...ready.channel, value });
};

const breaker: Read = (_talk, sink, saying) => {
  const on = switched(sink, saying);
  if (on !== undefined)
    add(sink, { signal: 'breaker_position', ...saying.ready.channel, value: on ? 'closed' : 'open' });
};

/** A word, how far it is open, or both in JSON. */
const valve: Read = (_talk, sink, saying) => {
  const { ready, json } = saying;
  const { entity, channel } = ready;
  const told = isObject(json) && entity.template === undefined ? (json.state ?? json.position) : saying.said;
  const said = String(told);
  const on = same(said, entity.on) ? true : same(said, entity.off) ? false : undefined;
  const open = on ?? (NUMBER.test(said) ? Number(said) > 0 : undefined);
  const value = open === undefined ? meaningOf('valve_position', said) : open ? 'open' : 'closed';
  if (typeof value !== 'string') return refuse(sink, entity.point, 'a position of a valve', said);
  add(sink, { signal: 'valve_position', ...channel, value });
};

const action: Read<Extract<Meaning, { as: 'action' }>> = (_talk, sink, { ready, said, json, means }) => {
  const { payload } = ready.entity;
  if (payload !== undefined && said !== payload) return;
  const told = isObject(json) && typeof json.event_type === 'string' ? json.event_type : said;
  const signal = actionOf(told, means.any === true);
  if (signal) add(sink, { signal, value: true, code: clean(told) });
};

const nothing: Read = () => undefined;

/** Reads what an entity says into what its device says. */
export function readSaying(talk: Talk, sink: Sink, saying: Saying): undefined {
  const { means } = saying.ready.entity;
  switch (means.as) {
    case 'state':
      return state(talk, sink, { ...saying, means });
    case 'event':
      return event(talk, sink, { ...saying, means });
    case 'fault':
      return fault(talk, sink, { ...saying, means });
    case 'number':
      return number(talk, sink, { ...saying, means });
    case 'word':
      return word(talk, sink, { ...saying, means });
    case 'action':
      return action(talk, sink, { ...saying, means });
    default:
      return { mains, faults, breaker, valve, command: nothing }[means.as](talk, sink, { ...saying, means });
  }
}
