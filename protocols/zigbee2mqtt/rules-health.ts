import type { Rule } from './mapping.ts';
import { channelOf, measured, pointOf, stated } from './rule-parts.ts';

const LOW = /^(?:battery_low|low_battery|battery_alarm)$/;
const BATTERY_WORD = /^battery(?:_(?:state|status|level))?$/;
const TAMPER = /^(?:tamper(?:ed|_alarm|_state|_status)?|box_tamper|anti_tamper)$/;
const TROUBLE =
  /^(?:trouble|(?:device_|sensor_|probe_)?fault(?:s|_alarm|_state|_status|_code)?|fault_alarm|device_error|error(?:_code|_status)?|reliability|check_meter|end_?of_?life|self_test_result|checking_result)$/;
const STATUS = /^(?:(\w+)_)?status(?:_(\w+))?$/;
const BAD = /\b(?:lost|stuck|open circuit|short|fault|fail|error)/i;

const battery: Rule = (candidate) => {
  const { base, suffix, expose } = candidate;
  const [, before] = /^(?:(\w+)_)?battery_low$/.exec(base) ?? [];
  if (LOW.test(base) || before !== undefined) {
    return stated(candidate, 'battery_low', before === undefined ? pointOf(suffix) : channelOf(before));
  }
  if (expose.settable) return undefined;
  if (/^battery(?:_percent(?:age)?|_level)?$/.test(base) && expose.type === 'numeric') {
    return measured(candidate, 'battery', { usual: '%', ...pointOf(suffix) });
  }
  if (base === 'battery_voltage')
    return measured(candidate, 'battery_voltage', { usual: 'V', ...pointOf(suffix) });
  return BATTERY_WORD.test(base) && expose.type === 'enum'
    ? { as: 'word', signal: 'battery_low' }
    : undefined;
};

const tamper: Rule = (candidate) =>
  TAMPER.test(candidate.base) ? stated(candidate, 'tamper', pointOf(candidate.suffix)) : undefined;

/** Whatever a device says is wrong with itself. Faults of breakers were taken before. */
const trouble: Rule = (candidate) => {
  const { base, suffix, expose } = candidate;
  if (expose.settable || expose.type === 'composite' || expose.type === 'other') return undefined;
  if (TROUBLE.test(base)) {
    const { on, off } = expose;
    const sides = expose.type === 'binary' && on !== undefined && on !== true;
    return {
      as: 'trouble',
      ...pointOf(suffix),
      ...(sides ? { on, ...(off === undefined ? {} : { off }) } : {}),
    };
  }
  const [whole, before = '', after = ''] = STATUS.exec(expose.property) ?? [];
  const tells = expose.type === 'enum' && expose.values.some((word) => BAD.test(word));
  if (whole === undefined || !tells || !expose.values.some((word) => /^(?:ok|normal|none)$/i.test(word)))
    return undefined;
  return { as: 'trouble', ...channelOf(`${before}_${after}`) };
};

const rest: Rule = (candidate) => {
  const { base, expose } = candidate;
  if (base === 'rssi') return measured(candidate, 'rssi', { usual: 'dBm' });
  return base === 'charging' && !expose.settable ? stated(candidate, 'charging') : undefined;
};

export const healthRules: readonly Rule[] = [battery, tamper, trouble, rest];
