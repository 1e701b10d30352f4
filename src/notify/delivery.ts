import type { Fate } from './channel.ts';

/** A notification only moves forward through these; `failed` is the other end. */
export const deliveryStates = [
  'queued',
  'accepted',
  'delivered',
  'rung',
  'answered',
  'read',
  'acknowledged',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** An attempt is given up after this; the claim lasts longer, so that nobody else sends while we still do. */
export const SEND_TIMEOUT_MS = 8_000;
export const LEASE_MS = 10_000;

const BACKOFF_MS = [2_000, 5_000, 15_000, 30_000, 60_000];
const LONGEST_WAIT_MS = 60_000;
/** After this many attempts at an incident's message the next person is asked without waiting for the step. */
const INCIDENT_ATTEMPTS = 6;
const NOTICE_FOR_MS = 10 * 60_000;
/** Work with a deadline can wait for a mail server that is away; what has become of it by then is told by its reminders. */
const TICKET_FOR_MS = 60 * 60_000;

/** What is written down after an attempt. */
export type Settlement =
  | { kind: 'sent'; state: 'accepted' | 'delivered'; providerId: string | null }
  | { kind: 'retry'; reason: string; dueAt: number }
  | { kind: 'failed'; reason: string };

/**
 * Decides what follows an attempt. An incident's message is tried six times and then fails loudly; a notice is tried for ten minutes, a
 * ticket's message for an hour. A provider's
 * wish to wait is granted up to a minute: nobody in need waits for an hour because a server said so.
 */
export function settle(
  attempt: { number: number; createdAt: number; ofIncident: boolean; ofTicket?: boolean },
  fate: Fate,
  now: number,
): Settlement {
  if (fate.fate === 'failed') return { kind: 'failed', reason: fate.reason };
  if (fate.fate !== 'retry') return { kind: 'sent', state: fate.fate, providerId: fate.providerId ?? null };
  const wait = Math.min(Math.max(backoffMs(attempt.number), fate.afterMs ?? 0), LONGEST_WAIT_MS);
  const isOver = attempt.ofIncident
    ? attempt.number >= INCIDENT_ATTEMPTS
    : now + wait > attempt.createdAt + (attempt.ofTicket ? TICKET_FOR_MS : NOTICE_FOR_MS);
  return isOver
    ? { kind: 'failed', reason: `gave up after ${attempt.number} attempts: ${fate.reason}` }
    : { kind: 'retry', reason: fate.reason, dueAt: now + wait };
}

const backoffMs = (attempt: number): number => BACKOFF_MS[attempt - 1] ?? LONGEST_WAIT_MS;
