/** To whom a message goes; null where the account has no such address. */
export interface Recipient {
  id: number;
  name: string;
  locale: string;
  email: string | null;
  webhookUrl: string | null;
  webhookSecret: string | null;
}

/** One notification about to be sent. */
export interface Message {
  /** Id of the notification: every attempt carries the same, so a receiver can tell a repeat. */
  id: number;
  /** 1 is the first. */
  attempt: number;
  template: string;
  incidentId: number | null;
  ticketId: number | null;
  /** Of a notice. */
  alertId: number | null;
  /** Why this person: `worker`, `family`, … */
  why: string;
  payload: Readonly<Record<string, unknown>>;
  recipient: Recipient;
  createdAt: number;
  /** Aborted when the attempt has taken too long; what comes after is not waited for. */
  signal: AbortSignal;
}

/**
 * What became of an attempt. `accepted`: somebody took over its delivery. `delivered`: the recipient's side has it. `retry`: not now, and not before
 * `afterMs`. `failed`: this message will never pass by this channel. Reasons are short, lower-case and without personal data.
 */
export type Fate =
  | { fate: 'accepted' | 'delivered'; providerId?: string }
  | { fate: 'retry'; reason: string; afterMs?: number }
  | { fate: 'failed'; reason: string };

/** A way to reach people, one file each in `channels/`. What `send` throws counts as a retry. */
export interface Channel {
  name: string;
  /** Whether it has its settings; one that is off reaches nobody. */
  on: boolean;
  reaches(account: Pick<Recipient, 'email' | 'webhookUrl'>): boolean;
  send(message: Message): Promise<Fate>;
}
