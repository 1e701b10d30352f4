import type { Signal } from '../src/model/signals.ts';

/** True or false as texts say it; undefined for a word that says neither. */
export function truthOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  if (/^(?:on|true|1|yes|alarm(?:ed)?|detected|active|leak|wet|low|是|有|开|报警|告警|异常|触发)$/.test(word))
    return true;
  return /^(?:off|false|0|no|none|normal|clear|inactive|dry|ok|否|无|关|正常|恢复)$/.test(word)
    ? false
    : undefined;
}

function pick(word: string, yes: RegExp, no: RegExp): boolean | undefined {
  if (no.test(word)) return false;
  return yes.test(word) ? true : undefined;
}

const NO_ALARM =
  /^(?:none|normal(?:_state)?|clear(?:ed)?|ok|safe|off|no|false|inactive|0)$|(?:^|_)no(?:_|$)|(?:^|_)not?_|正常|无|未|恢复|^否$/;
const ALARM = /alarm|detect(?!ing)|报警|告警|^(?:on|yes|true|active|1|是|有)$/;

function valveOf(word: string): string | undefined {
  if (/opening|closing|moving|running/.test(word)) return 'moving';
  if (/stuck|fault|fail|error|jam/.test(word)) return 'fault';
  if (/^(?:on|open(?:ed)?|true|1|开阀?|打开)$/.test(word)) return 'open';
  return /^(?:off|close(?:d)?|false|0|关阀?|关闭)$/.test(word) ? 'closed' : undefined;
}

function breakerOf(word: string): string | undefined {
  if (/^(?:off|open(?:ed)?|trip(?:ped)?|false|0|分闸?|断开|跳闸|脱扣|关)$/.test(word)) return 'open';
  return /^(?:on|close(?:d)?|true|1|合闸?|闭合|开)$/.test(word) ? 'closed' : undefined;
}

/** What a word says of a signal; undefined for one that says nothing of it. */
export function meaningOf(
  signal: Signal,
  given: string | number | boolean,
): boolean | number | string | undefined {
  const word = String(given)
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  switch (signal) {
    case 'water_leak':
      return pick(
        word,
        /leak|alarm|wet|flood|detected|漏|浸|报警|告警|^(?:yes|on|true|1|是|有)$/,
        /(?:^|_)(?:no|none|not|normal|dry|clear|off|false|ok|0)(?:_|$)|正常|无|未|恢复|^否$/,
      );
    case 'smoke':
    case 'gas':
    case 'carbon_monoxide':
    case 'fire':
      return pick(word, new RegExp(`${ALARM.source}|^(?:${signal}|leak)$`), NO_ALARM);
    case 'battery_low':
      return (
        truthOf(given) ??
        pick(
          word,
          /low|critical|empty|replace|低|欠/,
          /^(?:正常|medium|middle|high|full|normal|ok|good|not?_low)$/,
        )
      );
    case 'fill':
      return {
        low: 0,
        lower: 0,
        empty: 0,
        normal: 50,
        middle: 50,
        medium: 50,
        high: 100,
        upper: 100,
        full: 100,
        overflow: 100,
      }[word];
    case 'valve_position':
      return valveOf(word);
    case 'breaker_position':
      return breakerOf(word);
    case 'sos':
      return pick(word, /sos|panic|emergency|help|alarm|press|^(?:on|yes|true|1|active)$/, NO_ALARM);
    case 'fall':
      return /^(?:fall|falling|fallen|fall_alarm|fall_down|fall_detected|alarm|true|1)$/.test(word);
    default:
      return truthOf(given) ?? stateOf(signal, word);
  }
}

/** Words of the plain states: what is true first, what is false second; the second wins. */
const STATES: Partial<Record<Signal, readonly [RegExp, RegExp]>> = {
  worn: [/^(?:worn|wear|wearing|weared|put_?on|佩戴|已佩戴|佩戴中)$/, /not|un|off|remov|未|没|脱|摘/],
  charging: [/^(?:charging|charge|plugged|充电|充电中)$/, /not|dis|un|full|idle|finish|未|没/],
  moving: [/^(?:moving|motion|move|运动|移动)$/, /not|still|static|stop|静|未/],
  cover_open: [/open|打开|开启|异常/, /clos|关|闭/],
  tamper: [/tamper|remov|open|拆|打开/, /not|clos|install|un|未|关/],
  online: [/^(?:online|connected|up|在线|上线)$/, /off|dis|离线|下线|断/],
  sensor_fault: [/fault|fail|error|bad|abnormal|故障/, /^(?:no|not|good|healthy|clear)|无|未/],
};

function stateOf(signal: Signal, word: string): boolean | undefined {
  const words = STATES[signal];
  return words && pick(word, ...words);
}

const TOLD_OFF = /cancel|clear|release|restore|reset|stop|(?:^|_)(?:off|end|test)(?:_|$)/;
const CALL = /(?:^|_)(?:emergency|sos|panic|help|medical|police|fire)(?:_|$)/;
const NO_PRESS = /arm|identify|recall|brightness|battery|toggle_low/;

/** What an `action` raises: `sos`, `fall`, `vibration`; undefined for the many that are nobody's emergency. */
export function actionOf(value: string, anyIsCall: boolean): 'sos' | 'fall' | 'vibration' | undefined {
  const word = value.trim().toLowerCase();
  if (word === '' || word === 'none' || TOLD_OFF.test(word)) return undefined;
  if (CALL.test(word)) return 'sos';
  if (word === 'fall' || word === 'falling') return 'fall';
  if (word === 'vibration') return 'vibration';
  return anyIsCall && !NO_PRESS.test(word) ? 'sos' : undefined;
}

/** The fault bits of water meters, the lowest first. */
const METER_BITS = [
  'battery',
  'magnetism',
  'cover',
  'credit',
  'switch_gaps',
  'meter_body',
  'abnormal_water',
  'arrearage',
  'overflow',
  'revflow',
  'over_pressure',
  'empty_pipe',
  'transducer',
];
const CONDITION: readonly (readonly ['water_leak' | 'battery_low' | 'tamper' | 'billing', RegExp])[] = [
  ['billing', /credit|arrear/],
  ['water_leak', /leak|abnormal_water|burst/],
  ['battery_low', /battery/],
  ['tamper', /magneti|cover|tamper|disassembl/],
];

/** Troubles with water as a set: a text with commas, `&` or `and`, a list, or the bits of a meter. */
export function conditionsOf(value: unknown): { of: string; word: string }[] | undefined {
  const bits = typeof value === 'number' || (typeof value === 'string' && /^\d{1,9}$/.test(value.trim()));
  const listed = Array.isArray(value) ? value.slice(0, 64).map(String) : undefined;
  if (!bits && !listed && typeof value !== 'string') return undefined;
  const words = bits
    ? [...Array(31).keys()]
        .filter((bit) => (Number(value) >>> bit) % 2 === 1)
        .map((bit) => METER_BITS[bit] ?? `bit ${bit}`)
    : (listed ??
      String(value)
        .slice(0, 1000)
        .split(/[,;|&+]/));
  return words.flatMap((given) => {
    const word = given
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_');
    if (/^(?:normal(?:_state)?|clear|none|ok|no_fault|0)?$/.test(word)) return [];
    return [{ word, of: CONDITION.find(([, pattern]) => pattern.test(word))?.[0] ?? 'sensor_fault' }];
  });
}
