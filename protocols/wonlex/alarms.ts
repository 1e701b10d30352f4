/** Alarms and states of Wonlex watches. No document with the names of these types was found, so they are told by their words. */
import type { DecodedReading } from '../../src/model/readings.ts';
import { numberIn, pick, textIn } from '../json.ts';
import type { JsonObject } from '../sink.ts';

type Fact = Pick<DecodedReading, 'signal' | 'value' | 'code'>;

const WORDS: readonly [RegExp, Omit<Fact, 'code'>][] = [
  [/sos|求救/i, { signal: 'sos', value: true }],
  [/fall|跌倒|摔/i, { signal: 'fall', value: true }],
  [/low_?(?:power|battery|bat)|batterylow|低电/i, { signal: 'battery_low', value: true }],
  [/take_?off|not_?worn?|un_?wear|remov|脱落|未佩戴/i, { signal: 'worn', value: false }],
  [
    /(?:out|leave|exit)_?(?:of_?)?(?:fence|geo)|(?:fence|geo)_?(?:out|exit|leave)/i,
    { signal: 'fence_exit', value: true },
  ],
  [
    /(?:in|enter)_?(?:to_?)?(?:fence|geo)|(?:fence|geo)_?(?:in|enter)/i,
    { signal: 'fence_enter', value: true },
  ],
  [/power_?off|shut_?down|关机/i, { signal: 'power_off', value: true }],
];

function factIn(words: string): Omit<Fact, 'code'> | undefined {
  return WORDS.find(([pattern]) => pattern.test(words))?.[1];
}

/** What is off, over or zero does not alarm. */
function isOver(data: JsonObject): boolean {
  const state = pick(data, ['status', 'state', 'value']);
  return state === false || state === 0 || /^(?:0|false|off|cancel(?:led)?)$/i.test(textIn(state) ?? '');
}

function wearIn(type: string, data: JsonObject): Fact[] {
  if (!/wear/i.test(type)) return [];
  const state = pick(data, ['isWear', 'wear', 'wearStatus', 'status', 'state', 'date', 'data', 'value']);
  const text = textIn(state) ?? String(state);
  if (state === true || /^(?:1|true|on)$/i.test(text)) return [{ signal: 'worn', value: true }];
  return state === false || /^(?:0|false|off)$/i.test(text) ? [{ signal: 'worn', value: false }] : [];
}

/** The alarm that the name of an upload, or the kind named inside it, tells; an alarm without a word stays one. */
export function alarmsIn(type: string, data: JsonObject): Fact[] {
  const isAlarm = /alarm|alert|warn|sos|fall|low_?(?:power|bat)|take_?off/i.test(type);
  if (!isAlarm) return wearIn(type, data);
  if (isOver(data)) return [];
  const kind =
    textIn(pick(data, ['alarmType', 'alarm', 'warnType', 'alertType', 'kind', 'type', 'date', 'data'])) ?? '';
  const known = factIn(type) ?? factIn(kind);
  const code = `${type}${kind === '' ? '' : ` ${kind}`}`.slice(0, 48).replace(/[^ -~]/g, '?');
  return [{ ...(known ?? { signal: 'general_alarm', value: true }), code }];
}

/** Percent, where a message tells it beside what else it says. */
export function batteryIn(data: JsonObject): Fact[] {
  const percent = numberIn(pick(data, ['battery', 'batteryLevel', 'electricity', 'power', 'bat']));
  return percent !== undefined && percent > 0 && percent <= 100
    ? [{ signal: 'battery', value: percent }]
    : [];
}

/** Steps of the day, in the spellings of activity uploads. */
export function stepsIn(data: JsonObject): Fact[] {
  const steps = numberIn(pick(data, ['step', 'steps', 'stepNum', 'stepCount', 'walk']));
  return steps !== undefined && steps >= 0 ? [{ signal: 'steps', value: steps }] : [];
}
