import { oncePerPerson } from '../people/escalation-people.ts';
import type { NewNotification } from '../platform/outbox-store.ts';
import { type Asked, accountsOf, climb, describe, type People, reach } from './climb.ts';
import { isOpen } from './incident-state.ts';
import { announced } from './incident-store.ts';
import { reopened } from './incident-time.ts';
import { targetsBefore } from './ladder.ts';
import { messagesTo } from './messages.ts';
import { pressEntry, rings } from './press.ts';
import type { Ground, Group, Standing } from './press-ground.ts';
import type { PressUpdate } from './press-store.ts';
import type { TimelineDraft } from './timeline.ts';

export interface UpdatePlan {
  presses: Group;
  update: PressUpdate;
  messages(): NewNotification[];
}

/** The owner hears of it again at once; where nobody has it, everybody who was asked so far. */
export async function planAppending(ground: Ground, standing: Standing, people: People): Promise<UpdatePlan> {
  const { group, facts } = ground;
  const [press] = group;
  const presses = standing.presses + group.length;
  const isHeard = rings(press, { before: standing.presses, after: presses });
  const asked = isHeard ? await askAgain(standing, people) : [];
  const notified = { reason: 'press', people: asked.map(describe) };
  const entries: TimelineDraft[] = group.map(({ change }) => pressEntry(change, ground.place));
  if (isHeard) entries.push({ kind: asked.length > 0 ? 'notified' : 'nobody', detail: notified });
  const step = standing.owner_id === null ? Math.max(standing.next_step - 1, 0) : undefined;
  return {
    presses: group,
    update: {
      ...updateOf(ground, standing),
      changes: {},
      entries,
      accounts: announced(accountsOf(asked)).accounts,
    },
    messages: () =>
      messagesTo(asked, {
        incidentId: standing.id,
        template: 'incident_again',
        ...(step === undefined ? {} : { step }),
        facts: { ...facts, presses, raisedAt: standing.raised_at ?? facts.raisedAt },
      }),
  };
}

async function askAgain(standing: Standing, people: People): Promise<Asked[]> {
  const owner = standing.owner ? [{ contact: standing.owner, why: 'owner' }] : [];
  const { reachable } = reach(owner, people.channelsFor);
  if (reachable.length > 0) return reachable;
  const found = targetsBefore(standing.policy, standing.next_step).flatMap(people.resolve);
  const everyone = found.length > 0 ? found : await people.lastResort();
  return reach(oncePerPerson(everyone), people.channelsFor).reachable;
}

/** The ladder is climbed again from its foot. */
export async function planReopening(
  ground: Ground,
  standing: Standing,
  { people, now }: { people: People; now: number },
): Promise<UpdatePlan> {
  const { group, facts } = ground;
  const from = { status: 'notified', nextStep: 0, nextStepAt: now } as const;
  const ladder = await climb(standing.policy, from, { people, now });
  const presses = standing.presses + group.length;
  const entries: TimelineDraft[] = [
    { kind: 'reopened', detail: {} },
    ...group.map(({ change }) => pressEntry(change, ground.place)),
    ...ladder.entries,
  ];
  return {
    presses: group,
    update: {
      ...updateOf(ground, standing),
      changes: { ...reopened(now), nextStep: ladder.nextStep, nextStepAt: ladder.nextStepAt },
      entries,
      accounts: announced(ladder.asked.flatMap((step) => accountsOf(step.people))).accounts,
    },
    messages: () =>
      ladder.asked.flatMap(({ step, people: asked }) =>
        messagesTo(asked, {
          incidentId: standing.id,
          template: 'incident_reopened',
          step,
          facts: { ...facts, presses, raisedAt: standing.raised_at ?? facts.raisedAt },
        }),
      ),
  };
}

function updateOf({ group, place }: Ground, standing: Standing) {
  const { location, address, responsible } = place;
  const isBetter = location?.fresh === true && !group[0].isFlood;
  const { gridId, by: responsibleBy } = responsible;
  return {
    id: standing.id,
    seen: {
      reopens: !isOpen(standing.status),
      ownerId: standing.owner_id,
      nextStep: standing.next_step,
    },
    presses: group.length,
    late: group.every(({ change }) => change.late),
    place: isBetter && location ? { location, address, gridId, responsibleBy } : null,
    alertIds: group.flatMap(({ change }) => change.alertId ?? []),
  };
}
