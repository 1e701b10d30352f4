import { type Contact, readContacts } from '../people/contact-store.ts';
import type { Trx } from '../platform/database.ts';
import type { NewNotification } from '../platform/outbox-store.ts';
import type { RoundDeps } from './deps.ts';
import type { Placed } from './places.ts';
import type { Found } from './rungs.ts';
import {
  type Audience,
  type Decision,
  levelAbove,
  type Task,
  type Tell,
  type TicketMutable,
  type TimelineDraft,
} from './ticket-state.ts';

/** What does not change of a ticket and is said in every message about it. */
export interface Subject {
  faultClass: string;
  protocol: string;
  nativeId: string;
  reportedAt: number;
  /** Name of the company in charge. */
  company: string | null;
}

/** Everything that telling needs: the ticket as it becomes, and who is where. */
export interface Telling {
  subject: Subject;
  ticket: TicketMutable;
  /** Open tasks as they become. */
  tasks: readonly Pick<Task, 'accountId' | 'companyId'>[];
  placed: Placed;
  doer?: { id: number; name: string } | undefined;
}

export interface Told {
  /** For the time line: who was told what, or that nobody could be. */
  entries: TimelineDraft[];
  accounts: number[];
  messages(ticketId: number): NewNotification[];
}

/** Ids of the accounts that must be read to tell these. */
export function accountsNeeded(
  tells: readonly Tell[],
  { ticket, tasks }: Pick<Telling, 'ticket' | 'tasks'>,
): number[] {
  const named = tells.flatMap(({ to }) =>
    to.flatMap((each) => (typeof each === 'object' && 'accountId' in each ? each.accountId : [])),
  );
  return [
    ...new Set([
      ...named,
      ...tasks.flatMap((task) => task.accountId ?? []),
      ...(ticket.ownerId === null ? [] : [ticket.ownerId]),
    ]),
  ];
}

/** The contacts that any of several tellings needs, in one statement. */
export async function readNeeded(trx: Trx, ids: readonly number[]): Promise<ReadonlyMap<number, Contact>> {
  const contacts = await readContacts(trx, [...new Set(ids)]);
  return new Map(contacts.map((contact) => [contact.id, contact]));
}

/** Finds the people of what is to be told and what they hear. Each hears the same thing once; whoever did it needs not be told. */
export function tellAll(
  tells: Decision['tells'],
  telling: Telling,
  { contacts, deps }: { contacts: ReadonlyMap<number, Contact>; deps: Pick<RoundDeps, 'channelsFor'> },
): Told {
  const facts = factsOf(telling);
  const told: Told & { writers: ((ticketId: number) => NewNotification[])[] } = {
    entries: [],
    accounts: [],
    writers: [],
    messages: (ticketId) => told.writers.flatMap((write) => write(ticketId)),
  };
  const heard = new Map<string, Set<number>>();
  for (const tell of tells) {
    const already = heard.get(tell.template) ?? new Set();
    heard.set(tell.template, already);
    const people = tell.to
      .flatMap((audience) => peopleOf(audience, telling, contacts))
      .filter(
        ({ contact }) =>
          contact.id !== telling.doer?.id && !already.has(contact.id) && already.add(contact.id),
      )
      .map((each) => ({ ...each, channels: deps.channelsFor(each.contact) }));
    const reachable = people.filter(({ channels }) => channels.length > 0);
    told.entries.push(...entryOf(tell, reachable));
    told.accounts.push(...reachable.map(({ contact }) => contact.id));
    const payload = { ...facts, ...(telling.doer ? { actorName: telling.doer.name } : {}), ...tell.extra };
    told.writers.push((ticketId) =>
      reachable.flatMap(({ contact, why, channels }) =>
        channels.map((channel) => ({
          ticketId,
          accountId: contact.id,
          channel,
          template: tell.template,
          why,
          payload,
        })),
      ),
    );
  }
  return told;
}

function entryOf(tell: Tell, people: readonly (Found & { channels: readonly string[] })[]): TimelineDraft[] {
  const { template } = tell;
  if (people.length === 0) return tell.to.includes('rung') ? [{ kind: 'nobody', detail: { template } }] : [];
  const who = people.map(({ contact, why, channels }) => ({
    id: contact.id,
    name: contact.name,
    why,
    channels,
  }));
  return [{ kind: 'notified', detail: { template, people: who } }];
}

function peopleOf(
  audience: Audience,
  telling: Telling,
  contacts: ReadonlyMap<number, Contact>,
): readonly Found[] {
  const { ticket, placed } = telling;
  const { ladder } = placed;
  const rung = ladder[ticket.level].people;
  if (typeof audience === 'object') {
    if ('companyId' in audience) return managersOf(placed, audience.companyId);
    return named(contacts, [audience.accountId], 'asked');
  }
  switch (audience) {
    case 'rung':
      return rung;
    case 'holders': {
      const owner = named(contacts, ticket.ownerId === null ? [] : [ticket.ownerId], 'owner');
      return owner.length > 0 ? owner : rung;
    }
    case 'assignees':
      return telling.tasks.flatMap((task) => [
        ...named(contacts, task.accountId === null ? [] : [task.accountId], 'assignee'),
        ...(task.companyId === null ? [] : managersOf(placed, task.companyId)),
      ]);
    case 'company':
      return ladder.property.people;
    case 'desk': {
      if (ticket.level !== 'property') return rung;
      return ladder.community.people.length > 0 ? ladder.community.people : ladder.city.people;
    }
    case 'above':
      return ladder[levelAbove(ticket.level)].people;
  }
}

function named(contacts: ReadonlyMap<number, Contact>, ids: readonly number[], why: Found['why']): Found[] {
  return ids.flatMap((id) => {
    const contact = contacts.get(id);
    return contact ? [{ contact, why }] : [];
  });
}

const managersOf = ({ people }: Placed, companyId: number): Found[] =>
  people.managers.flatMap((each) =>
    each.companyId === companyId ? [{ contact: each.contact, why: 'manager' as const }] : [],
  );

/** What a message about a ticket says; null is not known. */
function factsOf({ subject, ticket, placed }: Telling): Record<string, unknown> {
  const { place } = placed;
  return {
    ...subject,
    kind: ticket.kind,
    severity: ticket.severity,
    status: ticket.status,
    level: ticket.level,
    place: [...place.path, ...(place.asset ? [place.asset.name] : [])].join(' / ') || null,
    deviceName: place.deviceName,
    grid: placed.gridName,
    address: place.address,
    location: place.point,
    occurrences: ticket.occurrences,
    reworks: ticket.reworks,
    stage: ticket.clock.stage,
    dueAt: ticket.clock.dueAt,
  };
}
