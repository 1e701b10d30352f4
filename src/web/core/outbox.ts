import { useSyncExternalStore } from 'react';
import { type ActionBodies, type ActionName, api } from './endpoints.ts';
import { ApiError, isRecord, NO_CONNECTION } from './http.ts';
import { refresh } from './query.ts';
import { recall, remember } from './storage.ts';

/**
 * Actions on incidents that have not reached the service. They are kept in the browser, sent again in order until the
 * service answers, and shown as not delivered: an acknowledgement that nobody received is none.
 */
export interface PendingAction {
  key: string;
  /** Whose it is: another person at the same phone never sends it. */
  accountId: number;
  incidentId: number;
  action: ActionName;
  body: ActionBodies[ActionName];
  pressedAt: number;
  attempts: number;
}

export interface OutboxResult {
  pending: PendingAction;
  error: ApiError | undefined;
}

const RETRY_MS = 3_000;
const KEY = 'outbox';
let queue: readonly PendingAction[] = load();
let sending = false;
const watchers = new Set<() => void>();
const resultListeners = new Set<(result: OutboxResult) => void>();

function load(): readonly PendingAction[] {
  const stored = recall(KEY);
  return Array.isArray(stored) ? stored.filter(isPending) : [];
}

function isPending(value: unknown): value is PendingAction {
  return (
    isRecord(value) &&
    typeof value.key === 'string' &&
    typeof value.accountId === 'number' &&
    typeof value.incidentId === 'number' &&
    typeof value.action === 'string'
  );
}

function store(next: readonly PendingAction[]): void {
  queue = next;
  remember(KEY, next);
  for (const watcher of watchers) watcher();
}

/** Whether an error means that the service never decided: the action waits and is tried again. */
export function isUndelivered(error: ApiError): boolean {
  return error.code === NO_CONNECTION || error.status === 429 || error.status >= 500;
}

/** Queues the action and starts sending. The outcome comes through `onOutboxResult`. */
export function perform<A extends ActionName>(
  accountId: number,
  incidentId: number,
  todo: { action: A; body: ActionBodies[A] },
): void {
  const doubled = queue.some((known) => known.incidentId === incidentId && known.action === todo.action);
  if (doubled && todo.action !== 'comment') return;
  const pending: PendingAction = {
    key: `${Date.now()}-${Math.random().toString(36).slice(2)}`,
    accountId,
    incidentId,
    action: todo.action,
    body: todo.body,
    pressedAt: Date.now(),
    attempts: 0,
  };
  store([...queue, pending]);
  void drain(accountId);
}

/** Takes back what was not sent yet. */
export function withdraw(key: string): void {
  store(queue.filter((pending) => pending.key !== key));
}

export function onOutboxResult(listener: (result: OutboxResult) => void): () => void {
  resultListeners.add(listener);
  return () => resultListeners.delete(listener);
}

async function drain(accountId: number): Promise<void> {
  if (sending) return;
  sending = true;
  try {
    for (;;) {
      const next = queue.find((pending) => pending.accountId === accountId);
      if (!next || !(await sendOne(next))) return;
    }
  } finally {
    sending = false;
  }
}

/** Whether the service decided, be it yes or no. */
async function sendOne(pending: PendingAction): Promise<boolean> {
  let refusal: ApiError | undefined;
  try {
    await api.act(pending.incidentId, pending.action, pending.body);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (isUndelivered(error) || error.status === 401) {
      store(queue.map((known) => (known === pending ? { ...known, attempts: known.attempts + 1 } : known)));
      return false;
    }
    refusal = error;
  }
  // Who did not get it does not set out for it either.
  const isVoid = (known: PendingAction) => refusal !== undefined && known.incidentId === pending.incidentId;
  store(queue.filter((known) => known.key !== pending.key && !isVoid(known)));
  for (const listener of resultListeners) listener({ pending, error: refusal });
  refresh(['incident']);
  return true;
}

/** Sends what waits, again and again, and at once when the network is back. */
export function startOutbox(accountId: number): () => void {
  const go = () => void drain(accountId);
  const timer = window.setInterval(go, RETRY_MS);
  window.addEventListener('online', go);
  go();
  return () => {
    window.clearInterval(timer);
    window.removeEventListener('online', go);
  };
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useOutbox(): readonly PendingAction[] {
  return useSyncExternalStore(watch, () => queue);
}
