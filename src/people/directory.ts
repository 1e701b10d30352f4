import type { EscalationTarget } from '../model/incidents.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { readCandidates } from './contact-store.ts';
import { candidatesNeeded, type Found, type Place, resolveTarget } from './escalation-people.ts';
import { buildGridIndex, type GridIndex, type Point } from './grid-index.ts';
import { readGrids, readGridVersion } from './grid-store.ts';
import { findResponsible, type Responsible } from './responsible.ts';
import { localMoment } from './roster.ts';
import { readWhereabouts } from './whereabouts-store.ts';

export interface DirectoryDeps {
  database: Database;
  clock: Clock;
  /** Of the rosters, e.g. `Asia/Shanghai`. */
  timeZone: string;
}

/** Resolves a target at one of the places that it was made for. */
export type Resolver = (target: EscalationTarget, place: Place) => Found[];

/** Who is responsible for whom, where and when. Inside a transaction, hand it over as `db`: a second connection may wait for ever. */
export interface Directory {
  /** The grids as they are now. `version` is that of `grid_version` where the caller read it already. */
  grids(db?: Queryable, version?: number): Promise<GridIndex>;
  gridAt(point: Point, db?: Queryable): Promise<number | undefined>;
  responsible(
    who: { location?: Point; subjectId?: number; deviceId?: number },
    db?: Queryable,
  ): Promise<Responsible>;
  peopleFor(target: EscalationTarget, place: Place, db?: Queryable): Promise<Found[]>;
  /** Everybody for several places with one statement. With `lastResort` the dispatchers and admins also stand by. */
  resolver(
    places: readonly Place[],
    options: { db: Queryable; index: GridIndex; lastResort?: boolean },
  ): Promise<Resolver>;
}

export function createDirectory({ database, clock, timeZone }: DirectoryDeps): Directory {
  const { db: outside } = database;
  let cached: { version: number; index: GridIndex } | undefined;

  const grids: Directory['grids'] = async (db = outside, known) => {
    const version = known ?? (await readGridVersion(db));
    if (cached?.version === version) return cached.index;
    const index = buildGridIndex(await readGrids(db));
    cached = { version, index };
    return index;
  };

  const resolver: Directory['resolver'] = async (places, { db, index, lastResort = false }) => {
    const needed = candidatesNeeded(index, places);
    const candidates = await readCandidates(db, {
      ...needed,
      dispatchers: needed.dispatchers || lastResort,
      moment: localMoment(clock.now(), timeZone),
    });
    return (target, place) => resolveTarget(target, place, { index, candidates });
  };

  return {
    grids,
    resolver,
    async gridAt(point, db) {
      return (await grids(db)).at(point) ?? undefined;
    },
    async responsible({ location, ...who }, db = outside) {
      const index = await grids(db);
      const whereabouts = await readWhereabouts(db, who);
      return findResponsible(index, { ...whereabouts, fix: location }, clock.now());
    },
    async peopleFor(target, place, db = outside) {
      const resolve = await resolver([place], { db, index: await grids(db) });
      return resolve(target, place);
    },
  };
}
