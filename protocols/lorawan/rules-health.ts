/** Batteries, tampering, faults of the device itself, and words of events. */
import { clean } from '../sink.ts';
import type { About } from './about.ts';
import { flag, type Into, nothing, put, putFlag, putNumber, type Rule, type Said } from './rule.ts';
import { causeOf } from './rules-electric.ts';
import { flagOf, hasFailed, quantityOf, wordOf } from './values.ts';

/** These say their battery in volts, whatever they call it. */
const IN_VOLTS = new Set(['dragino', 'netvox', 'mclimate', 'browan', 'sept', 'arwin', 'dingtek', 'vutility']);
const VOLTS_NAME = /volt|_v$|^vdd$|^vbat$|^vcc$|supply/;

function battery(into: Into, said: Said): boolean {
  const { field, base } = said;
  const given = quantityOf(field.value);
  if (!given) {
    const word = wordOf(field.value);
    const low = /low|empty|critical|replace|depleted/.test(word) && !/^not?_/.test(word);
    if (!low && !/^(?:normal|ok|good|full|high|medium|not?_\w+)$/.test(word)) return false;
    return put(into, { signal: 'battery_low', value: low });
  }
  if (given.remark !== undefined && /low/i.test(given.remark))
    put(into, { signal: 'battery_low', value: true });
  const told = given.unit ?? field.unit;
  const { value } = given;
  const volts =
    told !== undefined
      ? /^m?v$/i.test(told)
      : VOLTS_NAME.test(base) ||
        (IN_VOLTS.has(into.about.vendor ?? '') && value <= 5) ||
        (!Number.isInteger(value) && value > 1 && value < 5);
  const { channel: _place, ...own } = field;
  const bare = { ...said, point: '', field: own };
  if (told === undefined && value > 1000 && value < 20_000)
    return putNumber(into, bare, { signal: 'battery_voltage', usual: 'mV', zero: false });
  if (volts) return putNumber(into, bare, { signal: 'battery_voltage', usual: 'V', zero: false });
  return putNumber(into, bare, { signal: 'battery', usual: '%', zero: false });
}

/** A voltage on what measures none otherwise: its own supply where it is small, the mains where it is not. */
function voltage(into: Into, said: Said): boolean {
  const { value, unit } = quantityOf(said.field.value) ?? {};
  if (value === undefined) return false;
  const told = unit ?? said.field.unit ?? (value > 1000 ? 'mV' : 'V');
  const volts = told.toLowerCase() === 'mv' ? value / 1000 : value;
  const mains = volts > 60;
  const { channel: _place, ...own } = said.field;
  return putNumber(into, mains ? said : { ...said, point: '', field: own }, {
    signal: mains ? 'voltage' : 'battery_voltage',
    usual: told,
    zero: false,
  });
}

/** Several parts of one device may fail: together they are one fault, with the names of those that did. */
function fault(into: Into, said: Said): boolean {
  const { value } = said.field;
  if (typeof value === 'number' && value > 1 && said.base === 'fault')
    return put(into, { signal: 'sensor_fault', value: true, code: String(value) });
  const bad = hasFailed(value) || flagOf(value);
  if (bad === undefined) return false;
  const word =
    typeof value === 'string' && !/^(?:alarm|1|true|yes|fault|error)$/i.test(value) ? value : said.base;
  return put(into, { signal: 'sensor_fault', value: bad, ...(bad ? { code: clean(word, 40) } : {}) });
}

const CLEARED = /normal|clear|releas|back|restor|recover|dismiss|end(?:ed)?$|^no_|_no_|stop/;

