import type { EscalationTarget } from '../model/incidents.ts';
import type { Candidate, CandidateQuery, Contact } from './contact-store.ts';
import type { GridIndex } from './grid-index.ts';

/** Where and about whom somebody is sought. */
export interface Place {
  gridId: number | null;
  subjectId: number | null;
  /** In charge of the asset, where it is about one. */
  companyId?: number | null;
}

export type Why =
  | 'worker'
  | 'family'
  | 'deputy'
  | 'neighbour'
  | 'property'
  | 'street'
  | 'city'
  | 'dispatcher';

export interface Found {
  contact: Contact;
  why: Why;
}

/** Whom to read so that every target of these places can be resolved. A place without a grid needs the dispatchers. */
export function candidatesNeeded(index: GridIndex, places: readonly Place[]): Omit<CandidateQuery, 'moment'> {
  const gridIds = distinct(places.flatMap((place) => place.gridId ?? []));
  return {
    onDutyIn: distinct(gridIds.flatMap((id) => [...index.chain(id), ...index.neighbours(id)])),
    desksOf: distinct(
      gridIds.flatMap((id) => deskLevels.flatMap((level) => index.ancestorAt(id, level) ?? [])),
    ),
    familyOf: distinct(places.flatMap((place) => place.subjectId ?? [])),
    managersOf: distinct(places.flatMap((place) => place.companyId ?? [])),
    dispatchers: places.some((place) => place.gridId === null),
  };
}

/**
 * The people behind a target now, each once. Where no grid is known the dispatchers stand in for the worker and the desks. `everybody` is
 * all who can be found.
 */
export function resolveTarget(
  target: EscalationTarget,
  place: Place,
  { index, candidates }: { index: GridIndex; candidates: readonly Candidate[] },
): Found[] {
  const { gridId } = place;
  const dispatchers = () => found(candidates, 'dispatcher', (c) => c.tie === 'dispatcher');
  switch (target) {
    case 'family':
      return found(candidates, 'family', (c) => c.tie === 'family' && c.subjectId === place.subjectId);
    case 'property':
      return found(candidates, 'property', (c) => c.tie === 'manager' && c.companyId === place.companyId);
    case 'worker':
      return gridId === null ? dispatchers() : onDuty('worker', index.chain(gridId), candidates);
    case 'deputy': {
      if (gridId === null) return [];
      const deputies = onDuty('deputy', index.chain(gridId), candidates);
      return deputies.length > 0 ? deputies : neighboursOf(gridId, index, candidates);
    }
    case 'street':
    case 'city': {
      if (gridId === null) return dispatchers();
      const desk = index.ancestorAt(gridId, target);
      return found(candidates, target, (c) => c.tie === 'desk' && c.gridId === desk);
    }
    case 'everybody': {
      const all = (['worker', 'family', 'property', 'deputy', 'street', 'city'] as const).flatMap((each) =>
        resolveTarget(each, place, { index, candidates }),
      );
      return oncePerPerson([...all, ...dispatchers()]);
    }
  }
}

/** Of the grid itself, else of the nearest above it where somebody is on duty. */
function onDuty(
  duty: 'worker' | 'deputy',
  chain: readonly number[],
  candidates: readonly Candidate[],
): Found[] {
  for (const gridId of chain) {
    const here = found(candidates, duty, (c) => c.tie === duty && c.gridId === gridId);
    if (here.length > 0) return here;
  }
  return [];
}

function neighboursOf(gridId: number, index: GridIndex, candidates: readonly Candidate[]): Found[] {
  const near = new Set(index.neighbours(gridId));
  return found(candidates, 'neighbour', (c) => c.tie === 'worker' && near.has(c.gridId));
}

function found(
  candidates: readonly Candidate[],
  why: Why,
  isMeant: (candidate: Candidate) => boolean,
): Found[] {
  return oncePerPerson(candidates.filter(isMeant).map(({ contact }) => ({ contact, why })));
}

/** Keeps the first reason of each. */
export function oncePerPerson<T extends { contact: Contact }>(people: readonly T[]): T[] {
  const seen = new Set<number>();
  return people.filter(({ contact }) => !seen.has(contact.id) && seen.add(contact.id));
}

const deskLevels = ['street', 'city'] as const;
const distinct = (ids: readonly number[]): number[] => [...new Set(ids)];
