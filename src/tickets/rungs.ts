import type { GridLevel } from '../model/incidents.ts';
import type { TicketLevel } from '../model/tickets.ts';
import type { Contact } from '../people/contact-store.ts';
import type { GridIndex } from '../people/grid-index.ts';
import type { TicketPeople } from '../people/place-store.ts';
import { type Rank, rankOfGrid } from './ticket-state.ts';

export interface Found {
  contact: Contact;
  why: 'manager' | 'desk' | 'admin' | 'owner' | 'assignee' | 'asked';
}

/** Who has a ticket at one level. */
export interface Rung {
  level: TicketLevel;
  /** Whose desk; null for the company, and where there is no such grid. */
  deskGridId: number | null;
  deskLevel: GridLevel | null;
  people: readonly Found[];
}

export type Ladder = Readonly<Record<TicketLevel, Rung>>;

/**
 * The managers on duty, all managers where none is; the desk of the nearest community or street above the grid where anybody sits; the
 * city's desk, the admins where nobody sits there. A place without a grid is every desk's. No desk below `atLeast` is taken.
 */
export function ladderOf(
  where: { companyId: number | null; gridId: number | null; atLeast: Rank },
  { index, people }: { index: GridIndex; people: TicketPeople },
): Ladder {
  const managers = people.managers.filter((each) => each.companyId === where.companyId);
  const onDuty = managers.filter((each) => each.onDuty);
  const property: Rung = {
    level: 'property',
    deskGridId: null,
    deskLevel: null,
    people: (onDuty.length > 0 ? onDuty : managers).map(({ contact }) => ({ contact, why: 'manager' })),
  };
  return {
    property,
    community: communityOf(where, { index, people }),
    city: cityOf(where, { index, people }),
  };
}

function communityOf(
  where: { gridId: number | null; atLeast: Rank },
  { index, people }: { index: GridIndex; people: TicketPeople },
): Rung {
  const rung = { level: 'community', deskGridId: null, deskLevel: null } as const;
  if (where.gridId === null) {
    const everybody = people.desks.filter((each) => each.gridLevel !== 'city');
    return { ...rung, people: once(everybody) };
  }
  for (const gridId of index.chain(where.gridId)) {
    const level = index.get(gridId)?.level;
    if (level !== 'community' && level !== 'street') continue;
    if (rankOfGrid(level) < where.atLeast) continue;
    const here = people.desks.filter((each) => each.gridId === gridId);
    if (here.length > 0) return { ...rung, deskGridId: gridId, deskLevel: level, people: once(here) };
  }
  return { ...rung, people: [] };
}

function cityOf(
  where: { gridId: number | null },
  { index, people }: { index: GridIndex; people: TicketPeople },
): Rung {
  const gridId = where.gridId === null ? null : index.ancestorAt(where.gridId, 'city');
  const desk = people.desks.filter((each) =>
    where.gridId === null ? each.gridLevel === 'city' : each.gridId === gridId,
  );
  const admins = people.admins.map((contact) => ({ contact, why: 'admin' as const }));
  return {
    level: 'city',
    deskGridId: gridId,
    deskLevel: gridId === null ? null : 'city',
    people: desk.length > 0 ? once(desk) : admins,
  };
}

function once(desks: readonly { contact: Contact }[]): Found[] {
  const seen = new Set<number>();
  return desks.flatMap(({ contact }) => {
    if (seen.has(contact.id)) return [];
    seen.add(contact.id);
    return [{ contact, why: 'desk' as const }];
  });
}

/** Grids whose desks are asked for such a place: all, where it has none. */
export function desksAsked(index: GridIndex, gridIds: readonly (number | null)[]): number[] {
  const all = gridIds.includes(null)
    ? (['city', 'street', 'community'] as const).flatMap((level) => index.ofLevel(level))
    : [];
  return [...new Set([...gridIds.flatMap((id) => (id === null ? [] : index.chain(id))), ...all])];
}
