import {
  backToNotified,
  type Decision,
  type IncidentChanges,
  type IncidentState,
  isOpen,
  isUnanswered,
} from './incident-state.ts';

/** What time alone brings: an escalation step or the end of a lease; undefined while nothing is due. */
export function whatIsDue(incident: IncidentState, now: number): Decision | undefined {
  if (!isOpen(incident.status)) return undefined;
  if (!isUnanswered(incident.status)) {
    return incident.leaseUntil !== null && incident.leaseUntil <= now ? leaseEnded(incident, now) : undefined;
  }
  const isDue = incident.nextStepAt !== null && incident.nextStepAt <= now;
  return isDue ? { changes: {}, effects: ['ask_next'] } : undefined;
}

/** An acknowledgement ran out: the next ones are asked; on scene it is only a reminder, which comes again. */
function leaseEnded(incident: IncidentState, now: number): Decision {
  if (incident.status === 'on_scene') {
    return {
      changes: { leaseUntil: now + incident.policy.remindOnSceneMs },
      entry: { kind: 'lease_ended', detail: { reminder: true, ownerId: incident.ownerId } },
      effects: ['remind'],
    };
  }
  return {
    changes: backToNotified(now),
    entry: { kind: 'lease_ended', detail: { ownerId: incident.ownerId, status: incident.status } },
    effects: ['tell_former', 'ask_next', 'ask_again'],
  };
}

/** Every message of a step failed for good. Undefined where that no longer matters, or where everybody was asked already. */
export function stepFailed(incident: IncidentState, step: number, now: number): Decision | undefined {
  const isCurrent = isUnanswered(incident.status) && step === incident.nextStep - 1;
  if (!isCurrent || step >= incident.policy.steps.length) return undefined;
  return {
    changes: { nextStepAt: now },
    entry: { kind: 'nobody', detail: { step, reason: 'all_failed' } },
    effects: ['ask_next'],
  };
}

/** A new press soon after it was resolved: the ladder starts from its foot. */
export function reopened(now: number): IncidentChanges {
  return {
    status: 'notified',
    notifiedAt: now,
    nextStep: 0,
    nextStepAt: now,
    ownerId: null,
    handOverTo: null,
    leaseUntil: null,
    etaAt: null,
    acknowledgedAt: null,
    enRouteAt: null,
    onSceneAt: null,
    resolvedAt: null,
    outcome: null,
    note: null,
  };
}

export function mayReopen(incident: Pick<IncidentState, 'status' | 'resolvedAt' | 'policy'>, now: number) {
  return incident.status === 'resolved' && now - (incident.resolvedAt ?? 0) <= incident.policy.reopenWithinMs;
}
