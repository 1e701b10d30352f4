import type { Place } from '../people/escalation-people.ts';
import type { GridIndex } from '../people/grid-index.ts';
import { isOpen } from './incident-state.ts';
import { mayReopen } from './incident-time.ts';
import type { MessageFacts } from './messages.ts';
import { factsOf, type Press, type PressPlace, placeOf } from './press.ts';
import type { PressContext } from './press-store.ts';

/** Presses of one key, in the order in which they came. */
export type Group = [Press, ...Press[]];

/** An incident that stands, as a press finds it. */
export type Standing = PressContext & {
  id: number;
  status: NonNullable<PressContext['status']>;
  policy: NonNullable<PressContext['policy']>;
  next_step: number;
  presses: number;
};

export interface Ground {
  group: Group;
  context: PressContext;
  standing: Standing | undefined;
  place: PressPlace;
  /** Where people are sought: of the incident that stands unless the press brought a better place. */
  where: Place;
  facts: MessageFacts;
}

/** Where a group of presses falls: on an incident that stands, or on free ground. */
export function groundOf(group: Group, context: PressContext, at: { index: GridIndex; now: number }): Ground {
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
    where: {
      gridId,
      subjectId: group[0].isFlood ? null : (group[0].change.subjectId ?? null),
      companyId: place.asset?.companyId ?? null,
    },
    facts: {
      ...factsOf(group[0].change, context, { ...place, location, grid }),
      // Whoever pressed just now, too, did not press long ago.
      ...(group.some(({ change }) => !change.late) ? { late: false, happenedAt: null } : {}),
    },
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
