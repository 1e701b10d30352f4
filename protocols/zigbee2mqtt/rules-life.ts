import type { Signal } from '../../src/model/signals.ts';
import type { Candidate, Mapping, Rule } from './mapping.ts';
import { measured, pointOf, polarity, stated } from './rule-parts.ts';

const ALARM = '(?:_(?:alarm|state|status|detected|sensor_state|alarm_state))?';
const DETECTORS: readonly (readonly [Signal, RegExp])[] = [
  ['smoke', new RegExp(`^smoke${ALARM}$`)],
  ['gas', new RegExp(`^(?:gas|gas_leak|gas_leakage|combustible_gas|methane|natural_gas)${ALARM}$`)],
  ['carbon_monoxide', new RegExp(`^(?:carbon_monoxide|co)${ALARM}$`)],
  ['fire', new RegExp(`^(?:fire|flame|heat_alarm)${ALARM}$`)],
];
const SOS = /^(?:sos|panic|emergency)(?:_(?:alarm|state|status|button|call|triggered))?$/;
const FALL = /^(?:fall(?:_down)?|tumble)(?:_(?:status|state|alarm|detected))?$/;
const ACTION = /^(?:action|click)$/;
const LIFE = /^(?:smoke|gas|carbon_monoxide|fire|sos|panic|emergency)$/;

/** A concentration is a number and no alarm; a setting of the same name is none either. */
const detector: Rule = (candidate) => {
  const { base, suffix, expose } = candidate;
  const found = DETECTORS.find(([, pattern]) => pattern.test(base));
  if (!found || (expose.settable && !LIFE.test(base))) return undefined;
  return stated(candidate, found[0], pointOf(suffix));
};

function call(candidate: Candidate, signal: 'sos' | 'fall'): Mapping | undefined {
  const { type } = candidate.expose;
  if (type === 'binary') return { as: 'call', signal, ...polarity(candidate) };
  return type === 'enum' || type === 'text' ? { as: 'call', signal } : undefined;
}

const help: Rule = (candidate) => {
  const { base, expose } = candidate;
  if (SOS.test(base) && (!expose.settable || LIFE.test(base))) return call(candidate, 'sos');
  const falls = FALL.test(base) || (base === 'status' && expose.values.includes('falling'));
  return falls && !expose.settable ? call(candidate, 'fall') : undefined;
};

const action: Rule = ({ base, expose, about }) =>
  ACTION.test(base) && (expose.type === 'enum' || expose.type === 'text')
    ? { as: 'action', ...(about.emergency ? { any: true } : {}) }
    : undefined;

const vitals: Rule = (candidate) => {
  const { base, expose } = candidate;
  if (expose.settable) return undefined;
  if (/^(?:breathing|respiratory|breath)_rate$/.test(base))
    return measured(candidate, 'respiratory_rate', {});
  return base === 'heart_rate' ? measured(candidate, 'heart_rate', {}) : undefined;
};

export const lifeRules: readonly Rule[] = [detector, help, action, vitals];
