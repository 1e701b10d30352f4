import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Conversation } from '../../src/ingest/gateways.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { type Ingress, startIngress } from '../harness/transports.ts';

const MINUTE = 60_000;
let postgres: TestDatabase;
let ingress: Ingress;
beforeAll(async () => {
  postgres = await openTestDatabase();
  ingress = await startIngress([], postgres);
});
afterAll(async () => {
  await ingress.close();
  await postgres.close();
});

/** A detector whose messages arrive at the minutes of an afternoon. */
async function detector(nativeId: string) {
  const { id } = await ingress.nativeDevice(nativeId);
  const start = Date.now() - 3_600_000;
  const conversation: Conversation = { session: {} };
  const say = (minute: number, payload: object, { ingest } = ingress) =>
    ingest.accept(
      {
        protocol: 'native',
        transport: 'mqtt',
        bytes: Buffer.from(JSON.stringify({ seq: Math.round(minute * 1_000), ...payload })),
        topic: `gridguard/v1/${nativeId}/up`,
        claimedId: nativeId,
        receivedAt: start + minute * MINUTE,
        source: '127.0.0.1',
      },
      conversation,
    );
  const inbox = async () =>
    (await ingress.inbox())
      .filter((row) => row.device_id === id)
      .map((row) => ({
        minute: (row.received_at - start) / MINUTE,
        repeated: row.payload.repeated === true,
        ...(row.payload.channel === undefined ? {} : { channel: row.payload.channel }),
      }));
  return { id, say, inbox };
}

test('smoke that is reported each minute is one event, and one more each ten minutes', async () => {
  const { say, inbox } = await detector('smoke-1');
  for (let minute = 0; minute <= 25; minute++)
    expect((await say(minute, { smoke: true })).outcome).toBe('ok');
  expect(await inbox()).toEqual([
    { minute: 0, repeated: false },
    { minute: 10, repeated: true },
    { minute: 20, repeated: true },
  ]);
  const uplinks = (await ingress.uplinks()).filter((u) => u.native_id === 'smoke-1');
  expect(uplinks).toHaveLength(26);
  expect(uplinks.every((u) => u.outcome === 'ok' && u.reading_count === 1)).toBe(true);
});

test('smoke that was over and begins again is a new event, however soon', async () => {
  const { say, inbox } = await detector('smoke-2');
  await say(0, { smoke: true });
  await say(1, { smoke: false });
  await say(1.5, { smoke: true });
  await Promise.all([
    say(2, { smoke: false }),
    say(2.1, { smoke: true }),
    say(2.2, { smoke: false }),
    say(2.3, { smoke: true }),
  ]);
  const found = await inbox();
  expect(found.slice(0, 2)).toEqual([
    { minute: 0, repeated: false },
    { minute: 1.5, repeated: false },
  ]);
  expect(found.length).toBeGreaterThanOrEqual(3);
  expect(found.every((event) => !event.repeated)).toBe(true);
});

test('a restart neither forgets that smoke was reported nor that it was over', async () => {
  const { say, inbox } = await detector('smoke-3');
  await say(0, { smoke: true });
  const other = await startIngress([], postgres);
  try {
    await say(1, { smoke: true }, other);
    expect(await inbox()).toEqual([{ minute: 0, repeated: false }]);
    await say(2, { smoke: false }, other);
    await say(3, { smoke: true });
    expect((await inbox()).map((event) => event.minute)).toEqual([0, 3]);
  } finally {
    await other.close();
  }
});

test('each point of a device and each signal counts for itself', async () => {
  const { say, inbox } = await detector('smoke-4');
  await say(0, { smoke: { stairs: true, hall: false }, gas: true });
  await say(1, { smoke: { stairs: true, hall: true }, gas: true });
  expect(await inbox()).toEqual([
    { minute: 0, repeated: false },
    { minute: 0, repeated: false, channel: 'stairs' },
    { minute: 1, repeated: false, channel: 'hall' },
  ]);
});

test('smoke out of a buffer does not stand for smoke now', async () => {
  const { say, inbox } = await detector('smoke-5');
  await say(0, { smoke: true, history: true });
  await say(1, { smoke: true, history: true });
  await say(2, { smoke: true });
  expect((await inbox()).map((event) => event.minute)).toEqual([0, 2]);
});

test('presses are as they were: each counts, and a retransmission does not', async () => {
  const { say, inbox } = await detector('press-1');
  await say(0, { sos: true });
  await say(0, { sos: true });
  await say(0.2, { sos: true });
  await say(0.4, { sos: true, smoke: true });
  expect((await inbox()).map((event) => event.minute)).toEqual([0, 0.2, 0.4, 0.4]);
  const outcomes = (await ingress.uplinks()).filter((u) => u.native_id === 'press-1').map((u) => u.outcome);
  expect(outcomes).toEqual(['ok', 'duplicate', 'ok', 'ok']);
});
