/**
 * The vocabularies of smart breakers: the 17 fault bits of Tuya's category "dlq" as bits, list or enum, the last event of Tongou
 * (data point 110), alarm texts of residual-current breakers and of meters. A word that nobody knows is `unspecified`.
 */
import type { BreakerFaultCause } from '../src/model/signals.ts';
import { clean } from './sink.ts';

export type OpenedBy = 'trip' | 'remote' | 'local' | 'schedule' | 'prepay';

export interface Fault {
  cause: BreakerFaultCause;
  stage?: 'warning' | 'trip';
  /** The device's own word, where it is not the cause. */
  code?: string;
  /** Somebody pressed the test button. */
  test?: true;
}

/** Data point 9, the lowest bit first. */
const BITS = [
  'short_circuit',
  'surge',
  'overload',
  'leakage_current',
  'temperature',
  'fire',
  'high_power',
  'self_test',
  'over_current',
  'unbalance',
  'over_voltage',
  'under_voltage',
  'miss_phase',
  'outage',
  'magnetism',
  'credit',
  'no_balance',
];

/** Data point 110, from 0. */
const EVENTS = [
  'normal',
  'over_current_trip',
  'over_power_trip',
  'high_temp_trip',
  'over_voltage_trip',
  'under_voltage_trip',
  'over_current_alarm',
  'over_power_alarm',
  'high_temp_alarm',
  'over_voltage_alarm',
  'under_voltage_alarm',
  'remote_on',
  'remote_off',
  'manual_on',
  'manual_off',
  'leakage_trip',
  'leakage_alarm',
  'restore_default',
  'automatic_closing',
  'electricity_shortage',
  'electricity_shortage_alarm',
  'timing_switch_on',
  'timing_switch_off',
];

const NOTHING =
  /^(?:clear(?:ed)?|normal(?:_state)?|none|no|ok|idle|off|false|0|no_(?:fault|alarm|error|event)s?(?:_detected)?)?$/;
const HARMLESS = /^(?:restore_default|factory_reset|auto(?:matic)?_(?:re)?clos\w*|.*_on|.*_closed?)$/;
/** The first that fits: an imbalance of phases is no empty account, and a residual current no over-current. */
const CAUSES: readonly (readonly [BreakerFaultCause, RegExp])[] = [
  ['phase_unbalance', /unbalance|imbalance|不平衡/],
  ['credit', /balance|credit|arrear|shortage|prepay|欠费|余额/],
  ['short_circuit', /short|短路/],
  ['arc_fault', /(?:^|_)(?:arc|afdd)(?:_|$)|电弧/],
  ['self_test_failed', /self_?test/],
  ['surge', /surge|lightning|浪涌|打火/],
  ['residual_current', /(?<!(?:water|gas|liquid|oil)_?)leak|residual|earth|ground_fault|漏电|剩余电流/],
  ['over_current', /over_?cur|ov_?cr|cur(?:rent)?_over|(?:^|_)current_threshold|过流/],
  ['over_voltage', /over_?vol|ov_?vol|high_vol|voltage_(?:over|high|1$)|过压/],
  ['under_voltage', /under_?vol|un_?vol|low_?vol|voltage_(?:under|low|2$)|欠压/],
  ['phase_loss', /miss_?phase|phase_?(?:loss|miss|fail|lack)|(?:lack|loss|lost|open)_(?:of_)?phase|缺相/],
  ['over_temperature', /^(?!.*(?:low|under)_).*(?:temp|overheat|thermal)|过温|超温|高温/],
  ['fire', /fire|火/],
  ['high_power', /(?:high|over)_?power|power_(?:over|high)|过功率/],
  ['overload', /over_?load|过载|过负荷/],
  ['power_outage', /outage|power_(?:fail|loss|lost|cut|off)|停电|断电/],
  ['negative_power', /magneti|(?:negative|reverse)_power/],
];
const OPENED: readonly (readonly [OpenedBy, RegExp])[] = [
  ['remote', /^(?:remote|app|zigbee|cloud)_(?:off|open\w*)$/],
  ['local', /^(?:manual|local|button|hand)_(?:off|open\w*)$/],
  ['schedule', /^(?:timing|timer|schedule|countdown)\w*_(?:off|open\w*)$/],
  ['prepay', /^electricity_shortage$/],
];
const TEST = /^(?:trip_)?test(?:_trip)?$|test_button/;

