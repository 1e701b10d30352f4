import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { ApiError } from './http.ts';

export type Topic = 'incident' | 'ticket' | 'alert' | 'device' | 'claim';

/** What a page shows: kept per key, fetched again on a live change of its topics and by a poll. */
export interface QueryState<T> {
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
}

interface Entry {
  state: QueryState<unknown>;
  fetcher: () => Promise<unknown>;
  topics: readonly Topic[];
  pollMs: number | undefined;
  onlyWithoutLive: boolean;
  startedAt: number;
  running: boolean;
  again: boolean;
  listeners: Set<() => void>;
}

const entries = new Map<string, Entry>();
const empty: QueryState<unknown> = { data: undefined, error: undefined, loading: true };

export interface QueryOptions {
  topics?: readonly Topic[];
  /** Milliseconds; the fallback where live changes do not come through. */
  pollMs?: number;
  /** Polls only while the stream of live changes is down: what is read here goes to somebody's access log. */
  onlyWithoutLive?: boolean;
  /** Nothing is asked while this is false. */
  enabled?: boolean;
}

/** Fetches and keeps `key`; the same key shares one request. `reload` asks at once. */
export function useQuery<T>(
  key: string,
  fetcher: () => Promise<T>,
  options: QueryOptions = {},
): QueryState<T> & { reload: () => void } {
  const enabled = options.enabled ?? true;
  const topics = (options.topics ?? []).join();
  const { pollMs, onlyWithoutLive = false } = options;
  const latest = useRef(fetcher);
  useEffect(() => {
    latest.current = fetcher;
  });
  const subscribe = useCallback(
    (listener: () => void) => {
      if (!enabled) return () => undefined;
      const entry = entryOf(key, () => latest.current());
      entry.topics = topics === '' ? [] : (topics.split(',') as Topic[]);
      entry.pollMs = pollMs;
      entry.onlyWithoutLive = onlyWithoutLive;
      entry.listeners.add(listener);
      if (entry.listeners.size === 1) void run(entry);
      return () => entry.listeners.delete(listener);
    },
    [key, enabled, topics, pollMs, onlyWithoutLive],
  );
  const state = useSyncExternalStore(subscribe, () => entries.get(key)?.state ?? empty) as QueryState<T>;
  const reload = useCallback(() => {
    const entry = entries.get(key);
    if (entry) void run(entry);
  }, [key]);
  return { ...state, loading: enabled && state.loading, reload };
}

function entryOf(key: string, fetcher: () => Promise<unknown>): Entry {
  const known = entries.get(key);
  if (known) {
    known.fetcher = fetcher;
    return known;
  }
  const entry: Entry = {
    state: empty,
    fetcher,
    topics: [],
    pollMs: undefined,
    onlyWithoutLive: false,
    startedAt: 0,
    running: false,
    again: false,
    listeners: new Set(),
  };
  entries.set(key, entry);
  return entry;
}

async function run(entry: Entry): Promise<void> {
  if (entry.running) {
    entry.again = true;
    return;
  }
  entry.running = true;
  entry.startedAt = Date.now();
  try {
    const data = await entry.fetcher();
    change(entry, { data, error: undefined, loading: false });
  } catch (error) {
    const known = error instanceof ApiError ? error : new ApiError(0, 'PAGE_ERROR', String(error));
    change(entry, { data: entry.state.data, error: known, loading: false });
  }
  entry.running = false;
  if (entry.again) {
    entry.again = false;
    void run(entry);
  }
}

function change(entry: Entry, state: QueryState<unknown>): void {
  entry.state = state;
  for (const listener of entry.listeners) listener();
}

/** Fetches again what is on the screen and depends on one of the topics; without topics, everything. */
export function refresh(topics?: readonly Topic[]): void {
  for (const [key, entry] of entries) {
    const concerned = topics === undefined || topics.some((topic) => entry.topics.includes(topic));
    if (!concerned) continue;
    if (entry.listeners.size > 0) void run(entry);
    else entries.delete(key);
  }
}

/** Forgets everything, as when another person logs in. */
export function forgetQueries(): void {
  for (const [key, entry] of entries) {
    if (entry.listeners.size === 0) entries.delete(key);
    else entry.state = empty;
  }
}

/** Asks again what its owner wants asked every so often. */
export function startPolling(isLive: () => boolean): () => void {
  const timer = window.setInterval(() => {
    const now = Date.now();
    for (const entry of entries.values()) {
      if (entry.onlyWithoutLive && isLive()) continue;
      const due = entry.pollMs !== undefined && now - entry.startedAt >= entry.pollMs;
      if (due && entry.listeners.size > 0) void run(entry);
    }
  }, 1000);
  return () => window.clearInterval(timer);
}
