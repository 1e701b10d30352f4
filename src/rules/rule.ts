import type { Consequence, Severity } from '../model/alerts.ts';
import type { Signal } from '../model/signals.ts';
import type { Bilingual } from '../platform/problem.ts';

/** A rule as it is evaluated: what its file says, with every default filled in and durations in milliseconds. */
export interface Rule {
  name: string;
  title: Bilingual;
  kind: string;
  severity: Severity;
  consequence: Consequence;
  /** Absent: for every device. */
  only?: Selection;
  except?: Selection;
  /** The rule is true while any part is. */
  parts: Part[];
}

export interface Selection {
  protocols?: string[];
  /** Native ids. */
  devices?: string[];
  subjects?: number[];
}

export type Part = EventPart | ThresholdPart | StatePart | NoDataPart;

/** Each occurrence raises; nothing is remembered. */
export interface EventPart {
  type: 'event';
  signal: Signal;
}

export type LimitOp = 'above' | 'at_least' | 'below' | 'at_most';

export interface Limit {
  op: LimitOp;
  value: number;
}

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
  hard?: { limit: Limit; severity: Severity; consequence: Consequence };
}

/** A state that the device reports once and that holds until it says otherwise. */
export interface StatePart {
  type: 'state';
  signal: Signal;
  is: boolean | string;
  forMs: number;
  /** A number that ends it too, for devices that never report the end of the state. */
  clearWhen?: { signal: Signal; limit: Limit };
}

export interface NoDataPart {
  type: 'no_data';
  afterMs: number | 'device_default';
  /** Only these count as a sign of life; absent: any reading. */
  signals?: Signal[];
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

/** Whether the rule is meant for this device. */
export function applies(
  rule: Pick<Rule, 'only' | 'except'>,
  device: { protocol: string; nativeId: string; subjectId?: number },
): boolean {
  if (rule.only && !isSelected(rule.only, device)) return false;
  return !(rule.except && isSelected(rule.except, device));
}

function isSelected(
  selection: Selection,
  device: { protocol: string; nativeId: string; subjectId?: number },
): boolean {
  return (
    selection.protocols?.includes(device.protocol) ||
    selection.devices?.includes(device.nativeId) ||
    (device.subjectId !== undefined && selection.subjects?.includes(device.subjectId)) ||
    false
  );
}

export const isSosRule = (rule: Rule): boolean =>
  rule.parts.some((part) => part.type === 'event' && part.signal === 'sos');
