/** Inputs: dry contacts and buttons. What one is there for, its name tells (`SwitchText`), or the device's. */
import type { Signal } from '../../src/model/signals.ts';
import { add, clean, isObject } from '../sink.ts';
import { actionOf, truthOf } from '../words.ts';
import { type Talk, taughtOf } from './session.ts';

const PURPOSES: readonly (readonly [Signal, RegExp])[] = [
  ['sos', /sos|panic|emergency|help|求助|呼叫/i],
  [
    'water_leak',
    /leak|flood|(?:^|[^a-z])wet(?:[^a-z]|$)|rope|water.?(?:alarm|sensor|detect)|^water\d*$|漏水|水浸/i,
  ],
  ['smoke', /smoke|烟/i],
  ['gas', /(?:^|[^a-z])gas(?:[^a-z]|$)|燃气/i],
  ['fire', /(?:^|[^a-z])fire(?:[^a-z]|$)|火/i],
  ['cover_open', /manhole|hatch|cover|(?:^|[^a-z])lid(?:[^a-z]|$)|井盖/i],
  ['tamper', /tamper/i],
];

const purposeIn = (names: readonly string[]) =>
  PURPOSES.find(([, pattern]) => names.some((name) => pattern.test(name)))?.[0];

/** A contact of a device that switches nothing is a rope unless a name says otherwise; beside a relay it is a wall switch. */
function purposeOf({ names, memory }: Talk, key: string, numbered: boolean): Signal | undefined {
  const named = numbered ? purposeIn(names) : purposeIn([key]);
  return named ?? (numbered && taughtOf(memory).relay !== true ? 'water_leak' : undefined);
}

/** A value with `Action` is an event of that input. */
function said(value: unknown): unknown {
  return isObject(value) && typeof value.Action === 'string' ? value.Action : value;
}

const CONTACT = /^Switch(\d{1,2})$/i;
const BUTTON = /^Button(\d{1,2})$/i;
const PRESS = /^(?:SINGLE|DOUBLE|TRIPLE|QUAD|PENTA|HOLD|ON|PRESSED)$/i;

function readButton(talk: Talk, action: string): undefined {
  const named = PRESS.test(action) && purposeIn(talk.names) === 'sos';
  const signal = named ? 'sos' : actionOf(action, false);
  if (signal) add(talk.sink, { signal, value: true, code: clean(action) });
}

/** True where the key is an input, or is named after what only an input tells. */
export function readInput(talk: Talk, key: string, value: unknown): boolean {
  const given = said(value);
  if (typeof given !== 'string' && typeof given !== 'boolean') return false;
  if (BUTTON.test(key)) {
    readButton(talk, String(given));
    return true;
  }
  const [, number] = CONTACT.exec(key) ?? [];
  const signal = purposeOf(talk, key, number !== undefined);
  const on = /^(?:ON|OFF|HOLD|true|false|0|1)$/i.test(String(given)) ? truthOf(given) : undefined;
  if (signal === undefined || on === undefined) return number !== undefined;
  const channel = number === undefined || signal === 'sos' ? {} : { channel: number };
  if (signal !== 'sos') add(talk.sink, { signal, ...channel, value: on });
  else if (on) add(talk.sink, { signal, value: true });
  return true;
}