/** What happened, as one word. Only what is sure: reasons of a report (`keepalive`, `periodic`) are many. */
function happened(into: Into, { field }: Said): boolean {
  if (typeof field.value !== 'string') return false;
  const word = wordOf(field.value);
  const over = CLEARED.test(word);
  const code = clean(field.value, 40);
  if (/leak|flood/.test(word))
    return put(into, { signal: 'water_leak', value: !over, ...(over ? {} : { code }) });
  if (/tamper|dismantl/.test(word)) return put(into, { signal: 'tamper', value: !over });
  if (/low_?bat|bat\w*_low/.test(word)) return put(into, { signal: 'battery_low', value: !over });
  if (over || /test/.test(word)) return true;
  if (/(?:^|_)(?:sos|panic|emergency)(?:_|$)/.test(word)) return put(into, { signal: 'sos', value: true });
  if (/smoke/.test(word)) return put(into, { signal: 'smoke', value: true, code });
  if (/(?:^|_)fire(?:_|$)/.test(word)) return put(into, { signal: 'fire', value: true, code });
  if (/(?:^|_)fall(?:_|$)|fall_?down/.test(word) && into.about.vendor !== 'dingtek')
    return put(into, { signal: 'fall', value: true });
  const cause = into.about.electric ? causeOf(word) : undefined;
  if (cause) return put(into, { signal: 'breaker_fault', value: true, cause, stage: 'warning', code });
  return false;
}

const plain = ({ electric }: About) => !electric;

export const healthRules: readonly Rule[] = [
  {
    is: /^(?:low_batt?(?:ery)?|batt?(?:ery)?_low|batt?(?:ery)?_(?:alarm|alert|warning|empty)|alarm_batt?(?:ery)?|low_power)(?:_(?:alarm|alert|warning|status|voltage|flag|detected|level))*$/,
    read: flag('battery_low'),
  },
  { is: /^(?:low_voltage|voltage_(?:low|alarm))(?:_alarm)?$/, of: plain, read: flag('battery_low') },
  {
    is: /^(?:internal_|main_|backup_|remaining_|device_)?(?:v?batt?(?:ery)?)(?:_?(?:level|lvl|life|remaining|remain|capacity|soc|power|charge|status|state|value|voltage|volt(?:s|age)?|v|pct|percent(?:age)?|in))*$|^(?:vdd|vcc|supply_voltage|capacitor_voltage|cell_voltage|volt|power_supply_voltage|voltage_bat(?:tery)?|remaining_battery_life)$/,
    of: ({ electric, vendor }, { base }) => base !== 'volt' || !electric || vendor === 'netvox',
    read: battery,
  },
  { is: /^voltage$/, of: plain, read: voltage },
  {
    is: /^(?:box_|case_|anti_|sensor_|housing_|enclosure_|magnetic_|device_|alarm_)?tamper(?:ed|ing)?(?:_(?:alarm|alert|state|status|detect(?:ed|ion)?|switch|event|flag|report))*$|^(?:dismantled?|dismantling|removed|detached|fraud|case_open(?:ed)?|housing_open|disassembl\w+|alarm_(?:fall|move|dismantle)|magnet(?:ic)?_tamper)(?:_(?:alarm|status|state|detected))*$/,
    read: flag('tamper'),
  },
  { is: /^(?:mounted|install(?:ed)?|attached)$/, read: flag('tamper', true) },
  {
    is: /^(?:position|position_status|tilt_status|tilt_alarm|tilt_state|install_status)$/,
    of: (_about, { field }) => typeof field.value !== 'number',
    read: (into, said) =>
      /^(?:normal|tilt(?:ed)?|moved|abnormal|false|true)$/.test(wordOf(said.field.value))
        ? putFlag(into, said, { signal: 'tamper' })
        : true,
  },
  { is: /^(?:error|errors|warning|warnings|info)$/, read: nothing },
  {
    is: /^(?:.*_)?(?:failure|fault|malfunction|defect|defective)(?:_(?:alarm|state|status|detected|flag))*$|^(?:sensor|hardware|probe|device|cable)_(?:error|alarm|failed|unplugged|disconnected)$|^fouled_smoke_chamber$/,
    of: (_about, { base }) => !/event|download|downlink|decod/.test(base),
    read: fault,
  },
  { is: /_sensor_status$|^sensor_status$|_status_error$/, read: fault },
  {
    is: /^(?:motion_status|moving|in_motion|is_moving)$/,
    of: ({ has }) => has(/^latitude$|^lat$/),
    read: flag('moving'),
  },
  {
    is: /^(?:event|events|alarm|alert|alarm_type|event_type|alert_type|message_type|report_type|trigger|tx_reason|reason|event_name)$/,
    read: happened,
  },
];
