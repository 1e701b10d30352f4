import type { Severity } from '../../model/alerts.ts';
import type { Finding } from '../../model/findings.ts';

/** What an alarm led to: an incident (`i12`), a ticket (`t3`), or no more than a notice (`a9`, its own id). */
export type Matter = `${'i' | 't' | 'a'}${number}`;

/** One alert as the report needs it. Times are milliseconds since 1970. */
export interface AlarmFact {
  id: number;
  matter: Matter;
  rule: string;
  kind: string;
  severity: Severity;
  protocol: string;
  nativeId: string;
  channel: string;
  deviceId: number | null;
  firedAt: number;
  /** At once where it is an event; null while it fires. */
  resolvedAt: number | null;
  withdrawn: boolean;
  finding: Finding | null;
  gridId: number | null;
  model: string | null;
  /** One of many of one outage: only that was told. */
  held: boolean;
  /** Of its matter: from the alarm until somebody had it. */
  acknowledgedMs: number | null;
}

/** One ring of one person's phone, by however many channels. */
export interface Receipt {
  accountId: number;
  at: number;
  matter: Matter;
  severity: Severity;
  finding: Finding | null;
  gridId: number | null;
}

/** Somebody took a matter, so long after it was raised. */
export interface Acknowledgement {
  accountId: number;
  matter: Matter;
  afterMs: number;
}

/** It would have been an alarm, and another stood that explains it. */
export type HeldFact = Pick<AlarmFact, 'rule' | 'gridId' | 'model'>;

/** An alarm of a rule on trial. */
export type TrialFact = Pick<
  AlarmFact,
  'rule' | 'protocol' | 'nativeId' | 'channel' | 'firedAt' | 'resolvedAt'
>;

/** What is alarmed about: one rule at one point. */
export const pointOf = (of: Pick<AlarmFact, 'rule' | 'protocol' | 'nativeId' | 'channel'>): string =>
  `${of.rule}\n${of.protocol}\n${of.nativeId}\n${of.channel}`;

/** Whether it needed somebody, as far as that is known; what was withdrawn never did, and a test counts neither way. */
export function isActionable(of: { finding: Finding | null; withdrawn?: boolean }): boolean | undefined {
  if (of.finding === 'test') return undefined;
  if (of.finding !== null) return of.finding === 'real';
  return of.withdrawn ? false : undefined;
}
