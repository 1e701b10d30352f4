import type { EscalationTarget } from '../model/incidents.ts';
import { readContacts } from '../people/contact-store.ts';
import type { Resolver } from '../people/directory.ts';
import { type Found, oncePerPerson, type Place } from '../people/escalation-people.ts';
import type { GridIndex } from '../people/grid-index.ts';
import type { Trx } from '../platform/database.ts';
import type { NewNotification } from '../platform/outbox-store.ts';
import { type Asked, askStep, climb, describe, type People, reach } from './climb.ts';
import type { RoundDeps } from './deps.ts';
import { type Decision, type Effect, type IncidentChanges, isUnanswered } from './incident-state.ts';
import { type LockedIncident, readPaged } from './incident-store.ts';
import { targetsBefore, targetsOf } from './ladder.ts';
import { type MessageFacts, messagesTo } from './messages.ts';
import type { IncidentTemplate } from './templates.ts';
import type { TimelineDraft } from './timeline.ts';

/** Who did it; absent where time did. */
export interface Doer {
  id: number;
  name: string;
}

/** What the effects of a decision add to it. */
export interface Outcome {
  changes: IncidentChanges;
  entries: TimelineDraft[];
  messages: NewNotification[];
}

interface Work extends Outcome {
  trx: Trx;
  deps: RoundDeps;
  incident: LockedIncident;
  decision: Decision;
  doer: Doer | undefined;
  people: People;
  facts: MessageFacts;
}

/** Finds the people of a decision and what they are told. Reads only; the caller writes. */
export async function carryOut(
  trx: Trx,
  act: { incident: LockedIncident; decision: Decision; doer?: Doer | undefined },
  deps: RoundDeps,
): Promise<Outcome> {
  const { incident, decision } = act;
  const { entry, changes, effects } = decision;
  const index = await deps.directory.grids(trx);
  const where = placeOf(incident);
  const resolve = await deps.directory.resolver([where], { db: trx, index });
  const work: Work = {
    trx,
    deps,
    incident,
    decision,
    doer: act.doer,
    people: peopleOf(incident, { resolve, index, trx, deps }),
    facts: factsOf(incident, index),
    changes: { ...changes },
    entries: entry ? [act.doer ? { ...entry, actorId: act.doer.id } : entry] : [],
    messages: [],
  };
  for (const effect of effects) await doing[effect](work);
  return { changes: work.changes, entries: work.entries, messages: work.messages };
}

const doing: Readonly<Record<Effect, (work: Work) => Promise<void>>> = {
  async tell_taken(work) {
    const paged = await readPaged(work.trx, work.incident.id);
    const others = paged.filter((contact) => contact.id !== work.doer?.id);
    tell(
      work,
      'incident_taken',
      others.map((contact) => ({ contact, why: contact.why })),
    );
  },
  async tell_former(work) {
    const { ownerId } = work.incident;
    if (ownerId === null || ownerId === work.doer?.id) return;
    const [contact] = await readContacts(work.trx, [ownerId]);
    const template = work.doer ? 'incident_taken' : 'incident_lost';
    if (contact) tell(work, template, [{ contact, why: 'former_owner' }]);
  },
  async ask_again(work) {
    const { incident } = work;
    const isAsked = new Set(work.messages.map((message) => message.accountId));
    const targets = targetsBefore(incident.policy, incident.nextStep);
    const asked = found(work, targets).filter(
      ({ contact }) => contact.id !== incident.ownerId && !isAsked.has(contact.id),
    );
    const template = work.doer ? 'incident_released' : 'incident_repeat';
    const step = Math.max(incident.nextStep - 1, 0);
    const reached = tell(work, template, asked, { step });
    if (reached.length > 0) note(work, { reason: work.doer ? 'released' : 'lease_ended', people: reached });
  },
  async ask_next(work) {
    const status = work.changes.status ?? work.incident.status;
    if (isUnanswered(status)) await climbOn(work);
    else await askBeside(work);
  },
  async ask_newcomers(work) {
    const { incident } = work;
    const paged = new Set((await readPaged(work.trx, incident.id)).map((contact) => contact.id));
    const people = found(work, targetsBefore(incident.policy, incident.nextStep));
    const newcomers = people.filter(({ contact }) => !paged.has(contact.id));
    const step = Math.max(incident.nextStep - 1, 0);
    const reached = tell(work, 'incident_raised', newcomers, { step });
    if (reached.length > 0) note(work, { reason: 'place', people: reached });
  },
  async ask_successor(work) {
    const to = work.decision.changes.handOverTo;
    if (typeof to !== 'number') return;
    const contacts = await readContacts(work.trx, [to]);
    tell(
      work,
      'incident_hand_over',
      contacts.map((contact) => ({ contact, why: 'successor' })),
    );
  },
  async remind(work) {
    const owner = await readContacts(work.trx, work.incident.ownerId === null ? [] : [work.incident.ownerId]);
    const desk = found(work, ['street']);
    const people = oncePerPerson([...owner.map((contact) => ({ contact, why: 'owner' })), ...desk]);
    note(work, { reason: 'reminder', people: tell(work, 'incident_reminder', people) });
  },
  async tell_family(work) {
    const { outcome, note: words } = work.decision.changes;
    tell(work, 'incident_resolved', found(work, ['family']), { outcome, note: words });
  },
  async tell_folded(work) {
    const { ownerId } = work.incident;
    const owner = await readContacts(work.trx, ownerId === null ? [] : [ownerId]);
    const people = [
      ...owner.map((contact) => ({ contact, why: 'owner' })),
      ...(await readPaged(work.trx, work.incident.id)).map((contact) => ({ contact, why: contact.why })),
    ];
    tell(work, 'incident_folded', oncePerPerson(people), { note: work.decision.entry?.detail.note });
  },
};

