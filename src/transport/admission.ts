import { AppError } from '../platform/errors.ts';

/** Of everybody, and of one address: a cloud has only one, an attacker too. */
const MOST = { requests: 1_000, bytes: 64 * 1024 * 1024 };
const MOST_OF_ONE = { requests: 500, bytes: 32 * 1024 * 1024 };

interface Load {
  requests: number;
  bytes: number;
}

/** How much may be under way at once, before it is read. */
export interface Admission {
  /** Throws PUSH_OVERLOADED; the result gives the room back. */
  enter(address: string, bytes: number): () => void;
}

export function createAdmission(): Admission {
  const all: Load = { requests: 0, bytes: 0 };
  const byAddress = new Map<string, Load>();
  return {
    enter(address, bytes) {
      const own = byAddress.get(address) ?? { requests: 0, bytes: 0 };
      if (!hasRoom(all, bytes, MOST) || !hasRoom(own, bytes, MOST_OF_ONE))
        throw new AppError('PUSH_OVERLOADED', 'too many messages are under way', {
          status: 503,
          retryable: true,
        });
      byAddress.set(address, own);
      for (const load of [all, own]) add(load, 1, bytes);
      let isIn = true;
      return () => {
        if (!isIn) return;
        isIn = false;
        for (const load of [all, own]) add(load, -1, -bytes);
        if (own.requests === 0) byAddress.delete(address);
      };
    },
  };
}

const hasRoom = (load: Load, bytes: number, most: Load): boolean =>
  load.requests < most.requests && load.bytes + bytes <= most.bytes;

function add(load: Load, requests: number, bytes: number): void {
  load.requests += requests;
  load.bytes += bytes;
}
