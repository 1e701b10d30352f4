import type { Plan } from './plan.ts';

/** Most devices have no more points than this: theirs are found one by one, which is faster than by a key. */
const FEW = 6;

/** Whoever names ever new channels is not remembered by all of them. */
const MOST = 2_000;

type Point = Pick<Plan, 'deviceId' | 'signal'> & { channel?: string | undefined };

/** Of each point of a device, or of all that watches an asset, what its readings concern. */
export class Plans {
  #few: Plan[] = [];
  #others = new Map<string, Plan>();

  of(point: Point): Plan | undefined {
    const { deviceId, signal, channel } = point;
    for (const plan of this.#few)
      if (plan.signal === signal && plan.channel === channel && plan.deviceId === deviceId) return plan;
    return this.#others.size === 0 ? undefined : this.#others.get(keyOf(point));
  }

  get areMany(): boolean {
    return this.#others.size >= MOST;
  }

  keep(plan: Plan): void {
    if (this.#few.length < FEW) this.#few.push(plan);
    else this.#others.set(keyOf(plan), plan);
  }

  *all(): Iterable<Plan> {
    yield* this.#few;
    yield* this.#others.values();
  }

  clear(): void {
    this.#few = [];
    this.#others.clear();
  }
}

const keyOf = ({ deviceId, signal, channel }: Point): string =>
  channel === undefined ? `${deviceId} ${signal}` : `${deviceId} ${signal}/${channel}`;
