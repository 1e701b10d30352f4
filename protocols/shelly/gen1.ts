/** Gen1: one topic for each value below `shellies/<id>`. https://shelly-api-docs.shelly.cloud/gen1/#mqtt-support */
import type { Signal } from '../../src/model/signals.ts';
import { numberFrom } from '../measure.ts';
import { add, clean, discard, refuse } from '../sink.ts';
import { truthOf } from '../words.ts';
import { put } from './components.ts';
import { readPress } from './events.ts';
import { type Talk, taughtOf } from './session.ts';
import { readFaults, readOutput } from './switches.ts';

type Channel = { channel?: string };
type Leaf = (
  talk: Talk,
  said: { match: RegExpExecArray; text: string; names: readonly string[] },
) => undefined;

/** A counter of watt-minutes in Wh. */
export const WATT_MINUTE_WH = 1 / 60;
const SEVERAL = /^shelly(?:switch|4pro|em-|em3|uni|rgbw2)/i;
const PHASES = ['a', 'b', 'c'];
const WITHOUT_OUTPUT = /^shelly(?:flood|ht|smoke|gas|dw|motion|button|sense|trv|ix3)/i;

/** The meter with three inputs is for three phases. */
export function gen1Point(id: string, index: number): Channel {
  if (/^shellyem3/i.test(id)) return { channel: PHASES[index] ?? String(index) };
  return index > 0 || SEVERAL.test(id) ? { channel: String(index) } : {};
}

function number(talk: Talk, signal: Signal, { text, place = {}, factor = 1 }: NumberOptions): undefined {
  const value = numberFrom(text);
  if (value === undefined) return refuse(talk.sink, signal, 'a number', text);
  put(talk.sink, signal, signal === 'power_factor' ? Math.abs(value) : value * factor, place);
}

interface NumberOptions {
  text: string;
  place?: Channel;
  factor?: number;
}

const OUTPUT_WORDS: Readonly<Record<string, boolean>> = { on: true, off: false, overpower: false };

/** `overpower` in place of `off` is the position and its cause. */
export function readGen1Output(talk: Talk, index: number, word: string): undefined {
  const on = Object.hasOwn(OUTPUT_WORDS, word) ? OUTPUT_WORDS[word] : undefined;
  if (on === undefined) return refuse(talk.sink, `relay/${index}`, 'on, off or overpower', word);
  const errors = word === 'overpower' ? ['overpower'] : on ? [] : undefined;
  const channel = gen1Point(talk.id, index);
  readOutput(talk, { component: `relay:${index}`, channel, on, ...(errors ? { errors } : {}) });
}

export function readOverheating(talk: Talk, hot: boolean): undefined {
  const outputs = Object.values(taughtOf(talk.memory).components).flatMap(({ on }) => on ?? []);
  const on = outputs.length === 0 ? {} : { on: outputs.includes(true) };
  readFaults(talk, { component: 'device', channel: {}, ...on, errors: hot ? ['overtemperature'] : [] });
}

const METER: Readonly<Record<string, readonly [Signal, number]>> = {
  power: ['power', 1],
  voltage: ['voltage', 1],
  current: ['current', 1],
  pf: ['power_factor', 1],
  reactive_power: ['reactive_power', 1],
  total: ['energy_import', 1],
  total_returned: ['energy_export', 1],
  energy: ['energy_import', WATT_MINUTE_WH],
  returned_energy: ['energy_export', WATT_MINUTE_WH],
};

const meter: Leaf = (talk, { match: [, kind, index, what = ''], text }) => {
  const [signal, factor] = (Object.hasOwn(METER, what) && METER[what]) || [];
  const doubled = kind === 'emeter' && /energy$/.test(what);
  if (signal && !doubled)
    number(talk, signal, { text, place: gen1Point(talk.id, Number(index)), ...(factor ? { factor } : {}) });
};

