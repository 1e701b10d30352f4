/** Meters, sockets and relays: no miniature circuit breaker speaks LoRaWAN, these are the nearest. */
import type { BreakerFaultCause, Signal } from '../../src/model/signals.ts';
import { clean } from '../sink.ts';
import { conversionOf } from '../units.ts';
import type { About } from './about.ts';
import { channelOf, type Into, nothing, number, put, putNumber, type Rule, type Said } from './rule.ts';
import { flagOf, quantityOf, wordOf } from './values.ts';

const electric = ({ electric: is }: About) => is;
const CLOSED = /^(?:1|on|true|high|h|closed?|connected|energi[sz]ed|active|enabled)$/;
const OPEN = /^(?:0|off|false|low|l|open(?:ed)?|disconnected|de_?energi[sz]ed|inactive|disabled|tripped)$/;

/** The first that fits what a text or a name says. */
const CAUSES: readonly (readonly [BreakerFaultCause, RegExp])[] = [
  ['short_circuit', /short/],
  ['arc_fault', /(?:^|_)arc(?:_|$)/],
  ['surge', /surge|lightning/],
  ['residual_current', /residual|earth|ground_fault|current_leak|leakage_current/],
  ['phase_unbalance', /unbalance|imbalance/],
  ['phase_loss', /phase.*(?:loss|lost|miss|fail|lack)|(?:loss|lost|miss\w*|lack)_(?:of_)?phase/],
  ['over_temperature', /heat|over_?temp|(?:high|max|too_hot).*temp|temp.*(?:high|over|alarm)/],
  ['under_voltage', /under_?volt|(?:low|min).*volt|volt.*(?:low|under|sag|dip)/],
  ['over_voltage', /over_?volt|(?:high|max).*volt|volt.*(?:high|over|swell|limit|alarm)/],
  [
    'over_current',
    /over_?curr|(?:high|max|dash|inrush|too).*curr|dash_?current|inrush|curr.*(?:high|over|limit|threshold|alarm)/,
  ],
  ['overload', /over_?load/],
  ['high_power', /over_?power|(?:high|max).*power|power.*(?:high|over|limit)/],
  ['power_outage', /outage|power_?(?:off|loss|lost|fail|cut|down)|mains_?(?:loss|fail|off)/],
];
const FAULT_NAME =
  /^(?:alarm_|event_|status_)?(?:over_?(?:current|voltage|load|power|heat(?:ing|ed)?|temp(?:erature)?)|under_?voltage|(?:high|low)_(?:current|voltage)|short_?circuit|dash_?current|inrush_?current|power_?(?:off|outage|loss|fail(?:ure)?)|phase_?(?:loss|failure|missing|unbalance)|surge|arc_?fault|ground_fault|(?:current|voltage|temperature)_(?:threshold|over_range|alarm)|(?:current_)?over_?range|current_over_range|overcurrent|overvoltage|undervoltage|overload|overheating)(?:_(?:alarm|alert|event|state|status|flag|detected|warning|trip(?:ped)?|occurred|monitor\w*))*$/;

export function causeOf(text: string): BreakerFaultCause | undefined {
  return CAUSES.find(([, pattern]) => pattern.test(text))?.[0];
}

/** An alarm of a meter warns; only a device that has opened its own relay has tripped. */
function fault(into: Into, said: Said): boolean {
  const { base, field } = said;
  const flag = flagOf(field.value);
  if (flag === undefined) return false;
  const released = typeof field.value === 'string' && /releas/i.test(field.value);
  if (!flag || released) return true;
  const cause = causeOf(base) ?? 'unspecified';
  const stage = /trip/.test(base) ? 'trip' : 'warning';
  return put(into, {
    signal: 'breaker_fault',
    ...channelOf('breaker_fault', said, into.about),
    value: true,
    cause,
    stage,
    code: clean(base, 40),
  });
}

const NO_REASON = /^(?:|0|none|no|unknown|invalid|not_available|normal|n_a)$/;

/** Why a relay opened by itself, or who opened it. */
function reason(into: Into, { field }: Said): boolean {
  const word = wordOf(field.value);
  if (typeof field.value !== 'string' || NO_REASON.test(word)) return true;
  const code = clean(field.value, 48);
  const cause = causeOf(word);
  const by = /manual|button|local|push/.test(word)
    ? 'local'
    : /downlink|remote|command|control|lora|server|cloud/.test(word)
      ? 'remote'
      : /schedul|timer|timing|countdown/.test(word)
        ? 'schedule'
        : /credit|prepay|balance/.test(word)
          ? 'prepay'
          : undefined;
  if (cause === undefined && by !== undefined) {
    put(into, { signal: 'breaker_opened_by', value: by, code });
    return put(into, { signal: 'breaker_position', value: 'open' });
  }
  put(into, { signal: 'breaker_fault', value: true, cause: cause ?? 'unspecified', stage: 'trip', code });
  put(into, { signal: 'breaker_position', value: 'open' });
  return put(into, { signal: 'breaker_opened_by', value: 'trip' });
}

