import type { EscalationPolicy, EscalationTarget } from '../model/incidents.ts';
import type { Contact } from '../people/contact-store.ts';
import { type Found, oncePerPerson } from '../people/escalation-people.ts';
import { afterStep, type LadderState, nextStep } from './ladder.ts';
import type { TimelineDraft } from './timeline.ts';

/** Somebody who is asked, and by which channels. */
export interface Asked {
  contact: Contact;
  why: string;
  channels: readonly string[];
}

export interface People {
  resolve(target: EscalationTarget): Found[];
  /** Whoever there is, when a repetition found nobody. */
  lastResort(): Promise<Found[]>;
  channelsFor(contact: Contact): readonly string[];
}

export interface Climb {
  asked: { step: number; people: Asked[] }[];
  entries: TimelineDraft[];
  nextStep: number;
  nextStepAt: number | null;
}

/** Asks every step that is due, and where one reaches nobody the next at once. */
export async function climb(
  policy: EscalationPolicy,
  from: LadderState,
  { people, now }: { people: People; now: number },
): Promise<Climb> {
  const result: Climb = {
    asked: [],
    entries: [],
    nextStep: from.nextStep,
    nextStepAt: from.nextStepAt,
  };
  for (;;) {
    const next = nextStep(policy, { ...result, status: from.status }, now);
    if (next.kind !== 'ask') return result;
    const { entry, reachable, answered } = await askStep(next, people);
    result.entries.push(entry);
    if (reachable.length > 0) result.asked.push({ step: next.step, people: reachable });
    const dueAt = result.nextStepAt ?? now;
    Object.assign(result, afterStep(policy, next.step, { dueAt, now, reached: answered }));
  }
}

/** Family alone does not hold the ladder up where the step names responders too: they may be far away. */
export async function askStep(
  { step, notify }: { step: number; notify: readonly EscalationTarget[] },
  people: People,
): Promise<{ entry: TimelineDraft; reachable: Asked[]; answered: boolean }> {
  const found = notify.map((target) => ({ target, people: people.resolve(target) }));
  let everyone = oncePerPerson(found.flatMap((each) => each.people));
  if (everyone.length === 0 && notify.includes('everybody')) everyone = await people.lastResort();
  const { reachable, unreachable } = reach(everyone, people.channelsFor);
  const missing = found.filter((each) => each.people.length === 0).map((each) => each.target);
  const onlyFamily = notify.every((target) => target === 'family');
  const detail = {
    step,
    targets: notify,
    ...(missing.length > 0 ? { missing } : {}),
    ...(unreachable.length > 0 ? { unreachable: unreachable.map(nameOf) } : {}),
  };
  return {
    entry:
      reachable.length === 0
        ? { kind: 'nobody', detail }
        : { kind: 'step', detail: { ...detail, people: reachable.map(describe) } },
    reachable,
    answered: reachable.some((each) => onlyFamily || each.why !== 'family'),
  };
}

/** Divides people into those that some channel reaches and those that none does. */
export function reach(
  found: readonly { contact: Contact; why: string }[],
  channelsFor: (contact: Contact) => readonly string[],
): { reachable: Asked[]; unreachable: Asked[] } {
  const asked = found.map((each) => ({ ...each, channels: channelsFor(each.contact) }));
  return {
    reachable: asked.filter((each) => each.channels.length > 0),
    unreachable: asked.filter((each) => each.channels.length === 0),
  };
}

/** A person as the time line remembers who was asked, why and how. */
export function describe({ contact, why, channels }: Asked): Record<string, unknown> {
  return { id: contact.id, name: contact.name, why, channels };
}

const nameOf = ({ contact, why }: Asked) => ({ id: contact.id, name: contact.name, why });

export const accountsOf = (people: readonly Asked[]): number[] => people.map(({ contact }) => contact.id);
