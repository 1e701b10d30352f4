import { isBreakerWord } from '../faults.ts';
import type { Expose } from './exposes.ts';

/** What kind of device the exposes and the description make of it. */
export interface About {
  /** A switch that protects a circuit: its `state` is the position of a breaker. */
  breaker: boolean;
  /** A valve that opens and closes a pipe; its `state` is the position. */
  valve: boolean;
  /** Has to do with water in a pipe. */
  water: boolean;
  /** Tells how full a tank, sewer or bin is. */
  level: boolean;
  /** Measures mains electricity, so that a voltage is not that of its own supply. */
  metering: boolean;
  /** Several switched circuits: `l1` is the first of them and no phase. */
  circuits: boolean;
  /** Made for calling help. */
  emergency: boolean;
  has(property: string): boolean;
}

const BREAKER = /\bbreaker|\b(?:mcb|mccb|rcbo|rccb|rcd|elcb|afdd)\b|\bdin\b|\bcontactor\b|断路|空开/;
const NO_BREAKER = /\blight|\blamp|\bbulb|\bdimmer|\bplug\b|\bsocket\b|\boutlet\b|\bcurtain|\bthermostat/;
const VALVE = /\bvalve|leak[ -]?protect|\bwater (?:shut|stop)|阀/;
const NO_VALVE = /thermostat|radiator|\btrv\b|\bheating/;
const WATER = /\bwater|\bflow\b|\bpipe|\bhydro|\birrigation|水/;
const LEVEL =
  /\blevel\b|\btank\b|\bsewer|\bmanhole|\bseptic|\bcesspit|\bliquid|\bbin\b|\bwaste|\bwell\b|液位|水位/;
const EMERGENCY = /\b(?:sos|panic|emergency)\b.*\b(?:button|pendant|cord|bell|switch|remote)\b|呼叫|求助/;
const PROTECTION =
  /^(?:trip|auto_reclosing|reclosing|reclosing_\w+|\w+_recloser|\w+_breaker|leakage_current|residual_current)$/;
const SAYS_WHY = /^(?:fault|faults|event|last_event|trip|fault_code)$/;
const POWER = /^(?:power|current|active_power)(?:_\w+)?$/;
const METERING = /^(?:(?:power|current|energy|active_power)(?:_\w+)?|ac_frequency|power_factor)$/;
const CIRCUIT = /^state_(?:l?\d+|left|right)$/;
const PIPE =
  /^(?:water_\w+|flow(?:_rate)?|instantaneous_flow_rate|valve\w*|irrigation\w*|current_device_status)$/;

function hasBreakerWords({ property, values }: Expose): boolean {
  if (!SAYS_WHY.test(property)) return false;
  return values.filter(isBreakerWord).length >= Math.min(3, Math.max(1, values.length - 1));
}

function protects(expose: Expose): boolean {
  const listed = expose.property === 'faults' && expose.type === 'list';
  return listed || PROTECTION.test(expose.property) || hasBreakerWords(expose);
}

/** The last event as a number, of a device that nobody described. */
function latches({ property, type, guessed }: Expose, state: boolean): boolean {
  return (
    guessed === true && type === 'numeric' && (property === 'last_event' || (property === 'event' && state))
  );
}

function isBreaker(exposes: readonly Expose[], description: string): boolean {
  const state = exposes.some(({ property, type }) => /^state(?:_|$)/.test(property) && type === 'binary');
  const measures = exposes.some(({ property, type }) => POWER.test(property) && type === 'numeric');
  if (!measures && !state && exposes.some(({ property }) => PIPE.test(property))) return false;
  if (exposes.some(protects)) return true;
  if (exposes.some((expose) => latches(expose, state))) return true;
  if (!state || NO_BREAKER.test(description)) return false;
  if (BREAKER.test(description)) return true;
  return measures && exposes.some(({ property, guessed }) => guessed === true && SAYS_WHY.test(property));
}

/** `description` with the model, as Zigbee2MQTT gives them; `kinds` are the specific types among the exposes. */
export function aboutOf(
  exposes: readonly Expose[],
  { text, kinds }: { text: string; kinds: readonly string[] },
): About {
  const description = text.toLowerCase();
  const names = new Set(exposes.map(({ property }) => property));
  const any = (pattern: RegExp) => exposes.some(({ property }) => pattern.test(property));
  const lit = kinds.some((kind) => /^(?:light|climate|fan|lock)$/.test(kind)) || names.has('brightness');
  const named = VALVE.test(description) || any(/(?:^|_)valve(?:_|$)/) || names.has('current_device_status');
  const piped = WATER.test(description) || any(PIPE);
  return {
    breaker: !lit && !kinds.includes('cover') && isBreaker(exposes, description),
    valve: !lit && named && !NO_VALVE.test(description),
    water: piped,
    level: LEVEL.test(description) || any(/^liquid_|_level$|^water_level/),
    metering: exposes.some(({ property, type }) => METERING.test(property) && type === 'numeric'),
    circuits: any(CIRCUIT),
    emergency: EMERGENCY.test(description),
    has: (property) => names.has(property),
  };
}