/** `none`, `mild`, `heavy`, `test`, and `unknown` while it warms up. */
export function readGas({ sink }: Talk, word: string): undefined {
  if (word === 'test') sink.readings.push({ signal: 'gas', value: true, origin: 'test', code: word });
  else if (word === 'none') add(sink, { signal: 'gas', value: false });
  else if (word === 'mild' || word === 'heavy') add(sink, { signal: 'gas', value: true, code: word });
  else discard(sink, 'gas', `${clean(word)} tells nothing`);
}

const VALVE: Readonly<Record<string, string>> = {
  closed: 'closed',
  opened: 'open',
  open: 'open',
  closing: 'moving',
  opening: 'moving',
  failure: 'fault',
};

export function readValve({ sink }: Talk, word: string): undefined {
  const value = Object.hasOwn(VALVE, word) ? VALVE[word] : undefined;
  if (value === undefined) return discard(sink, 'valve', `${clean(word)} tells nothing`);
  add(sink, { signal: 'valve_position', value });
}

function state(signal: Signal): Leaf {
  return (talk, { text }) => {
    const value = truthOf(text);
    if (value === undefined) refuse(talk.sink, signal, 'true or false', text);
    else add(talk.sink, { signal, value });
  };
}

/** 0 is no error. */
const sensorError: Leaf = ({ sink }, { text }) => {
  const failed = !/^(?:0|false|none|)$/i.test(text);
  add(sink, { signal: 'sensor_fault', value: failed, ...(failed ? { code: clean(text) } : {}) });
};

const operation: Leaf = ({ sink }, { text }) => {
  if (text === 'fault' || text === 'normal')
    add(sink, {
      signal: 'sensor_fault',
      value: text === 'fault',
      ...(text === 'fault' ? { code: text } : {}),
    });
};

const press: Leaf = (talk, { text, names }) => {
  const [, event = text] = /"event"\s*:\s*"(\w{1,8})"/.exec(text) ?? [];
  readPress(talk, event, names);
};

const LEAVES: readonly (readonly [RegExp, Leaf])[] = [
  [/^relay\/(\d)$/, (talk, { match, text }) => readGen1Output(talk, Number(match[1]), text)],
  [/^(relay|roller|light|white|color|meter|emeter)\/(\d)\/(\w+)$/, meter],
  [/^emeter_n\/current$/, (talk, { text }) => number(talk, 'current', { text, place: { channel: 'n' } })],
  [/^power$/, (talk, { text }) => number(talk, 'power', { text })],
  [/^voltage(?:\/0)?$/, (talk, { text }) => number(talk, 'voltage', { text })],
  [
    /^temperature$/,
    (talk, { text }) => {
      if (!WITHOUT_OUTPUT.test(talk.id)) number(talk, 'breaker_temperature', { text });
    },
  ],
  [/^overtemperature$/, (talk, { text }) => readOverheating(talk, truthOf(text) === true)],
  [/^sensor\/flood$/, state('water_leak')],
  [/^sensor\/smoke$/, state('smoke')],
  [/^sensor\/gas$/, (talk, { text }) => readGas(talk, text)],
  [/^sensor\/battery$/, (talk, { text }) => number(talk, 'battery', { text })],
  [/^sensor\/charger$/, state('charging')],
  [/^sensor\/tamper$/, state('tamper')],
  [/^sensor\/error$/, sensorError],
  [/^sensor\/operation$/, operation],
  [/^sensor\/tilt$/, (talk, { text }) => (text === '-1' ? undefined : number(talk, 'tilt', { text }))],
  [
    /^sensor\/vibration$/,
    ({ sink }, { text }) => {
      if (truthOf(text)) add(sink, { signal: 'vibration', value: true });
    },
  ],
  [/^valve\/0\/state$/, (talk, { text }) => readValve(talk, text)],
  [/^(?:input_event\/\d|sensor\/input_event\/\d)$/, press],
];

/** The value on one topic; a topic that says nothing to us is passed over. */
export function readLeaf(
  talk: Talk,
  path: string,
  { text, names }: { text: string; names: readonly string[] },
): undefined {
  if (text === '' || text === 'null' || text === 'unknown') return;
  for (const [pattern, leaf] of LEAVES) {
    const match = pattern.exec(path);
    if (match) return leaf(talk, { match, text, names });
  }
}
