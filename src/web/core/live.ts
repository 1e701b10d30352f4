import { useSyncExternalStore } from 'react';
import { isRecord, onContact, reportContact } from './http.ts';
import { refresh, type Topic } from './query.ts';

/** Without any sign of the service for this long the page says that what it shows is old. */
export const STALE_AFTER_MS = 20_000;
const RECONNECT_MS = 2_000;

let connected = false;

/** Whether changes come through as they happen. */
export function isLive(): boolean {
  return connected;
}

/** Keeps a stream of changes open and has the pages fetch again what changed; after a gap, everything. */
export function startLive(): () => void {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let stopped = false;
  const connect = (afterGap: boolean) => {
    source = new EventSource('/api/live');
    source.onopen = () => {
      connected = true;
      reportContact();
      if (afterGap) refresh();
    };
    source.addEventListener('change', (message) => receive(message.data));
    for (const beat of ['heartbeat', 'ping', 'hello']) source.addEventListener(beat, reportContact);
    source.onerror = () => {
      connected = false;
      source?.close();
      if (!stopped) timer = window.setTimeout(() => connect(true), RECONNECT_MS);
    };
  };
  connect(false);
  return () => {
    stopped = true;
    connected = false;
    window.clearTimeout(timer);
    source?.close();
  };
}

function receive(data: string): void {
  reportContact();
  const event: unknown = JSON.parse(data);
  if (!isRecord(event) || typeof event.type !== 'string') return;
  refresh([event.type as Topic]);
}

let lastContact = Date.now();
const contactWatchers = new Set<() => void>();
onContact((at) => {
  lastContact = at;
  for (const watcher of contactWatchers) watcher();
});

function watchContact(watcher: () => void): () => void {
  contactWatchers.add(watcher);
  return () => contactWatchers.delete(watcher);
}

/** When the service was last heard of. */
export function useLastContact(): number {
  return useSyncExternalStore(watchContact, () => lastContact);
}
