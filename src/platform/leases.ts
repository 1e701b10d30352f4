import type { Clock, Timer } from './clock.ts';
import type { Database } from './database.ts';
import { releaseLease, takeLease } from './leases-store.ts';
import type { Logger } from './logging.ts';

const LEASE_MS = 5_000;
const RENEW_EVERY_MS = 1_000;
/** Who could not renew lets go so long before another may take it. */
const MARGIN_MS = 1_000;

export interface Lease {
  held(): boolean;
  /** Gives it back at once. */
  close(): Promise<void>;
}

/**
 * Tries for ever to hold what only one process may hold at a time. `taken` is called when this process has it; `lost` before
 * anybody else can, also where the database does not answer.
 */
export function holdLease(options: {
  name: string;
  owner: string;
  database: Pick<Database, 'db'>;
  clock: Clock;
  log: Logger;
  taken(): void;
  lost(): void;
}): Lease {
  const { name, owner, database, clock, log } = options;
  let epoch: number | undefined;
  let expiry: Timer | undefined;
  let closed = false;

  const lose = () => {
    expiry?.cancel();
    if (epoch === undefined) return;
    epoch = undefined;
    options.lost();
  };
  const renew = async () => {
    const now = clock.now();
    const renewed = await takeLease(database.db, { name, owner, now, until: now + LEASE_MS });
    const left = now + LEASE_MS - MARGIN_MS - clock.now();
    if (closed) return;
    if (renewed === undefined || renewed !== epoch || left <= 0) lose();
    if (renewed === undefined || left <= 0) return;
    expiry?.cancel();
    expiry = clock.after(left, lose);
    if (epoch !== undefined) return;
    epoch = renewed;
    options.taken();
  };
  const attempt = () =>
    renew().catch((error: unknown) => log.warn({ err: error, lease: name }, 'a lease could not be renewed'));
  const first = attempt();
  const timer = clock.every(RENEW_EVERY_MS, attempt);
  return {
    held: () => epoch !== undefined,
    async close() {
      closed = true;
      timer.cancel();
      expiry?.cancel();
      await first;
      const mine = epoch !== undefined;
      epoch = undefined;
      if (mine) await releaseLease(database.db, { name, owner, now: clock.now() });
    },
  };
}
