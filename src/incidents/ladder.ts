import type { EscalationPolicy, EscalationTarget } from '../model/incidents.ts';
import { type IncidentState, isUnanswered } from './incident-state.ts';

export type LadderState = Pick<IncidentState, 'status' | 'nextStep' | 'nextStepAt'>;

export type Next =
  | { kind: 'ask'; step: number; notify: readonly EscalationTarget[] }
  | { kind: 'wait'; until: number }
  /** Somebody has it, or it is over. */
  | { kind: 'none' };

/** What the ladder wants now. There is no count after which it wants nothing: only a person ends it. */
export function nextStep(policy: EscalationPolicy, incident: LadderState, now: number): Next {
  if (!isUnanswered(incident.status)) return { kind: 'none' };
  const due = incident.nextStepAt ?? now;
  if (due > now) return { kind: 'wait', until: due };
  return { kind: 'ask', step: incident.nextStep, notify: targetsOf(policy, incident.nextStep) };
}

export function targetsOf(policy: EscalationPolicy, step: number): readonly EscalationTarget[] {
  return policy.steps[step]?.notify ?? ['everybody'];
}

/** Everybody who was asked before this step. */
export function targetsBefore(policy: EscalationPolicy, step: number): readonly EscalationTarget[] {
  if (step > policy.steps.length) return ['everybody'];
  return [...new Set(policy.steps.slice(0, Math.max(step, 1)).flatMap((each) => each.notify))];
}

/**
 * Where the ladder stands after a step that fell due at `dueAt`. A step that reached nobody is followed at once; each other one gets
 * the time that the policy puts between the two, counted from when it was due, so that a slow sweep adds nothing.
 * Repetitions count from now: what was missed while nothing ran is not made up for.
 */
export function afterStep(
  policy: EscalationPolicy,
  step: number,
  { dueAt, now, reached }: { dueAt: number; now: number; reached: boolean },
): { nextStep: number; nextStepAt: number } {
  const [here, next] = [policy.steps[step], policy.steps[step + 1]];
  if (here && !reached) return { nextStep: step + 1, nextStepAt: now };
  if (here && next) return { nextStep: step + 1, nextStepAt: dueAt + next.afterMs - here.afterMs };
  return { nextStep: step + 1, nextStepAt: now + policy.repeatEveryMs };
}
