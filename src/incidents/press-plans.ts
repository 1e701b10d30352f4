import type { EscalationTarget } from '../model/incidents.ts';
import type { Resolver } from '../people/directory.ts';
import type { Place } from '../people/escalation-people.ts';
import type { GridIndex } from '../people/grid-index.ts';
import type { Trx } from '../platform/database.ts';
import type { People } from './climb.ts';
import type { RoundDeps } from './deps.ts';
import { isOpen } from './incident-state.ts';
import { type OpenPlan, planOpening } from './plan-opening.ts';
import { planAppending, planReopening, type UpdatePlan } from './plan-update.ts';
import { FLOOD_LIMIT, floodKey, isUnknown, type Press } from './press.ts';
import { type Ground, type Group, groundOf } from './press-ground.ts';
import type { PressContext } from './press-store.ts';

export interface RoundPlan {
  opens: OpenPlan[];
  updates: UpdatePlan[];
  /** For the next round. */
  left: Press[];
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
    if (isEcho(ground)) continue;
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

/** A detector that goes on reporting what somebody has dealt with: neither a new press nor a reason to begin anew. */
const isEcho = ({ group, standing }: Ground): boolean =>
  standing !== undefined && !isOpen(standing.status) && group.every(({ change }) => change.repeated);

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
