import type { Consequence, Severity } from '../model/alerts.ts';
import type { BreakerFaultCause, Signal } from '../model/signals.ts';
import type { FaultClass } from '../model/tickets.ts';
import type { Bilingual } from '../platform/problem.ts';

/** A rule as it is evaluated: what its file says, with every default filled in and durations in milliseconds. */
export interface Rule {
  name: string;
  /** Of the text that it was read from: the first twelve hexadecimal digits of its SHA-256. */
  version: string;
  /** It runs and its alerts are recorded, but nothing follows from them. */
  shadow?: true;
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
  /** For these the rule reads otherwise; the first that fits counts. Each has the same parts in the same order, so that a state fits both. */
  variants?: { only: Selection; rule: Rule }[];
  /** Nothing of it fires outside these times; absent: always. */
  schedule?: Schedule;
  /** Samples do not count while something else was said. */
  ignoreWhile?: Said[];
  /** Names of rules: nothing of it fires while one of them does, for the same device, wearer or asset. */
  inhibitedBy?: string[];
  /** Raised again each time that it has been true for so long since it was last raised. */
  againAfterMs?: number;
  /** It goes on for so long after it would have ended. */
  keepFiringMs?: number;
  /** Raised so many times within a time, it ends only after it has been quiet for `quietMs`. */
  flap?: { times: number; withinMs: number; quietMs: number };
}

/** Windows of local time. Minutes of the day; a window whose end lies before its beginning passes midnight and belongs to the day it begins on. */
export interface Schedule {
  timeZone: string;
  windows: { days: readonly ScheduleDay[]; from: number; to: number }[];
}

/** `holiday` and `workday` by the calendar of the country: a Saturday may be worked, a Monday may be free. */
export type ScheduleDay = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun' | 'workday' | 'holiday';

/** What the same device last said of another signal, no longer than `maxAgeMs` ago. */
export interface Said {
  signal: Signal;
  is: boolean | string;
  maxAgeMs: number;
}

/** Selected is what any of the lists names, and what fits the conditions besides. */
export interface Selection {
  protocols?: string[];
  /** Native ids. */
  devices?: string[];
  subjects?: number[];
  /** What is known of the wearer (`copd`, `athlete`); one of these is enough. */
  traits?: string[];
  /** Of the catalogue, as it was registered. */
  models?: string[];
  /** Whether somebody wears it. */
  withSubject?: boolean;
  /** Whether it speaks through a gateway. */
  behindGateway?: boolean;
  /** Whether it is a gateway itself. */
  gateway?: boolean;
}

export type Part =
  | EventPart
  | ThresholdPart
  | StatePart
  | DropPart
  | CountPart
  | ShiftPart
  | GeofencePart
  | AbsencePart
  | ExpressionPart
  | NoDataPart
  | ChildrenPart;

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
  hard?: {
    limit: Limit;
    severity: Severity;
    consequence: Consequence;
    /** Zero and one: at once. */
    forMs: number;
    minSamples: number;
  };
  /** The limit is held against this instead of the sample itself. */
  smooth?: Smoothing;
  /** Moves the soft limit to what is usual for the wearer. */
  personal?: Personal;
}

/** Of the samples of the last `overMs`; nothing until there are so many. */
export type Smoothing =
  | { kind: 'median' | 'mean' | 'min' | 'max' | 'range' | 'ewma'; overMs: number; atLeast: number }
  /** Change per `perMs`, as the slope of the straight line through them. */
  | { kind: 'rate'; overMs: number; atLeast: number; perMs: number };

/**
 * The median of the last nights' means in quiet hours, once there are `nights`, with `margin` towards the limit; never beyond `between`.
 */
export interface Personal {
  /** Minutes of the local day. */
  from: number;
  to: number;
  timeZone: string;
  nights: number;
  margin: number;
  between: readonly [number, number];
}

/** What one reading says. */
export type Match = { is: boolean | string } | { limit: Limit };

/** So many readings that say it within a time. */
export interface CountPart {
  type: 'count';
  signal: Signal;
  match: Match;
  atLeast: number;
  withinMs: number;
}

/**
 * A lasting change against what was usual: a cumulative sum (CUSUM, Page 1954) of the deviations from a learned mean, in units of the
 * learned spread, passes `threshold`; `drift` is taken off each.
 */
