import { type AlarmFact, isActionable, pointOf, type TrialFact } from './facts.ts';
import { alarmScore, type Confusion } from './figures.ts';

/** What is raised no further apart than this at one point is the same. */
const SAME_WITHIN_MS = 10 * 60_000;

/** How a version on trial did on the alarms of the version in force of which people found out whether they were real. */
export interface TrialResult {
  rule: string;
  /** Alarms that were judged: real ones and others. */
  real: number;
  other: number;
  trial: Confusion;
  trialScore: number | null;
  /** The version in force raised all of them. */
  liveScore: number | null;
  /** Raised by the trial alone: nobody has looked into those. */
  onlyTrial: number;
}

/** `trials` are of rules named as in force, times in ascending order. */
export function compareTrials(alarms: readonly AlarmFact[], trials: readonly TrialFact[]): TrialResult[] {
  const rules = [...new Set(trials.map(({ rule }) => rule))].sort();
  return rules.map((rule) =>
    compareTrial(
      rule,
      alarms.filter((alarm) => alarm.rule === rule),
      trials.filter((trial) => trial.rule === rule),
    ),
  );
}

function compareTrial(rule: string, alarms: readonly AlarmFact[], trials: readonly TrialFact[]): TrialResult {
  const raised = byPoint(trials);
  const live = byPoint(alarms);
  const trial = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  for (const alarm of alarms) {
    const actionable = isActionable(alarm);
    if (actionable === undefined) continue;
    const isRaised = hasNear(raised, alarm);
    if (actionable) trial[isRaised ? 'truePositives' : 'falseNegatives']++;
    else trial[isRaised ? 'falsePositives' : 'trueNegatives']++;
  }
  const real = trial.truePositives + trial.falseNegatives;
  const other = trial.falsePositives + trial.trueNegatives;
  return {
    rule,
    real,
    other,
    trial,
    trialScore: alarmScore(trial),
    liveScore: alarmScore({
      truePositives: real,
      falsePositives: other,
      trueNegatives: 0,
      falseNegatives: 0,
    }),
    onlyTrial: trials.filter((one) => !hasNear(live, one)).length,
  };
}

function byPoint(of: readonly TrialFact[]): Map<string, number[]> {
  const points = new Map<string, number[]>();
  for (const one of of) {
    const times = points.get(pointOf(one));
    if (times) times.push(one.firedAt);
    else points.set(pointOf(one), [one.firedAt]);
  }
  return points;
}

const hasNear = (points: ReadonlyMap<string, readonly number[]>, of: TrialFact): boolean =>
  points.get(pointOf(of))?.some((at) => Math.abs(at - of.firedAt) <= SAME_WITHIN_MS) ?? false;