function position(into: Into, said: Said): boolean {
  const word = wordOf(said.field.value);
  const value = CLOSED.test(word) ? 'closed' : OPEN.test(word) ? 'open' : undefined;
  return (
    value !== undefined &&
    put(into, { signal: 'breaker_position', ...channelOf('breaker_position', said, into.about), value })
  );
}

/** Netvox counts in milliamperes before its transformer's multiplier, which may come in the frame of another phase. */
function multiplier({ about: { multipliers } }: Into, { point }: Said): number {
  return multipliers[`multiplier${point}`] ?? multipliers.multiplier ?? multipliers.multiplier1 ?? 1;
}

function current(into: Into, said: Said): boolean {
  const { about } = into;
  const given = quantityOf(said.field.value);
  if (!given) return false;
  if (about.vendor === 'netvox') {
    const value = Number((given.value * multiplier(into, said)).toPrecision(12));
    return putNumber(into, { ...said, field: { ...said.field, value } }, { signal: 'current', usual: 'mA' });
  }
  const socket =
    about.vendor === 'milesight' &&
    (about.has(/^(?:voltage|socket_status|power_consumption)$/) || /\bws\d/.test(about.text));
  return putNumber(into, said, { signal: 'current', usual: socket ? 'mA' : 'A' });
}

/** `Ua`, `IB`: the letters that meters are labelled with, where voltages and currents both have them. */
function letters(letter: string, read: Rule['read']): Rule[] {
  const isMeter = ({ has }: About) => has(/^u_?[abc]$/) && has(/^i_?[abc]$/);
  const is = new RegExp(`^${letter}$`);
  return [{ is, of: (about, { point }) => isMeter(about) && /^[abc]$/.test(point), read }];
}

/** Watt-hours with those who are known to count in them; what names another quantity in its unit is none. */
function energy(signal: 'energy_import' | 'energy_export') {
  return (into: Into, said: Said): boolean => {
    const { about, sink } = into;
    const { field } = said;
    if (field.unit !== undefined && !conversionOf(signal, field.unit)) return true;
    const [, tariff] = /_t(\d)$/.exec(field.names[0] ?? '') ?? [];
    const counted =
      about.vendor !== undefined &&
      /^(?:milesight|mclimate|netvox|yobiiq|arwin|vutility)$/.test(about.vendor);
    const before = sink.readings.length;
    if (!putNumber(into, said, { signal, ...(counted ? { usual: 'Wh' } : {}) })) return false;
    const last = sink.readings.at(-1);
    if (tariff === undefined || sink.readings.length === before || !last) return true;
    sink.readings[sink.readings.length - 1] = {
      ...last,
      channel: last.channel === undefined ? `t${tariff}` : `${last.channel}_t${tariff}`,
    };
    return true;
  };
}

function factor(into: Into, said: Said): boolean {
  const given = quantityOf(said.field.value);
  if (!given) return false;
  const size = Math.abs(given.value);
  const value = said.field.unit === '%' || size > 1 ? size / (size > 100 ? 1000 : 100) : size;
  const { unit: _unit, ...field } = said.field;
  return putNumber(into, { ...said, field: { ...field, value } }, { signal: 'power_factor', usual: '' });
}

const measured = (is: RegExp, signal: Signal, usual: string): Rule => ({
  is,
  of: electric,
  read: number(signal, usual),
});

function powerEvent(into: Into, { field }: Said): boolean {
  const word = wordOf(field.value);
  if (/off|loss|lost|fail|outage|down/.test(word)) return put(into, { signal: 'power_off', value: true });
  return /on|restor|recover|return|up$/.test(word) ? put(into, { signal: 'power_on', value: true }) : false;
}

