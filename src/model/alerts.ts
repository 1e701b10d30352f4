import type { Outage } from './outages.ts';
import type { Origin, Reading } from './readings.ts';
import type { LifeSignal, Location, NetworkScan, Signal } from './signals.ts';
import type { FaultClass } from './tickets.ts';

export type Severity = 'critical' | 'warning' | 'info';

/**
 * What a firing alert leads to: `incident` pages people until one acknowledges, `ticket` is work with a deadline for the property
 * company, `notice` is told once to the family and the grid worker on duty.
 */
export type Consequence = 'incident' | 'ticket' | 'notice';

/** A change of the state of rule × device, as the rules hand it to incidents. */
export interface AlertChange {
  /** Row in `alerts`, once it is stored. */
  alertId?: number;
  rule: string;
  /** What people call it (`sos`, `fall`, `heart_rate_high`): part of the dedup key of an incident. */
  kind: string;
  severity: Severity;
  consequence: Consequence;
  /** With consequence `ticket`: what is broken. */
  faultClass?: FaultClass;
  state: 'firing' | 'resolved';
  /** When it came true by the device's time, and when we knew. */
  at: number;
  receivedAt: number;
  deviceId?: number;
  subjectId?: number;
  /** What the device itself is bound to (its gateway's asset is not what it watches); the gateway through which it speaks. */
  assetId?: number;
  gatewayId?: number;
  /** The point of the device; absent where it has one only. */
  channel?: string;
  /** The rule says in as many words that the breaker is to be switched off; the asset has to allow it too. */
  switchOff?: true;
  protocol: string;
  nativeId: string;
  /** Remote address the uplink came from. */
  source: string;
  /** It happened long before we heard of it: the device buffered it, or its clock, which is right, says so. */
  late: boolean;
  /** Of what fell silent together: it has no device of its own. */
  outage?: Outage;
  /** A level that was reported as true the last time too (a detector that says so each minute): not a new press. */
  repeated?: true;
  evidence: AlertEvidence;
}

/** What the alert rests on; shown to people as it is. */
export interface AlertEvidence {
  signal: Signal;
  value?: unknown;
  limit?: number;
  /** A fix that came with the event. */
  location?: Location & { observedAt: number };
  networkScan?: NetworkScan;
  battery?: number;
  /** Raw uplink in the log. */
  receivedAt: number;
  [key: string]: unknown;
}

/** An event on the lane of life as ingest writes it into the inbox. */
export interface LifeEvent {
  signal: LifeSignal;
  protocol: string;
  nativeId: string;
  deviceId?: number;
  subjectId?: number;
  assetId?: number;
  gatewayId?: number;
  channel?: string;
  source: string;
  origin: Origin;
  /** Of a level (smoke, gas, carbon_monoxide, fire): the last report of the same point was true as well. */
  repeated?: true;
  observedAt: number;
  receivedAt: number;
  /** Other facts of the same uplink. */
  context: {
    location?: Location & { observedAt: number };
    networkScan?: NetworkScan;
    battery?: number;
    code?: string;
    topic?: string;
  };
}

/** What ingest writes as one log row of one partition. */
export interface LogBatch {
  readings: Reading[];
}
