import type { Channel, Fate, Message } from '../../src/notify/channel.ts';
import type { FinalFailure, Notifier, NotifierDeps } from '../../src/notify/notifier.ts';
import { createNotifier } from '../../src/notify/notifier.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { at, type Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { enqueue, type NewNotification } from '../../src/platform/outbox-store.ts';

/** A channel that does what the test says and remembers what it was given. */
export interface FakeChannel extends Channel {
  sent: Message[];
  answer: (message: Message) => Fate | Promise<Fate>;
}

export function fakeChannel(
  name: string,
  answer: FakeChannel['answer'] = () => ({ fate: 'accepted' }),
): FakeChannel {
  const channel: FakeChannel = {
    name,
    on: true,
    sent: [],
    answer,
    reaches: () => true,
    async send(message) {
      channel.sent.push(message);
      return channel.answer(message);
    },
  };
  return channel;
}

export interface TestNotifier extends Notifier {
  failures: FinalFailure[];
  retries: { id: number; afterMs: number }[];
}

export function testNotifier(
  deps: { database: Database; clock: Clock; channels: readonly Channel[] } & Partial<NotifierDeps>,
): TestNotifier {
  const failures: FinalFailure[] = [];
  const retries: { id: number; afterMs: number }[] = [];
  const notifier = createNotifier({
    log: createLogger('silent'),
    queueRetry: (id, afterMs) => void retries.push({ id, afterMs }),
    onFinalFailure: (failure) => void failures.push(failure),
    ...deps,
  });
  return Object.assign(notifier, { failures, retries });
}

export async function createRecipient(
  database: Database,
  given: {
    login?: string;
    email?: string;
    webhookUrl?: string;
    webhookSecret?: string;
    locale?: string;
  } = {},
): Promise<number> {
  const { id } = await database.db
    .insertInto('accounts')
    .values({
      login: given.login ?? `account-${Math.random().toString(36).slice(2)}`,
      name: '李强',
      roles: ['responder'],
      password_hash: '-',
      email: given.email ?? null,
      webhook_url: given.webhookUrl ?? null,
      webhook_secret: given.webhookSecret ?? null,
      locale: given.locale ?? 'zh-CN',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

let keys = 0;

export async function createOpenIncident(database: Database, now: number): Promise<number> {
  const { id } = await database.db
    .insertInto('incidents')
    .values({
      kind: 'sos',
      severity: 'critical',
      status: 'notified',
      dedup_key: `test:${++keys}`,
      protocol: 'watch',
      native_id: '861234567890123',
      responsible_by: 'none',
      raised_at: at(now),
      observed_at: at(now),
      last_press_at: at(now),
      policy: '{}',
      evidence: '{}',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function acknowledge(database: Database, incidentId: number, now: number): Promise<void> {
  await database.db
    .updateTable('incidents')
    .set({ status: 'acknowledged', acknowledged_at: at(now) })
    .where('id', '=', incidentId)
    .execute();
}

export function put(
  database: Database,
  now: number,
  ...messages: Partial<NewNotification>[]
): Promise<number[]> {
  const defaults = { channel: 'fake', template: 'incident_raised', why: 'worker', payload: { kind: 'sos' } };
  return enqueue(
    database.db,
    messages.map((message) => ({ ...defaults, ...message })),
    now,
  );
}

export async function stateOf(
  database: Database,
  id: number,
): Promise<{
  state: string;
  reason: string | null;
  attempts: number;
  due_at: number | null;
  sent_at: number | null;
}> {
  return database.db
    .selectFrom('notifications')
    .select(['state', 'reason', 'attempts', 'due_at', 'sent_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}
