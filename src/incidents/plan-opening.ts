import type { NewNotification } from '../platform/outbox-store.ts';
import { accountsOf, climb, type People } from './climb.ts';
import type { RoundDeps } from './deps.ts';
import { announced } from './incident-store.ts';
import { messagesTo } from './messages.ts';
import { type Press, pressEntry } from './press.ts';
import type { Ground } from './press-ground.ts';
import type { NewIncident } from './press-store.ts';
import type { TimelineDraft } from './timeline.ts';

export interface OpenPlan {
  press: Press;
  incident: NewIncident;
  messages(id: number): NewNotification[];
}

/** A new incident with its policy, whose ladder is climbed as far as it is due. */
export async function planOpening(ground: Ground, people: People, deps: RoundDeps): Promise<OpenPlan> {
  const { now } = deps;
  const { group, place, facts } = ground;
  const [press] = group;
  const { change } = press;
  const policy = deps.policies.forKind(change.kind);
  const from = { status: 'raised', nextStep: 0, nextStepAt: now } as const;
  const ladder = await climb(policy, from, { people, now });
  const isAsked = ladder.asked.length > 0;
  const { detail } = pressEntry(change, place);
  const raised = {
    kind: 'raised',
    detail: { ...detail, by: place.responsible.by, location: place.location },
  };
  return {
    press,
    incident: {
      dedup_key: press.key,
      kind: change.kind,
      severity: change.severity,
      status: isAsked ? 'notified' : 'raised',
      subject_id: ground.where.subjectId,
      device_id: press.isFlood ? null : (change.deviceId ?? null),
      asset_id: place.asset?.id ?? null,
      protocol: change.protocol,
      native_id: change.nativeId,
      source: change.source,
      grid_id: place.responsible.gridId,
      responsible_by: place.responsible.by,
      location: place.location,
      address: place.address,
      late: change.late,
      raised_at: iso(now),
      observed_at: iso(change.at),
      notified_at: isAsked ? iso(now) : null,
      policy,
      next_step: ladder.nextStep,
      next_step_at: ladder.nextStepAt === null ? null : iso(ladder.nextStepAt),
      evidence: { ...change.evidence, rule: change.rule },
      alert_id: change.alertId ?? null,
      entries: [raised as TimelineDraft, ...ladder.entries],
      accounts: announced(ladder.asked.flatMap((step) => accountsOf(step.people))).accounts,
    },
    messages: (incidentId) =>
      ladder.asked.flatMap(({ step, people: asked }) =>
        messagesTo(asked, {
          incidentId,
          template: 'incident_raised',
          step,
          facts: { ...facts, raisedAt: now },
        }),
      ),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