export const electricRules: readonly Rule[] = [
  { is: /(?:switch\w*|turn\w*|open\w*|trip\w*|relay\w*)_?(?:off_|change_)?(?:reason|cause)$/, read: reason },
  { is: /_when_relay_|relay_switch_off_time/, read: nothing },
  {
    is: FAULT_NAME,
    of: ({ electric: is }, { base }) =>
      is || /short_?circuit|over_?(?:current|volt)|under_?volt|phase_|dash/.test(base),
    read: fault,
  },
  { is: /^(?:power_event|ac_power_event|mains_event|power_status_event)$/, read: powerEvent },
  {
    is: /^(?:relay|socket|outlet|plug|breaker|contactor|circuit_breaker|power_switch|load_switch)(?:_?(?:state|status|position|contact))*$/,
    read: position,
  },
  {
    is: /^(?:switch|on_?off|power)(?:_?(?:state|status))*$/,
    of: ({ electric: is }, { field }) => is && typeof field.value !== 'number',
    read: position,
  },
  {
    is: /^switch$/,
    of: ({ vendor }, { point, field }) =>
      vendor === 'milesight' && point !== '' && typeof field.value === 'string',
    read: position,
  },
  { is: /^status$/, of: ({ vendor, electric: is }) => vendor === 'netvox' && is, read: position },
  {
    is: /^(?:leakage|residual|earth(?:_leakage)?|differential|fault)_current$/,
    read: number('residual_current', 'mA'),
  },
  {
    is: /^(?:(?:ac|mains|rms|line|phase|grid|supply|average|input)_)?(?:voltage(?:_rms)?|volt?|vrms|v)(?:_avg|_average|_value)?$/,
    of: ({ electric: is, vendor }, { field: { path } }) => is && !(vendor === 'netvox' && path === 'Volt'),
    read: number('voltage', 'V'),
  },
  ...letters('u', number('voltage', 'V')),
  ...letters('i', current),
  ...letters('p', number('power', 'W')),
  { is: /^(?:total|cumulative|accumulated)_current$/, read: nothing },
  {
    is: /^(?:(?:ac|rms|line|phase|load|average|avg|effective)_)?(?:current(?:_rms)?|amps?|irms|amperage)(?:_avg|_average|_value)?$|^average(?:_current)?$/,
    of: ({ electric: is }, { base, field }) =>
      (is || field.unit !== undefined) && (base !== 'average' || field.unit === 'A'),
    read: current,
  },
  { is: /(?:^|_)reactive(?:_\w+)?_energy|reactive_energy|apparent_energy/, read: nothing },
  measured(
    /^(?:(?:total|system|sum|imported|exported|import|export)_)*reactive_power(?:_total)?$/,
    'reactive_power',
    'var',
  ),
  measured(/^(?:(?:total|system|sum|imported|import)_)*apparent_power(?:_total)?$/, 'apparent_power', 'VA'),
  measured(
    /^(?:(?:total|system|sum|imported|import|instant(?:aneous)?|real|load|electric(?:ity)?)_)*(?:active_|electric_|real_)?power(?:_(?:total|sum|value|delivered|active))*$/,
    'power',
    'W',
  ),
  {
    is: /(?:export|return|by_client|reverse|negative|produced|generated|feed_?in)\w*(?:energy|electricity)|(?:energy|electricity)\w*(?:export|return|by_client|reverse|negative|produced|generated|feed_?in)/,
    of: (_about, { base }) => !/power/.test(base),
    read: energy('energy_export'),
  },
  {
    is: /^(?:(?:total|active|import(?:ed)?|consumed|electric(?:ity)?|electrical|cumulative|accumulated|forward|positive|system)_)*(?:energy|electricity|power_consumption|energy_consumption|power_consumed)(?:_(?:import(?:ed)?|total|consumption|consumed|active|delivered(?:_to_client)?|usage|sum|value|forward|positive|accumulation|l123|t\d))*$/,
    of: ({ electric: is }, { field }) => is || field.unit !== undefined,
    read: energy('energy_import'),
  },
  { is: /^(?:(?:total|average|system)_)?(?:power_factor|pf|cos_?phi)(?:_total)?$/, read: factor },
  measured(/^(?:(?:line|ac|mains|grid|network|supply)_)?frequency$/, 'frequency', 'Hz'),
  measured(
    /^(?:(?:internal|device|board|circuit|internal_circuit|relay|chip)_)temp(?:erature)?$/,
    'breaker_temperature',
    '°C',
  ),
  { is: /^internal_circuit_temp(?:erature)?$/, read: number('breaker_temperature', '°C') },
  {
    is: /^(?:conductor|cable|wire|line|terminal|busbar)_temp(?:erature)?$/,
    read: number('conductor_temperature', '°C'),
  },
  {
    is: /^temperature$/,
    of: ({ text, vendor }) => vendor === 'milesight' && /\bct[13]\d\d/.test(text),
    read: number('conductor_temperature', '°C'),
  },
];
