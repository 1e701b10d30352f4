import type { Consequence, Severity } from '../model/alerts.ts';
import type { BreakerFaultCause, Signal } from '../model/signals.ts';
import type { FaultClass } from '../model/tickets.ts';
import type { Bilingual } from '../platform/problem.ts';

/** A rule as it is evaluated: what its file says, with every default filled in and durations in milliseconds. */
export interface Rule {
  name: string;
  title: Bilingual;
  kind: string;
  severity: Severity;
  consequence: Consequence;
  /** With consequence `ticket`: what is broken. */
  faultClass?: FaultClass;
  /** The breaker is to be switched off where its asset allows that too. */
  switchOff?: true;
  /** One state for all devices of an asset; absent: one for each point, which is a device with its channel. */
  per?: 'asset';
  /** Nothing of it fires while the gateway of the device is dead. */
  inhibitedByGateway?: true;
  /** Absent: for every device. */
  only?: Selection;
  except?: Selection;
  parts: Part[];
  /** The rule is true while all parts of any of these sets are, by their numbers; absent: while any part is. */
  sets?: number[][];
}

/** Selected is what any of the lists names, and what fits the conditions besides. */
export interface Selection {
  protocols?: string[];
  /** Native ids. */
  devices?: string[];
  subjects?: number[];
  /** Whether somebody wears it. */
  withSubject?: boolean;
  /** Whether it speaks through a gateway. */
  behindGateway?: boolean;
  /** Whether it is a gateway itself. */
  gateway?: boolean;
}

export type Part = EventPart | ThresholdPart | StatePart | DropPart | NoDataPart | ChildrenPart;

/** Each occurrence raises and nothing is remembered, unless it stands: then it is true until something says that it is over. */
export interface EventPart {
  type: 'event';
  signal: Signal;
  /** Of `breaker_fault`; absent: every one. */
  causes?: BreakerFaultCause[];
  stages?: ('warning' | 'trip')[];
  stands?: {
    until?: Ending;
    clearForMs: number;
    /** Over when it was not said again for this long. */
    lapsesAfterMs?: number;
  };
}

export type LimitOp = 'above' | 'at_least' | 'below' | 'at_most';

export interface Limit {
  op: LimitOp;
  value: number;
}

/** Another signal that says that something is over. */
export type Ending = { signal: Signal } & ({ is: boolean | string } | { limit: Limit });

/** A number beyond a soft limit for a time, or beyond a hard limit at once. */
export interface ThresholdPart {
  type: 'threshold';
  signal: Signal;
  soft: Limit;
  /** Samples beyond the limit must span this time … */
  forMs: number;
  /** … be this many … */
  minSamples: number;
  /** … and lie no further apart than this: what happened in a longer gap is unknown. */
  maxGapMs: number;
  clear: Limit;
  clearForMs: number;
  /** Samples there say nothing: no voltage at all is no low voltage. */
  ignore?: Limit;
  hard?: { limit: Limit; severity: Severity; consequence: Consequence };
}

/** A state that the device reports once and that holds until it says otherwise. */
export interface StatePart {
  type: 'state';
  signal: Signal;
  is: boolean | string;
  forMs: number;
  /** How long it must say otherwise. */
  clearForMs: number;
  /** What ends it too, for devices that never report the end of the state. */
  clearWhen?: Ending;
}

/**
 * A number that fell, within a time, from the highest of that time, or rose from the lowest. Over when half of that is made good.
 */
export interface DropPart {
  type: 'drop';
  signal: Signal;
  rises?: true;
  /** By so much and by so many percent of what it was; at least one of them is there. */
  by: { amount?: number; percent?: number };
  withinMs: number;
  /** How long it counts while the rule does not fire: a fall of yesterday explains nothing of today. */
  holdsMs: number;
}

export interface NoDataPart {
  type: 'no_data';
  afterMs: number | 'device_default';
  /** A device that seldom speaks is allowed longer, by how often it lately did: protocols are spoken by gauges and by bins. */
  byRhythm?: true;
  /** Only these count as a sign of life; absent: any reading. */
  signals?: Signal[];
}

/** Of a gateway: so many of the devices behind it fell silent together that it is the cause. */
export interface ChildrenPart {
  type: 'children_silent';
  atLeast: number;
  percent: number;
}

export function isBeyond(limit: Limit, value: number): boolean {
  switch (limit.op) {
    case 'above':
      return value > limit.value;
    case 'at_least':
      return value >= limit.value;
    case 'below':
      return value < limit.value;
    case 'at_most':
      return value <= limit.value;
  }
}

/** What a selection goes by. */
export interface SelectedBy {
  protocol: string;
  nativeId: string;
  subjectId?: number | undefined;
  gatewayId?: number | undefined;
  isGateway?: boolean | undefined;
}

/** Whether the rule is meant for this device. */
export function applies(rule: Pick<Rule, 'only' | 'except'>, device: SelectedBy): boolean {
  if (rule.only && !isSelected(rule.only, device)) return false;
  return !(rule.except && isSelected(rule.except, device));
}

function isSelected(selection: Selection, device: SelectedBy): boolean {
  const { withSubject, behindGateway, gateway, protocols, devices, subjects } = selection;
  if (withSubject !== undefined && withSubject !== (device.subjectId !== undefined)) return false;
  if (behindGateway !== undefined && behindGateway !== (device.gatewayId !== undefined)) return false;
  if (gateway !== undefined && gateway !== (device.isGateway === true)) return false;
  if (!protocols && !devices && !subjects) return true;
  return (
    protocols?.includes(device.protocol) ||
    devices?.includes(device.nativeId) ||
    (device.subjectId !== undefined && subjects?.includes(device.subjectId)) ||
    false
  );
}

export const isSosRule = (rule: Rule): boolean =>
  rule.parts.some((part) => part.type === 'event' && part.signal === 'sos');

/** The rule that stands for a dead gateway. */
export const isGatewayRule = (rule: Rule): boolean =>
  rule.parts.some((part) => part.type === 'children_silent');

/** So many of its usual intervals may be missed. */
const MISSED = 2.2;
/** Nothing may be silent for longer because of its rhythm; taken, too, until that is known. */
export const SLOWEST_MS = 25 * 3_600_000;

/** Silence that a no-data part allows, in milliseconds; `gapMs`: the longest interval in which the device lately spoke. */
export function silenceAllowed(part: NoDataPart, expectedEveryMs: number, gapMs: number | undefined): number {
  const afterMs = part.afterMs === 'device_default' ? expectedEveryMs : part.afterMs;
  if (!part.byRhythm) return afterMs;
  return Math.max(afterMs, gapMs === undefined ? SLOWEST_MS : Math.min(gapMs * MISSED, SLOWEST_MS));
}
