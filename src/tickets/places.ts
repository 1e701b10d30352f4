import type { GridIndex } from '../people/grid-index.ts';
import {
  type PlaceRef,
  readTicketPeople,
  readWatchedPlaces,
  type TicketPeople,
  type WatchedPlace,
} from '../people/place-store.ts';
import { localMoment } from '../people/roster.ts';
import type { Trx } from '../platform/database.ts';
import type { RoundDeps } from './deps.ts';
import { desksAsked, type Ladder, ladderOf } from './rungs.ts';
import type { Rank } from './ticket-state.ts';

/** What is to be placed, and what the ticket knows already. */
export interface Wanted extends PlaceRef {
  /** Undefined: as the place says. */
  companyId?: number | null;
  gridId?: number | null;
  atLeast: Rank;
  /** Companies besides, whose managers may be told. */
  companies?: readonly number[];
}

export interface Placed {
  place: WatchedPlace;
  gridId: number | null;
  gridName: string | null;
  companyId: number | null;
  ladder: Ladder;
  people: TicketPeople;
}

/** Where each is and who would have it at each level, in the order asked; two statements for any number. */
export async function placeAll(trx: Trx, wanted: readonly Wanted[], deps: RoundDeps): Promise<Placed[]> {
  const index = await deps.directory.grids(trx);
  const places = await readWatchedPlaces(trx, wanted);
  const wheres = wanted.map((each, i) => {
    const place = places[i];
    if (!place) throw new Error('a ticket was read without its place');
    return {
      place,
      gridId: each.gridId === undefined ? gridOf(place, index) : each.gridId,
      companyId: each.companyId === undefined ? place.companyId : each.companyId,
      atLeast: each.atLeast,
    };
  });
  const people = await readTicketPeople(trx, {
    companyIds: [
      ...new Set([
        ...wheres.flatMap(({ companyId }) => companyId ?? []),
        ...wanted.flatMap(({ companies }) => companies ?? []),
      ]),
    ],
    deskGridIds: desksAsked(
      index,
      wheres.map(({ gridId }) => gridId),
    ),
    moment: localMoment(deps.now, deps.timeZone),
  });
  return wheres.map((where) => ({
    place: where.place,
    gridId: where.gridId,
    gridName: where.gridId === null ? null : (index.get(where.gridId)?.name ?? null),
    companyId: where.companyId,
    ladder: ladderOf(where, { index, people }),
    people,
  }));
}

/** The asset's own or an ancestor's, else the one that holds its point, else that in which the device is registered. */
function gridOf(place: WatchedPlace, index: GridIndex): number | null {
  return place.assetGridId ?? (place.point && index.at(place.point)) ?? place.deviceGridId;
}
