import type { EscalationTarget } from '../model/incidents.ts';
import type { Resolver } from '../people/directory.ts';
import type { Place } from '../people/escalation-people.ts';
import type { GridIndex } from '../people/grid-index.ts';
import type { Trx } from '../platform/database.ts';
import type { NewNotification } from '../platform/outbox-store.ts';
import { type Asked, climb, describe, type People, reach } from './climb.ts';
import type { RoundDeps } from './deps.ts';
import { isOpen, mayReopen, reopened } from './incident-machine.ts';
import { announced } from './incident-store.ts';
import { targetsBefore } from './ladder.ts';
import { type MessageFacts, messagesTo } from './messages.ts';
import {
  FLOOD_LIMIT,
  factsOf,
  floodKey,
  isUnknown,
  type Press,
  type PressPlace,
  placeOf,
  pressEntry,
  rings,
} from './press.ts';
import type { NewIncident, PressContext, PressUpdate } from './press-store.ts';
import type { TimelineDraft } from './timeline.ts';

type Group = [Press, ...Press[]];

export interface OpenPlan {
  press: Press;
  incident: NewIncident;
  messages(id: number): NewNotification[];
}

export interface UpdatePlan {
  presses: Group;
  update: PressUpdate;
  messages(): NewNotification[];
}

export interface RoundPlan {
  opens: OpenPlan[];
  updates: UpdatePlan[];
  /** For the next round. */
  left: Press[];
}

/** An incident that stands, as a press finds it. */
type Standing = PressContext & {
  id: number;
  status: NonNullable<PressContext['status']>;
  policy: NonNullable<PressContext['policy']>;
  next_step: number;
  presses: number;
};

interface Ground {
  group: Group;
  context: PressContext;
  standing: Standing | undefined;
  place: PressPlace;
  /** Where people are sought: of the incident that stands unless the press brought a better place. */
  where: Place;
  facts: MessageFacts;
}

/** Decides what becomes of each group of presses; reads the people of all of them with one statement. */
export async function planPresses(
  trx: Trx,
  read: { groups: readonly Group[]; contexts: readonly PressContext[] },
  deps: RoundDeps,
): Promise<RoundPlan> {
  const plan: RoundPlan = { opens: [], updates: [], left: [] };
  const index = await deps.directory.grids(trx, read.contexts[0]?.grid_version);
  const grounds: Ground[] = [];
  const openedBySource = new Map<string, number>();
  for (const [i, group] of read.groups.entries()) {
    const context = read.contexts[i];
    if (!context) throw new Error('a press was read without its context');
    const ground = groundOf(group, context, { index, now: deps.now });
    if (!ground.standing && isOneTooMany(group[0], context, openedBySource)) {
      plan.left.push(...group.map(({ change }) => ({ change, key: floodKey(change), isFlood: true })));
    } else grounds.push(ground);
  }
  const resolve = await deps.directory.resolver(
    grounds.map((ground) => ground.where),
    { db: trx, index },
  );
  for (const ground of grounds) {
    const people = peopleAt(ground.where, { resolve, trx, index, deps });
    const { standing } = ground;
    if (!standing) {
      plan.opens.push(await planOpening(ground, people, deps));
      plan.left.push(...ground.group.slice(1));
    } else if (isOpen(standing.status)) {
      plan.updates.push(await planAppending(ground, standing, people));
    } else plan.updates.push(await planReopening(ground, standing, { people, now: deps.now }));
  }
  return plan;
}

function groundOf(group: Group, context: PressContext, at: { index: GridIndex; now: number }): Ground {
  const latest = group.findLast((press) => press.change.evidence.location) ?? group[0];
  const place = placeOf(latest.change, context, at);
  const standing = standingIn(context, at.now);
  const better = betterPlace(latest, place, standing);
  const gridId = standing && !better ? standing.grid_id : place.responsible.gridId;
  const grid = gridId === null ? null : (at.index.get(gridId)?.name ?? null);
  const location = standing && !better ? standing.location : place.location;
  return {
    group,
    context,
    standing,
    place,
    where: { gridId, subjectId: group[0].isFlood ? null : (group[0].change.subjectId ?? null) },
    facts: factsOf(group[0].change, context, { ...place, location, grid }),
  };
}

function standingIn(context: PressContext, now: number): Standing | undefined {
  const { id, status, policy, next_step, presses, resolved_at } = context;
  if (id === null || status === null || policy === null || next_step === null || presses === null)
    return undefined;
  const stands = isOpen(status) || mayReopen({ status, resolvedAt: resolved_at, policy }, now);
  return stands ? { ...context, id, status, policy, next_step, presses } : undefined;
}

/** A fix that came with a press replaces what was known. */
const betterPlace = (press: Press, place: PressPlace, standing: Standing | undefined): boolean =>
  standing !== undefined && !press.isFlood && place.location?.fresh === true;

function isOneTooMany(press: Press, context: PressContext, opened: Map<string, number>): boolean {
  if (press.isFlood || !isUnknown(press.change)) return false;
  const count = opened.get(press.change.source) ?? context.opened_by_source;
  opened.set(press.change.source, count + 1);
  return count >= FLOOD_LIMIT;
}

function peopleAt(
  where: Place,
  ctx: { resolve: Resolver; trx: Trx; index: GridIndex; deps: RoundDeps },
): People {
  return {
    resolve: (target: EscalationTarget) => ctx.resolve(target, where),
    async lastResort() {
      const options = { db: ctx.trx, index: ctx.index, lastResort: true };
      const resolve = await ctx.deps.directory.resolver([where], options);
      return resolve('everybody', where);
    },
    channelsFor: ctx.deps.channelsFor,
  };
}

async function planOpening(ground: Ground, people: People, deps: RoundDeps): Promise<OpenPlan> {
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
      accounts: announced(ladder.asked.flatMap((step) => idsOf(step.people))).accounts,
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

/** The owner hears of it again at once; where nobody has it, everybody who was asked so far. */
async function planAppending(ground: Ground, standing: Standing, people: People): Promise<UpdatePlan> {
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
      accounts: announced(idsOf(asked)).accounts,
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
  const owner = standing.owner && [{ contact: standing.owner, why: 'owner' }];
  if (owner)
    return owner.map((each) => ({ ...each, channels: people.channelsFor(each.contact) })).filter(isReached);
  const found = targetsBefore(standing.policy, standing.next_step).flatMap(people.resolve);
  const everyone = found.length > 0 ? found : await people.lastResort();
  const seen = new Set<number>();
  const once = everyone.filter(({ contact }) => !seen.has(contact.id) && seen.add(contact.id));
  return reach(once, people.channelsFor).reachable;
}

const isReached = (asked: Asked): boolean => asked.channels.length > 0;

async function planReopening(
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
      accounts: announced(ladder.asked.flatMap((step) => idsOf(step.people))).accounts,
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
    place: isBetter && location ? { location, address, gridId, responsibleBy } : null,
    alertIds: group.flatMap(({ change }) => change.alertId ?? []),
  };
}

const idsOf = (people: readonly Asked[]): number[] => people.map(({ contact }) => contact.id);
const iso = (ms: number): string => new Date(ms).toISOString();
