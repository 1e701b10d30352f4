import type { BreakerFaultCause, Signal } from '../../src/model/signals.ts';

/** How the state of an entity becomes a reading; kept in the session, so only JSON. */
export type Meaning =
  /** Two states; `unlike` is true where the entity is off. */
  | { as: 'state'; signal: Signal; channel?: string; unlike?: true }
  /** It happens when the state turns on. */
  | { as: 'event'; signal: Signal; channel?: string }
  /** Power comes and goes. */
  | { as: 'mains' }
  /** A fault of a breaker that stands while the state is on, told when it appears. */
  | { as: 'fault'; cause: BreakerFaultCause; stage?: 'warning' | 'trip'; channel?: string }
  /** Names its faults in words. */
  | { as: 'faults'; channel?: string }
  | { as: 'number'; signal: Signal; channel?: string; factor?: number; offset?: number; supply?: true }
  | { as: 'word'; signal: Signal; channel?: string }
  | { as: 'breaker' | 'valve'; channel?: string }
  /** A button; `any` press of it calls for help. */
  | { as: 'action'; any?: true }
  /** It only takes commands: a siren, a button. */
  | { as: 'command'; kind: 'ring' | 'restart' };

/** What a description says of an entity that helps to tell what it means. */
export interface Described {
  component: string;
  deviceClass: string;
  unit?: string;
  /** What it is called, the most telling first. */
  names: readonly string[];
  /** Those of the names that may tell several points of one device apart. */
  points: readonly string[];
  /** A setting or a diagnosis of the device itself. */
  category: string;
  device: string;
}
