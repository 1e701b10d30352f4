import type { Signal } from '../../src/model/signals.ts';
import type { About } from './about.ts';
import type { Expose } from './exposes.ts';

/** How the value of one property is read; kept in the session, so only JSON. */
export interface Mapping {
  /**
   * `number` converts a unit; `switch` knows two values; `word` reads what a text says; `call` and `action` are calls for
   * help; `conditions` is a list of troubles with water, `meter` one with those of the device among them; `trouble` is any other fault; `faults`, `latch`, `trip` and `flag`
   * are the ways of breakers; `percent` is an opening; `ring` is no reading but a way to make the device heard.
   */
  as:
    | 'number'
    | 'switch'
    | 'word'
    | 'call'
    | 'action'
    | 'conditions'
    | 'meter'
    | 'trouble'
    | 'faults'
    | 'latch'
    | 'trip'
    | 'flag'
    | 'percent'
    | 'ring';
  signal?: Signal;
  channel?: string;
  factor?: number;
  offset?: number;
  /** The raw values of the two states, where they are not the customary ones. */
  on?: boolean | string | number;
  off?: boolean | string | number;
  /** Zigbee2MQTT takes this property in `set`. */
  settable?: true;
  /** An `action` of any kind is the call: the device has no other purpose. */
  any?: true;
  /** A voltage below 60 V belongs to a battery or supply. */
  supply?: true;
}

/** What a rule looks at: an expose, its name without the endpoint, and what is known of the device. */
export interface Candidate {
  expose: Expose;
  /** The name without the suffix of an endpoint or phase, and that suffix. */
  base: string;
  suffix: string;
  about: About;
}

/** Reads one kind of property; undefined where this is none. */
export type Rule = (candidate: Candidate) => Mapping | undefined;