function normal(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}

function causeOf(word: string): BreakerFaultCause | undefined {
  return CAUSES.find(([, pattern]) => pattern.test(word))?.[0];
}

export function isClear(word: string): boolean {
  return NOTHING.test(normal(word));
}

/** Whether a word of an enum is one that breakers use. */
export function isBreakerWord(word: string): boolean {
  const plain = normal(word);
  return OPENED.some(([, pattern]) => pattern.test(plain)) || causeOf(plain) !== undefined;
}

function bitsOf(value: number): string[] {
  if (!Number.isSafeInteger(value) || value < 0) return [String(value)];
  const words: string[] = [];
  for (let bit = 0, rest = value; rest > 0; bit += 1, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) words.push(BITS[bit] ?? `bit ${bit}`);
  }
  return words;
}

/** Every word of a list, of a text with commas, or of a number of bits; undefined for a value that holds none. */
export function faultWords(value: unknown): string[] | undefined {
  if (typeof value === 'number') return bitsOf(value);
  if (value === false) return [];
  if (value === true) return ['true'];
  if (Array.isArray(value)) {
    return value
      .slice(0, 64)
      .flatMap((item) => (typeof item === 'string' ? splitWords(item) : [String(item)]));
  }
  return typeof value === 'string' ? splitWords(value) : undefined;
}

function splitWords(text: string): string[] {
  if (/^\d{1,15}$/.test(text.trim())) return bitsOf(Number(text));
  return text
    .slice(0, 1000)
    .split(/[,;|&+]/)
    .map((word) => word.trim())
    .filter((word) => !isClear(word));
}

/** What one word of a list, enum or text means; the stage is not in it. */
export function faultOf(word: string): Fault | undefined {
  const plain = normal(word);
  if (NOTHING.test(plain)) return undefined;
  const code = clean(word);
  if (TEST.test(plain)) return { cause: 'unspecified', code, test: true };
  const cause = causeOf(plain) ?? 'unspecified';
  return cause === plain ? { cause } : { cause, code };
}

/** Data point 110: what happened last, as a word or its number. `word` is how it is remembered. */
export function eventOf(value: unknown): { word: string; fault?: Fault; openedBy?: OpenedBy } | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const given = String(value);
  const [, number] = /^(?:value_)?(\d{1,3})$/.exec(given.trim()) ?? [];
  const word = number === undefined ? normal(given) : (EVENTS[Number(number)] ?? normal(given));
  const code = clean(given);
  const openedBy = OPENED.find(([, pattern]) => pattern.test(word))?.[0];
  if (openedBy === 'prepay') return { word, openedBy, fault: { cause: 'credit', stage: 'trip', code } };
  if (openedBy) return { word, openedBy };
  if (NOTHING.test(word) || HARMLESS.test(word)) return { word };
  const tripped = /(?:^|_)trip(?:ped)?(?:_|$)/.test(word);
  const warned = /alarm|warn/.test(word);
  const stage = tripped ? { stage: 'trip' as const } : warned ? { stage: 'warning' as const } : {};
  const fault: Fault = { cause: causeOf(word) ?? 'unspecified', ...stage, code };
  return { word, fault, ...(tripped ? { openedBy: 'trip' as const } : {}) };
}

/**
 * What the protection against this cause is set to: `over_current_breaker` ON or OFF, `…_setting` Trip or Alarm, `…_trip` and
 * `…_alarm` ON. Undefined where the message holds no such setting.
 */
export function configuredStage(
  cause: BreakerFaultCause,
  message: Readonly<Record<string, unknown>>,
): 'warning' | 'trip' | undefined {
  let found: 'warning' | 'trip' | undefined;
  for (const [key, value] of Object.entries(message)) {
    const [, about, kind] = /^(\w+)_(breaker|setting|trip|alarm)$/.exec(key) ?? [];
    if (about === undefined || typeof value !== 'string' || causeOf(about) !== cause) continue;
    const set = value.toLowerCase();
    if (set === 'trip' || ((kind === 'breaker' || kind === 'trip') && set === 'on')) return 'trip';
    if (set === 'alarm' || (kind === 'breaker' && set === 'off') || (kind === 'alarm' && set === 'on'))
      found = 'warning';
  }
  return found;
}
