import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertChange, LifeEvent } from '../../src/model/alerts.ts';
import { createVirtualClock, type VirtualClock } from '../../src/platform/clock.ts';
import { at, type Trx } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createInboxWorker, type InboxDeps } from '../../src/rules/inbox-worker.ts';
import { loadRules } from '../../src/rules/load-rules.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';

const START = Date.UTC(2026, 10, 22);
const { rules } = await loadRules('alert-rules');

let test: TestDatabase;
let clock: VirtualClock;
let heard: AlertChange[];
let deps: InboxDeps;

beforeEach(async () => {
  test = await openTestDatabase();
  clock = createVirtualClock(START);
  heard = [];
  const log = createLogger('silent');
  const respond = async (_trx: Trx, changes: AlertChange[]) => () => void heard.push(...changes);
  deps = { clock, database: test.database, log, rules: () => rules, respond };
});
afterEach(() => test.close());

async function put(event: Partial<LifeEvent> = {}, payload?: unknown): Promise<number> {
  const full: LifeEvent = {
    signal: 'sos',
    protocol: 'native',
    nativeId: 'band-1',
    source: '10.0.0.1',
    origin: 'live',
    observedAt: START,
    receivedAt: START,
    context: {},
    ...event,
  };
  const row = await test.database.db
    .insertInto('inbox')
    .values({
      received_at: at(full.receivedAt),
      observed_at: at(full.observedAt),
      protocol: full.protocol,
      native_id: full.nativeId,
      source: full.source,
      signal: full.signal,
      origin: full.origin,
      payload: JSON.stringify(payload ?? full),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

const open = async (): Promise<number[]> => {
  const rows = await test.database.db.selectFrom('inbox').select('id').where('done_at', 'is', null).execute();
  return rows.map((row) => row.id);
};

const alerts = () => test.database.db.selectFrom('alerts').selectAll().orderBy('id').execute();

describe('the lane of life', () => {
  it('raises every press, of an unknown device too, with all that came with it', async () => {
    const location = { latitude: 30.39, longitude: 114.88, source: 'gps', observedAt: START } as const;
    await put({ context: { location, battery: 64 } });
    await put({ deviceId: 7, subjectId: 9, observedAt: START + 5_000 });
    expect(await createInboxWorker(deps).drain()).toBe(2);
    expect(heard.map(({ alertId, deviceId, late }) => ({ alertId, deviceId, late }))).toEqual([
      { alertId: 1, deviceId: undefined, late: false },
      { alertId: 2, deviceId: 7, late: false },
    ]);
    expect(heard[0]).toMatchObject({
      rule: 'sos',
      severity: 'critical',
      consequence: 'incident',
      source: '10.0.0.1',
      evidence: { location, battery: 64 },
    });
    expect((await alerts()).map((alert) => alert.state)).toEqual(['resolved', 'resolved']);
    expect(await open()).toEqual([]);
  });

  it('raises a buffered sos or fall as late, and nothing else that is not live', async () => {
    await put({ origin: 'history' });
    await put({ origin: 'history', signal: 'fall' });
    await put({ origin: 'history', signal: 'smoke' });
    for (const origin of ['retained', 'replay', 'simulated', 'test'] as const) await put({ origin });
    expect(await createInboxWorker(deps).drain()).toBe(7);
    expect(heard.map(({ kind, late }) => ({ kind, late }))).toEqual([
      { kind: 'sos', late: true },
      { kind: 'fall', late: true },
    ]);
    expect(await open()).toEqual([]);
  });

  it('marks a live press late that is old by a clock known to be right, and no other', async () => {
    const hour = 3_600_000;
    const insert = async (deviceId: number, lagMs: number): Promise<void> => {
      const observed_at = at(START - hour);
      const received_at = at(START - hour + lagMs);
      const row = { device_id: deviceId, signal: 'battery', origin: 'live', observed_at, received_at };
      await test.database.db.insertInto('latest_readings').values(row).execute();
    };
    const [right, hoursOff, ofOurs, learnedOff, stranger] = [1, 2, 3, 4, 5];
    await insert(right, 2_000);
    await insert(hoursOff, 8 * hour);
    await insert(ofOurs, 0);
    await insert(learnedOff, 2_000);
    const clockState = {
      partition: 0,
      rule: '#clock',
      scope: String(learnedOff),
      state: { behindMs: 8 * hour },
    };
    await test.database.db
      .insertInto('rule_states')
      .values({ ...clockState, state: JSON.stringify(clockState.state) })
      .execute();
    for (const deviceId of [right, hoursOff, ofOurs, learnedOff, stranger])
      await put({ deviceId, nativeId: `band-${deviceId}`, observedAt: START - 3 * hour });
    await put({ deviceId: right, observedAt: START - 60_000 });
    await createInboxWorker(deps).drain();
    expect(heard.map(({ late }) => late)).toEqual([true, false, false, false, false, false]);
  });

  it('takes each press once, however many workers there are', async () => {
    for (let press = 0; press < 250; press++) await put({ nativeId: `band-${press}` });
    const workers = Array.from({ length: 4 }, () => createInboxWorker(deps));
    const done = await Promise.all(workers.map((worker) => worker.drain()));
    expect(done.reduce((sum, count) => sum + count)).toBe(250);
    expect(new Set(heard.map((change) => change.nativeId)).size).toBe(250);
    expect(heard).toHaveLength(250);
  });

  it('does all others when one fails, and that one later', async () => {
    const bad = await put({ nativeId: 'bad' });
    await put({ nativeId: 'good' });
    let broken = true;
    const worker = createInboxWorker({
      ...deps,
      async respond(_trx, changes) {
        if (broken && changes.some((change) => change.nativeId === 'bad')) throw new Error('broken');
        return () => void heard.push(...changes);
      },
    });
    expect(await worker.drain()).toBe(1);
    expect(heard.map((change) => change.nativeId)).toEqual(['good']);
    expect(await open()).toEqual([bad]);
    expect(await alerts()).toHaveLength(1);
    broken = false;
    expect(await worker.drain()).toBe(0);
    clock.set(START + 1_000);
    expect(await worker.drain()).toBe(1);
    expect(heard.map((change) => change.nativeId)).toEqual(['good', 'bad']);
  });

  it('is not held up by a row that is no event', async () => {
    const bad = await put({}, { nonsense: true });
    await put();
    expect(await createInboxWorker(deps).drain()).toBe(1);
    expect(await open()).toEqual([bad]);
  });

  it('leaves what is fresh to whoever is woken for it, where asked', async () => {
    await put();
    const worker = createInboxWorker(deps);
    expect(await worker.drain({ olderThanMs: 200 })).toBe(0);
    clock.set(START + 200);
    expect(await worker.drain({ olderThanMs: 200 })).toBe(1);
  });

  it('tells of live presses in the same transaction, whoever asks for them', async () => {
    const told: number[] = [];
    await put({ origin: 'history' });
    const live = await put();
    const onLifeEvent: NonNullable<InboxDeps['onLifeEvent']> = async (_trx, event) =>
      void told.push(event.inboxId);
    await createInboxWorker({ ...deps, onLifeEvent }).drain();
    expect(told).toEqual([live]);
  });

  it('does not start without a rule for sos', () => {
    const others = rules.filter((rule) => rule.name !== 'sos');
    expect(() => createInboxWorker({ ...deps, rules: () => others })).toThrow(/sos/);
  });
});
