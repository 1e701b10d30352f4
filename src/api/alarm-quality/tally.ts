import type { Severity } from '../../model/alerts.ts';
import { type Finding, findings } from '../../model/findings.ts';
import { type Period, type Rate, rateOf } from './alarm-rate.ts';
import { chatterOf } from './chatter.ts';
import { type AlarmFact, isActionable, type Matter, pointOf, type Receipt } from './facts.ts';
import { percentile, shareOf } from './figures.ts';
import { FLEETING_BELOW_MS, STALE_ABOVE_MS } from './limits.ts';

/** The alarms of a worker, a grid, a model, a rule, or all. */
export interface Tally {
  times: number[];
  severities: Record<Severity, number>;
  findings: Record<Finding, number>;
  withdrawn: number;
  unjudged: number;
  actionable: number;
  notActionable: number;
  atNight: number;
  fleeting: number;
  stale: number;
  /** Told to nobody, since something else explains them. */
  held: number;
  acknowledgedMs: number[];
  /** Matters whose acknowledgement counts already. */
  matters: Set<Matter>;
  /** Times of each point, for its chattering, with one alarm of it. */
  points: Map<string, { of: AlarmFact; times: number[] }>;
}

export const emptyTally = (): Tally => ({
  times: [],
  severities: { critical: 0, warning: 0, info: 0 },
  findings: Object.fromEntries(findings.map((finding) => [finding, 0])) as Record<Finding, number>,
  withdrawn: 0,
  unjudged: 0,
  actionable: 0,
  notActionable: 0,
  atNight: 0,
  fleeting: 0,
  stale: 0,
  held: 0,
  acknowledgedMs: [],
  matters: new Set(),
  points: new Map(),
});

/** What a receiver hears counts; what became of the point is the alarm's own. */
export function addReceipt(
  tally: Tally,
  receipt: Pick<Receipt, 'at' | 'severity' | 'finding'> & { withdrawn: boolean; isNight: boolean },
): void {
  tally.times.push(receipt.at);
  tally.severities[receipt.severity]++;
  if (receipt.isNight) tally.atNight++;
  if (receipt.withdrawn) tally.withdrawn++;
  const { finding } = receipt;
  if (finding) tally.findings[finding]++;
  else if (!receipt.withdrawn) tally.unjudged++;
  const actionable = isActionable(receipt);
  if (actionable) tally.actionable++;
  else if (actionable === false) tally.notActionable++;
}

export function addAlarm(
  tally: Tally,
  alarm: AlarmFact,
  { isNight, now }: { isNight: boolean; now: number },
): void {
  addReceipt(tally, { ...alarm, at: alarm.firedAt, isNight });
  if (isFleeting(alarm)) tally.fleeting++;
  if (isStale(alarm, now)) tally.stale++;
  if (alarm.held) tally.held++;
  const point = pointOf(alarm);
  const known = tally.points.get(point);
  if (known) known.times.push(alarm.firedAt);
  else tally.points.set(point, { of: alarm, times: [alarm.firedAt] });
  if (alarm.acknowledgedMs === null || tally.matters.has(alarm.matter)) return;
  tally.matters.add(alarm.matter);
  tally.acknowledgedMs.push(alarm.acknowledgedMs);
}

/** Over almost at once; an event has no length at all. */
export const isFleeting = ({ firedAt, resolvedAt }: Pick<AlarmFact, 'firedAt' | 'resolvedAt'>): boolean =>
  resolvedAt !== null && resolvedAt > firedAt && resolvedAt - firedAt < FLEETING_BELOW_MS;

export const isStale = (
  { firedAt, resolvedAt, withdrawn }: Pick<AlarmFact, 'firedAt' | 'resolvedAt' | 'withdrawn'>,
  now: number,
): boolean => !withdrawn && (resolvedAt ?? now) - firedAt > STALE_ABOVE_MS;

/** The figures of a tally as the API answers them; shares are 0 to 1. */
export interface Figures {
  alarms: number;
  atNight: number;
  average10Min: number;
  most10Min: number;
  floods: number;
  floodShare: number;
  severities: Record<Severity, number>;
  chatteringPoints: number;
  fleeting: number;
  stale: number;
  held: number;
  withdrawn: number;
  findings: Record<Finding, number>;
  unjudged: number;
  /** Of those of which it is known. */
  actionableShare: number | null;
  acknowledgeMsP50: number | null;
  acknowledgeMsP95: number | null;
}

export function figuresOf(tally: Tally, period: Period): Figures & { rate: Rate } {
  const rate = rateOf(tally.times, period);
  const { severities, findings: found, fleeting, stale, held, withdrawn, unjudged, atNight } = tally;
  return {
    rate,
    alarms: tally.times.length,
    atNight,
    average10Min: rate.average,
    most10Min: rate.most,
    floods: rate.floods.length,
    floodShare: shareOf(rate.floodMs, period.to - period.from) ?? 0,
    severities,
    chatteringPoints: [...tally.points.values()].filter(({ times }) => chatterOf(times).episodes > 0).length,
    fleeting,
    stale,
    held,
    withdrawn,
    findings: found,
    unjudged,
    actionableShare: shareOf(tally.actionable, tally.actionable + tally.notActionable),
    acknowledgeMsP50: percentile(tally.acknowledgedMs, 0.5),
    acknowledgeMsP95: percentile(tally.acknowledgedMs, 0.95),
  };
}
