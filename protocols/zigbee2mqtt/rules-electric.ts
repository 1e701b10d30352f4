import type { Signal } from '../../src/model/signals.ts';
import { isBreakerWord } from '../faults.ts';
import type { Candidate, Mapping, Rule } from './mapping.ts';
import { measured, pointOf, polarity } from './rule-parts.ts';

/** Names in the order of preference where a device has two for one thing, with the customary unit. */
const QUANTITIES: readonly (readonly [Signal, string, RegExp])[] = [
  ['voltage', 'V', /^(?:voltage|(?:rms|line|mains|ac)_voltage|voltage_rms)$/],
  ['current', 'A', /^(?:current|(?:rms|line|mains|ac)_current|current_(?:rms|average))$/],
  [
    'residual_current',
    'mA',
    /^(?:leakage(?:_current)?|residual_current|(?:earth|ground)_leakage(?:_current)?)$/,
  ],
  [
    'power',
    'W',
    /^(?:power|active_power|power_active|instantaneous_power|total_(?:active_)?power|power_total)$/,
  ],
  ['reactive_power', 'var', /^(?:reactive_power|power_reactive)$/],
  ['apparent_power', 'VA', /^(?:apparent_power|power_apparent)$/],
  [
    'energy_import',
    'kWh',
    /^(?:energy|(?:total|forward|consumed|imported?|positive)_energy|energy_(?:total|forward|consumed|imported?))$/,
  ],
  [
    'energy_export',
    'kWh',
    /^(?:(?:produced|reverse|exported?|negative|returned)_energy|energy_(?:produced|reverse|exported?|returned))$/,
  ],
  ['power_factor', '', /^(?:power_factor|pf)$/],
  ['frequency', 'Hz', /^(?:ac_frequency|frequency|(?:line|mains)_frequency)$/],
];
const PHASES: Readonly<Record<string, string>> = {
  l1: 'a',
  l2: 'b',
  l3: 'c',
  x: 'a',
  y: 'b',
  z: 'c',
  neutral: 'n',
};
const CONDUCTOR = /^(?:cable|wire|line|conductor|terminal|neutral)(?:_\d)?_temp(?:erature)?$/;
const OWN_WARMTH = /^(?:(?:device|internal|breaker|cpu|chip)_)?temp(?:erature)?$/;
const FAULTS =
  /^(?:faults?|fault_(?:code|status|state|alarm)|alarm|alarms|alarm_(?:state|status|code)|error_code|protection_status)$/;
const LATCH = /^(?:last_event|event)$/;
const POSITION = /^(?:state|breaker_(?:state|status|position)|switch_state|relay_state)$/;

/** `l1` is phase a, on a device with several switched circuits the first of them. */
export function phaseOf(suffix: string, circuits: boolean): { channel?: string } {
  if (circuits) return pointOf(suffix);
  return pointOf(PHASES[suffix] ?? suffix);
}

function phase({ base, suffix, about }: Candidate): { channel?: string } {
  if (suffix === '' && about.has(`${base}_phase_b`)) return { channel: 'a' };
  return phaseOf(suffix, about.circuits);
}

/** Of a device that measures nothing else of the mains, a voltage is that of its battery or supply. */
function voltage(candidate: Candidate, place: { channel?: string }): Mapping | undefined {
  const { expose, about } = candidate;
  const small = expose.unit?.trim() === 'mV';
  const own = small ? !about.breaker : !about.metering && !about.breaker && !about.circuits;
  if (!own) return measured(candidate, 'voltage', { usual: 'V', ...place });
  const mapping = measured(candidate, 'battery_voltage', { usual: 'V', ...place });
  return mapping && (small ? mapping : { ...mapping, supply: true });
}

const quantity: Rule = (candidate) => {
  const { base, expose } = candidate;
  if (expose.type !== 'numeric' || expose.settable) return undefined;
  for (const [signal, usual, pattern] of QUANTITIES) {
    if (!pattern.test(base)) continue;
    const place = phase(candidate);
    return signal === 'voltage'
      ? voltage(candidate, place)
      : measured(candidate, signal, { usual, ...place });
  }
  return undefined;
};

const warmth: Rule = (candidate) => {
  const { base, suffix, expose, about } = candidate;
  if (expose.settable || expose.type !== 'numeric') return undefined;
  if (CONDUCTOR.test(base)) {
    const [, number = suffix] = /_(\d)_/.exec(base) ?? [];
    const channel = base.startsWith('neutral') ? { channel: 'n' } : phaseOf(number, about.circuits);
    return measured(candidate, 'conductor_temperature', { usual: '°C', ...channel });
  }
  if (!about.breaker || !OWN_WARMTH.test(base)) return undefined;
  const signal = suffix === '' ? 'breaker_temperature' : 'conductor_temperature';
  return measured(candidate, signal, { usual: '°C', ...phase(candidate) });
};

const position: Rule = (candidate) => {
  const { base, suffix, expose, about } = candidate;
  if (!about.breaker || !POSITION.test(base)) return undefined;
  if (expose.type !== 'binary' && expose.type !== 'enum') return undefined;
  return {
    as: 'switch',
    signal: 'breaker_position',
    ...pointOf(suffix),
    ...polarity(candidate),
    ...(expose.settable ? { settable: true } : {}),
  };
};

const faults: Rule = (candidate) => {
  const { base, suffix, expose, about } = candidate;
  if (!about.breaker) return undefined;
  const place = pointOf(suffix);
  if (base === 'trip') return { as: 'trip', ...place, ...polarity(candidate) };
  if (expose.settable) return undefined;
  if (LATCH.test(base) && expose.type !== 'binary') return { as: 'latch', ...place };
  if (FAULTS.test(base) && expose.type !== 'binary' && expose.type !== 'other')
    return { as: 'faults', ...place };
  const flag = expose.type === 'binary' && isBreakerWord(base) && !/self_?test/.test(base);
  return flag ? { as: 'flag', ...place, ...polarity(candidate) } : undefined;
};

export const electricRules: readonly Rule[] = [quantity, warmth, position, faults];
