import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertView, WhyView } from '../../src/api/why-schemas.ts';
import { at } from '../../src/platform/database.ts';
import { createReadingsStore } from '../../src/telemetry/readings-store.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { makeRuleFolder } from '../harness/leak-rule.ts';

const MINUTE_MS = 60_000;
const HOT = `name: too_fast
title: { zh: 心率过快, en: Heart rate too high }
severity: warning
consequence: notice
condition:
  threshold: { signal: heart_rate, above: 120, for: 5m, clear: { below: 110 } }
`;
const TESTS = `rule: too_fast
cases:
  - { name: fast, every: 1m, series: { heart_rate: 130x8 }, expect: [{ at: 5m, state: firing }] }
  - { name: calm, every: 1m, series: { heart_rate: 80x8 }, expect: [] }
`;

describe('why a rule fired, over the API', () => {
  let api: TestApi;
  let incidentId: number;
  let alertId: number;
  let firedAt: number;
  const rules = makeRuleFolder();
  beforeAll(async () => {
    rules.put('too_fast', HOT);
    rules.put('tests/too_fast', TESTS);
    api = await startTestApi({}, { rulesDir: rules.folder });
    const { db } = api.database;
    const { deviceId, subjectId } = api.village;
    const start = api.clock.now() - 30 * MINUTE_MS;
    firedAt = start + 15 * MINUTE_MS;
    const base = { deviceId, nativeId: '8800000001', protocol: 'watch', origin: 'live' } as const;
    await createReadingsStore(db).write(
      Array.from({ length: 30 }, (_, minute) => ({
        ...{ ...base, signal: 'heart_rate' as const, value: minute < 10 ? 80 : 140 },
        ...{ observedAt: start + minute * MINUTE_MS, receivedAt: start + minute * MINUTE_MS },
      })),
    );
    incidentId = await api.press();
    const { id } = await db
      .insertInto('alerts')
      .values({
        ...{ rule: 'too_fast', kind: 'too_fast', severity: 'warning', state: 'firing' },
        ...{ device_id: deviceId, subject_id: subjectId, native_id: '8800000001', protocol: 'watch' },
        ...{ fired_at: at(firedAt), incident_id: incidentId, rule_version: 'a0a0a0a0a0a0' },
        evidence: JSON.stringify({ signal: 'heart_rate', value: 140, inputs: [[firedAt, 140]] }),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    alertId = id;
  });
  afterAll(async () => {
    await api.close();
    rules.remove();
  });

  it('leads from an incident to its alerts, and from each to the readings that decided', async () => {
    const admin = await api.as('admin');
    const { body: alerts } = await admin.get<AlertView[]>(`/api/incidents/${incidentId}/alerts`);
    expect(alerts).toMatchObject([{ id: alertId, rule: 'too_fast', title: '心率过快', withdrawnAt: null }]);
    const { body: why } = await admin.get<WhyView>(`/api/alerts/${alertId}/explain`);
    expect(why).toMatchObject({ by: 'now', inputs: [{ at: firedAt, signal: 'heart_rate', value: 140 }] });
    expect(why.points[0]?.verdict).toBe('fires');
    expect(why.points[0]?.conditions.join()).toContain('心率高于 120');
  });

  it('says what was missing where nothing was raised', async () => {
    const admin = await api.as('admin');
    const ask = async (moment: number) =>
      (await admin.get<WhyView>(`/api/rules/too_fast/explain?device=${api.village.deviceId}&at=${moment}`))
        .body.points[0]?.verdict;
    expect(await ask(firedAt - 10 * MINUTE_MS)).toBe('idle');
    expect(await ask(firedAt - 2 * MINUTE_MS)).toBe('pending');
    expect(await ask(firedAt + 2 * MINUTE_MS)).toBe('fires');
  });

  it('tells nobody of the vitals of somebody whom he may not read, and writes down who looked', async () => {
    const stranger = await api.as('far_worker');
    expect((await stranger.get(`/api/alerts/${alertId}/explain`)).status).toBe(404);
    expect((await stranger.get(`/api/incidents/${incidentId}/alerts`)).status).toBe(404);
    const looks = await api.database.db
      .selectFrom('audit')
      .select('action')
      .where('action', '=', 'read_vitals')
      .execute();
    expect(looks.length).toBeGreaterThan(0);
  });
});
