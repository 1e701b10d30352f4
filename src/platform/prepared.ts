import { createHash } from 'node:crypto';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

/** A text is prepared from its third use on: what is seen once, such as a list of other length each time, is not worth a plan. */
const FROM_USE = 3;
const MOST_NAMES = 200;
const MOST_COUNTED = 2_000;

/**
 * The pool as Kysely uses it, with statements that come again prepared once for each connection: planning most of ours takes longer than
 * running them.
 */
export function preparingPool(pool: pg.Pool): PostgresPool {
  const nameOf = createNames();
  const connect = async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect();
    const query = (text: string, values: readonly unknown[] = []) => {
      const name = values.length > 0 ? nameOf(text) : undefined;
      return client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
    };
    return {
      query: query as unknown as PostgresPoolClient['query'],
      release: (destroy) => client.release(destroy),
    };
  };
  return { connect, end: () => pool.end(), options: pool.options };
}

/**
 * `on conflict (…) where state = $1`: which partial index is meant can only be told while the value is known, and a plan that is kept does
 * not know it.
 */
function infersByParameter(text: string): boolean {
  return [...text.matchAll(/on conflict(.*?) do /gi)].some(([, target = '']) => target.includes('$'));
}

function createNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  const uses = new Map<string, number>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MOST_NAMES || infersByParameter(text)) return known;
    const count = (uses.get(text) ?? 0) + 1;
    if (count < FROM_USE) {
      if (uses.size >= MOST_COUNTED) uses.clear();
      uses.set(text, count);
      return undefined;
    }
    uses.delete(text);
    const name = `gg_${createHash('sha1').update(text).digest('hex').slice(0, 20)}`;
    names.set(text, name);
    return name;
  };
}
