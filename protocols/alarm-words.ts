/** What an alarm is called in a field that names its kind (`eventType`, `alarmType`, `desc`), in English, pinyin and Chinese. */
import type { DecodedReading } from '../src/model/readings.ts';
import type { Signal } from '../src/model/signals.ts';
import { faultOf, isBreakerWord } from './faults.ts';
import { clean } from './sink.ts';

export type Finding = Omit<DecodedReading, 'origin' | 'observedAt'>;

const KINDS: readonly (readonly [signal: Signal, value: boolean, pattern: RegExp])[] = [
  ['service_call', true, /service_?(?:call|request)|call_?service|服务呼叫|生活服务/],
  ['sos', true, /(?:^|_)sos(?:_|$)|sos|emergency|panic|help|distress|求救|求助|呼救|救命|紧急|一键报警|拉绳/],
  ['fall', true, /fall(?!ing_edge)|tumble|man_?down|跌倒|摔倒|晕倒|倒地/],
  ['no_motion', true, /no_?(?:motion|movement)|motionless|inactiv|长时间(?:不动|静止|未活动)|久静|无活动/],
  [
    'worn',
    false,
    /take_?off|taken_?off|not_?wor?n|un_?wear|off_?wrist|remov|脱落|脱腕|摘下|摘除|未佩戴|取下/,
  ],
  [
    'battery_low',
    true,
    /low_?(?:batt?|power|electric|volt)|batt?\w*_?(?:low|alarm)|低电|电量低|电池(?:低|欠)|欠压报警电池/,
  ],
  ['tamper', true, /tamper|dismantl|disassembl|防拆|拆除|拆卸|强拆/],
  ['power_off', true, /power_?off|shut_?down|关机/],
  ['power_on', true, /power_?on|boot|开机/],
  [
    'fence_exit',
    true,
    /(?:leav|exit|out)\w*_?(?:fence|area)|fence_?(?:out|exit|leave)|(?:离开|出|越)\S*(?:围栏|区域)/,
  ],
  ['fence_enter', true, /(?:enter|in)_?(?:fence|area)|fence_?(?:in|enter)|进入?\S*(?:围栏|区域)/],
  ['water_leak', true, /leak(?!age_?cur)|flood|immers|water_?(?:alarm|detect)|漏水|水浸|浸水|溢水/],
  ['smoke', true, /smoke|烟/],
  ['gas', true, /(?:^|_)gas(?:_|$)|combustible|燃气|可燃气|煤气/],
  ['carbon_monoxide', true, /carbon_?monoxide|一氧化碳/],
  ['fire', true, /(?:^|_)fire(?:_|$)|火警|火灾|起火/],
  ['cover_open', true, /cover_?open|井盖/],
  ['vibration', true, /vibrat|shock|collision|震动|振动|碰撞/],
  ['sensor_fault', true, /fault|malfunction|故障/],
];
const OVER =
  /recover|restor|clear|cancel|release|normal(?!ly)|resum|(?:^|_)(?:end|off|no|none|ok|false|success)(?:_|$)|恢复|解除|取消|正常|消除|成功/;
/** States, that their end is told too; a call for help has none. */
const LEVELS: ReadonlySet<Signal> = new Set([
  'worn',
  'battery_low',
  'tamper',
  'water_leak',
  'smoke',
  'gas',
  'carbon_monoxide',
  'fire',
  'cover_open',
  'sensor_fault',
]);
/** Keeps the end of "power off" from reading as the end of an alarm. */
const NOT_OVER = /(?:power|take|taken|wrist|shut)_?off|关机/;

function normal(text: string): string {
  return text
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_');
}

/**
 * What a text that names an alarm says: none, one or several findings. The end of an alarm ends a state and is nothing for an event;
 * a fault of a breaker is `breaker_fault` where `circuit` says that it can be one.
 */
export function alarmsOf(text: string, { circuit = false } = {}): Finding[] {
  const word = normal(text.slice(0, 200));
  const over = OVER.test(word) && !NOT_OVER.test(word);
  const code = clean(text);
  const fault = circuit && isBreakerWord(word) ? faultOf(text) : undefined;
  if (fault && !over && !fault.test) {
    const { cause } = fault;
    const stage = /trip|跳闸|脱扣|分闸/.test(word) ? 'trip' : 'warning';
    return [{ signal: 'breaker_fault', value: true, cause, stage, code }];
  }
  const found = KINDS.filter(([, , pattern]) => pattern.test(word));
  const specific = found.length > 1 ? found.filter(([signal]) => signal !== 'sensor_fault') : found;
  return specific.flatMap(([signal, value]) => {
    if (over && !LEVELS.has(signal)) return [];
    return [{ signal, value: over ? !value : value, code }];
  });
}