/** Every step that is due, until one waits. */
async function climbOn(work: Work): Promise<void> {
  const { incident, changes, deps, decision } = work;
  const from = {
    status: changes.status ?? incident.status,
    nextStep: incident.nextStep,
    nextStepAt: changes.nextStepAt ?? incident.nextStepAt,
  };
  const ladder = await climb(incident.policy, from, { people: work.people, now: deps.now });
  work.entries.push(...ladder.entries);
  changes.nextStep = ladder.nextStep;
  changes.nextStepAt = ladder.nextStepAt;
  if (from.status === 'raised' && ladder.asked.length > 0) {
    Object.assign(changes, { status: 'notified', notifiedAt: deps.now } satisfies IncidentChanges);
  }
  const isHelp = decision.entry?.kind === 'need_help';
  for (const { step, people } of ladder.asked) {
    const isRepeat = step >= incident.policy.steps.length;
    const template = isHelp ? 'incident_need_help' : isRepeat ? 'incident_repeat' : 'incident_raised';
    send(work, template, people, { step, ...helpOf(work) });
  }
}

/** More people for an incident that somebody has: the first further step that reaches anybody. */
async function askBeside(work: Work): Promise<void> {
  const { incident, changes } = work;
  for (let step = incident.nextStep; ; step++) {
    const asked = await askStep({ step, notify: targetsOf(incident.policy, step) }, work.people);
    work.entries.push(asked.entry);
    changes.nextStep = step + 1;
    send(work, 'incident_need_help', asked.reachable, { step, ...helpOf(work) });
    if (asked.answered || step >= incident.policy.steps.length) return;
  }
}

function helpOf({ decision }: Work): Record<string, unknown> {
  if (decision.entry?.kind !== 'need_help') return {};
  const { what, note } = decision.entry.detail;
  return { what, ...(note === undefined ? {} : { note }) };
}

function found(work: Work, targets: readonly EscalationTarget[]): Found[] {
  return oncePerPerson(targets.flatMap(work.people.resolve));
}

/** Sends to those whom a channel reaches, and says who they are. */
function tell(
  work: Work,
  template: IncidentTemplate,
  people: readonly { contact: Found['contact']; why: string }[],
  extra: Record<string, unknown> = {},
): Record<string, unknown>[] {
  const { reachable } = reach(people, work.deps.channelsFor);
  send(work, template, reachable, extra);
  return reachable.map(describe);
}

function send(
  work: Work,
  template: IncidentTemplate,
  people: readonly Asked[],
  { step, ...extra }: Record<string, unknown> = {},
): void {
  const { incident, doer, facts } = work;
  const newOwner = doer && work.changes.ownerId === doer.id ? doer.name : undefined;
  const ownerName = newOwner ?? incident.ownerName;
  work.messages.push(
    ...messagesTo(people, {
      incidentId: incident.id,
      template,
      ...(typeof step === 'number' ? { step } : {}),
      facts,
      extra: {
        ...(ownerName === null ? {} : { ownerName }),
        ...(doer ? { actorName: doer.name } : {}),
        ...extra,
      },
    }),
  );
}

function note(work: Work, detail: Record<string, unknown>): void {
  work.entries.push({ kind: 'notified', detail });
}

const placeOf = ({ gridId, subjectId, companyId }: LockedIncident): Place => ({
  gridId,
  subjectId,
  companyId,
});

function peopleOf(
  incident: LockedIncident,
  { resolve, index, trx, deps }: { resolve: Resolver; index: GridIndex; trx: Trx; deps: RoundDeps },
): People {
  const where = placeOf(incident);
  return {
    resolve: (target) => resolve(target, where),
    async lastResort() {
      const everybody = await deps.directory.resolver([where], { db: trx, index, lastResort: true });
      return everybody('everybody', where);
    },
    channelsFor: deps.channelsFor,
  };
}

function factsOf(incident: LockedIncident, index: GridIndex): MessageFacts {
  const { gridId } = incident;
  return {
    kind: incident.kind,
    severity: incident.severity,
    subjectName: incident.subjectName,
    protocol: incident.protocol,
    nativeId: incident.nativeId,
    grid: gridId === null ? null : (index.get(gridId)?.name ?? null),
    address: incident.address,
    location: incident.location,
    presses: incident.presses,
    late: incident.late,
    happenedAt: incident.late ? incident.observedAt : null,
    raisedAt: incident.raisedAt,
  };
}
