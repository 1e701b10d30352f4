import { LRUCache } from 'lru-cache';
import type { Database } from '../platform/database.ts';
import {
  DEVICE_CHANNEL,
  findDevices,
  findGateways,
  type KnownDevice,
  type Spelling,
} from './device-store.ts';

const MOST_REMEMBERED = 200_000;
const KNOWN_FOR_MS = 600_000;
/** An unknown device may be registered at any moment; that is told, so this only bounds what a lost telling costs. */
const UNKNOWN_FOR_MS = 10_000;

export interface Registry {
  /** What is remembered: a device, `null` for one that nobody registered, `undefined` when it must be loaded first. */
  peek(protocol: string, spelling: string): KnownDevice | null | undefined;
  /** Asks the database for all that is not remembered, in one query. */
  load(spellings: readonly Spelling[]): Promise<void>;
  find(protocol: string, spelling: string): Promise<KnownDevice | null>;
  /** The gateway with the longest topic prefix that a topic lies below. */
  findGateway(topic: string): Promise<KnownDevice | null>;
  /** This process changed devices: the telling of the database comes a moment too late for who goes on at once. */
  forget(): void;
  /** Calls `handle` whenever a device may have changed. */
  onChange(handle: () => void): void;
}

/** The devices, remembered; forgotten in every process as soon as one changes. */
export async function createRegistry(database: Database): Promise<Registry> {
  const remembered = new LRUCache<string, { device: KnownDevice | null }>({
    max: MOST_REMEMBERED,
    ttl: KNOWN_FOR_MS,
  });
  let generation = 0;
  const handlers: (() => void)[] = [];
  const gateways = rememberGateways(database, () => generation);
  const forgetAll = () => {
    generation++;
    remembered.clear();
    gateways.forget();
    for (const handle of handlers) handle();
  };
  await database.listen(DEVICE_CHANNEL, forgetAll);
  database.onRelisten(forgetAll);

  /** What was asked while a device changed may be old: it is asked again. */
  async function ask(spellings: readonly Spelling[]): Promise<Map<string, KnownDevice>> {
    for (;;) {
      const asked = generation;
      const found = new Map(
        (await findDevices(database.db, spellings)).map((f) => [keyOf(f.protocol, f.spelling), f.device]),
      );
      if (asked !== generation) continue;
      for (const { protocol, spelling } of spellings) {
        const key = keyOf(protocol, spelling);
        const device = found.get(key) ?? null;
        remembered.set(key, { device }, device ? {} : { ttl: UNKNOWN_FOR_MS });
      }
      return found;
    }
  }
  return {
    peek: (protocol, spelling) => remembered.get(keyOf(protocol, spelling))?.device,
    async load(spellings) {
      const missing = new Map(
        spellings
          .filter((s) => !remembered.has(keyOf(s.protocol, s.spelling)))
          .map((s) => [keyOf(s.protocol, s.spelling), s]),
      );
      if (missing.size > 0) await ask([...missing.values()]);
    },
    async find(protocol, spelling) {
      const known = remembered.get(keyOf(protocol, spelling));
      if (known) return known.device;
      return (await ask([{ protocol, spelling }])).get(keyOf(protocol, spelling)) ?? null;
    },
    findGateway: gateways.find,
    forget: forgetAll,
    onChange: (handle) => void handlers.push(handle),
  };
}

/** All gateways by topic prefix: few compared with devices, and a topic does not say how long its prefix is. */
function rememberGateways(database: Database, generation: () => number) {
  let known: ReadonlyMap<string, KnownDevice> | undefined;
  let loading: Promise<ReadonlyMap<string, KnownDevice>> | undefined;
  async function load(): Promise<ReadonlyMap<string, KnownDevice>> {
    for (;;) {
      const asked = generation();
      const found = await findGateways(database.db);
      if (asked !== generation()) continue;
      known = new Map(found.map((gateway) => [gateway.topicPrefix ?? '', gateway]));
      return known;
    }
  }
  return {
    async find(topic: string) {
      if (known) return longestPrefix(known, topic);
      loading ??= load().finally(() => {
        loading = undefined;
      });
      return longestPrefix(await loading, topic);
    },
    forget() {
      known = undefined;
    },
  };
}

/** Prefixes are registered without the slash with which some topics begin. */
function longestPrefix(gateways: ReadonlyMap<string, KnownDevice>, topic: string): KnownDevice | null {
  const start = topic.startsWith('/') ? 1 : 0;
  for (let end = topic.lastIndexOf('/'); end > start; end = topic.lastIndexOf('/', end - 1)) {
    const gateway = gateways.get(topic.slice(start, end));
    if (gateway) return gateway;
  }
  return null;
}

const keyOf = (protocol: string, spelling: string) => `${protocol}\n${spelling}`;