export interface ShiftPart {
  type: 'shift';
  signal: Signal;
  direction: 'up' | 'down' | 'both';
  /** It learns from so long a time and so many samples, whichever takes longer … */
  learnMs: number;
  minSamples: number;
  /** … whose spread is at most this share of their mean, or `leastSpread`: only from what is steady. */
  steadyShare: number;
  drift: number;
  /** Of a deviation upwards, where that counts less or more; absent: `drift`. */
  driftUp?: number;
  threshold: number;
  /** One deviation counts as at most so many spreads: a single wild sample is no change. */
  clip: number;
  /** The spread counts as at least so much, in the unit of the signal and as a share of the mean. */
  leastSpread: number;
  leastShare: number;
  /** How fast the mean follows while nothing is wrong. */
  followMs: number;
  /** Over when the exponential mean of the deviations over `clearSmoothMs` has been within so many spreads for `clearForMs` … */
  clearWithin: number;
  clearSmoothMs: number;
  clearForMs: number;
  /** … or after so long: it learns anew what is usual. */
  acceptAfterMs: number;
  /** After a longer gap it learns anew. */
  maxGapMs: number;
}

/** Farther from home than its radius, by fixes that can be told from it. */
export interface GeofencePart {
  type: 'geofence';
  radiusM: number;
  /** Fixes beyond it must span this time, be this many, and lie no further apart than `maxGapMs`. */
  forMs: number;
  minSamples: number;
  maxGapMs: number;
  /** Fixes that are less accurate say nothing. */
  accuracyM: number;
  /** Faster than this nobody gets there: such a fix says nothing. */
  maxSpeedKmh: number;
  clear: { radiusM: number; forMs: number; minSamples: number };
}

/** By a time of the day none of these signs was seen since another, though the device spoke. */
export interface AbsencePart {
  type: 'absence';
  signs: { signal: Signal; match: Match | 'rises' }[];
  /** Minutes of the local day. */
  from: number;
  by: number;
  timeZone: string;
}

/** What CEL says of the latest values of the device, by the names of the signals; nothing while one of them is missing or too old. */
export interface ExpressionPart {
  type: 'expression';
  when: string;
  /** Absent: when `when` is no longer true. */
  clear?: string;
  /** What both read: `voltage`, or `voltage_a` for one channel. */
  reads: { name: string; signal: Signal; channel?: string }[];
  forMs: number;
  clearForMs: number;
  maxAgeMs: number;
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

/** Silence is told by our clock, whatever that of the device says. */
export const goesByUs = ({ type }: Part): boolean => type === 'no_data' || type === 'children_silent';

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
  assetId?: number | undefined;
  gatewayId?: number | undefined;
  isGateway?: boolean | undefined;
  traits?: readonly string[] | undefined;
  model?: string | undefined;
}

/** Whether the rule is meant for this device. */
export function applies(rule: Pick<Rule, 'only' | 'except'>, device: SelectedBy): boolean {
  if (rule.only && !isSelected(rule.only, device)) return false;
  return !(rule.except && isSelected(rule.except, device));
}

function isSelected(selection: Selection, device: SelectedBy): boolean {
  const { withSubject, behindGateway, gateway, protocols, devices, subjects, traits, models } = selection;
  if (withSubject !== undefined && withSubject !== (device.subjectId !== undefined)) return false;
  if (behindGateway !== undefined && behindGateway !== (device.gatewayId !== undefined)) return false;
  if (gateway !== undefined && gateway !== (device.isGateway === true)) return false;
  if (!protocols && !devices && !subjects && !traits && !models) return true;
  return (
    protocols?.includes(device.protocol) ||
    devices?.includes(device.nativeId) ||
    (device.subjectId !== undefined && subjects?.includes(device.subjectId)) ||
    (device.model !== undefined && models?.includes(device.model)) ||
    traits?.some((trait) => device.traits?.includes(trait)) ||
    false
  );
}

/** The rule as it reads for this device, or undefined where it is not meant for it. */
export function readsFor(rule: Rule, device: SelectedBy): Rule | undefined {
  if (!applies(rule, device)) return undefined;
  return rule.variants?.find(({ only }) => isSelected(only, device))?.rule ?? rule;
}

/** Each time that it is met raises, and nothing is remembered: it needs no order. */
export const isOccurrence = ({ parts: [part] }: Rule): boolean => part?.type === 'event' && !part.stands;

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
