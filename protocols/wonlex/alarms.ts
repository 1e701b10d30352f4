/** Alarms and states of Wonlex watches. No document with the names of these types was found, so they are told by their words. */
import { alarmsOf, type Finding } from '../alarm-words.ts';
import { textOf } from '../json-frame.ts';
import { printable } from '../measure.ts';
import { toNumber } from '../place-fields.ts';
import type { JsonObject } from '../sink.ts';
import { pick } from './pick.ts';

/** What is off, over or zero does not alarm. */
function isOver(data: JsonObject): boolean {
  const state = pick(data, ['status', 'state', 'value']);
  return state === false || state === 0 || /^(?:0|false|off|cancel(?:led)?)$/i.test(textOf(state) ?? '');
}

function wearIn(type: string, data: JsonObject): Finding[] {
  if (!/wear/i.test(type)) return [];
  const state = pick(data, ['isWear', 'wear', 'wearStatus', 'status', 'state', 'date', 'data', 'value']);
  const text = textOf(state) ?? String(state);
  if (state === true || /^(?:1|true|on)$/i.test(text)) return [{ signal: 'worn', value: true }];
  return state === false || /^(?:0|false|off)$/i.test(text) ? [{ signal: 'worn', value: false }] : [];
}

/** Questions for settings, which name what they set. */
const SETTING = /^(?:get|sync|query)|number|contact|phone|list|setting|config|switch/i;
const KIND = ['alarmType', 'alarm', 'warnType', 'alertType', 'kind', 'type', 'date', 'data'];

/** The alarm that the name of an upload, or the kind named inside it, tells; an alarm without a word stays one. */
export function alarmsIn(type: string, data: JsonObject): Finding[] {
  if (SETTING.test(type)) return [];
  const named = alarmsOf(type);
  if (named.length === 0 && !/alarm|alert|warn/i.test(type)) return wearIn(type, data);
  if (isOver(data)) return [];
  const kind = textOf(pick(data, KIND)) ?? '';
  const told = named.length > 0 ? named : alarmsOf(kind);
  return told.length > 0
    ? told
    : [{ signal: 'general_alarm', value: true, code: printable(`${type} ${kind}`.trim()) }];
}

/** Percent, where a message tells it beside what else it says. */
export function batteryIn(data: JsonObject): Finding[] {
  const percent = toNumber(pick(data, ['battery', 'batteryLevel', 'electricity', 'power', 'bat']));
  return percent !== undefined && percent > 0 && percent <= 100
    ? [{ signal: 'battery', value: percent }]
    : [];
}

/** Steps of the day, in the spellings of activity uploads. */
export function stepsIn(data: JsonObject): Finding[] {
  const steps = toNumber(pick(data, ['step', 'steps', 'stepNum', 'stepCount', 'walk']));
  return steps !== undefined && steps >= 0 ? [{ signal: 'steps', value: steps }] : [];
}
