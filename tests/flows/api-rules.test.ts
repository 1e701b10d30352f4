import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  RuleCheck,
  RuleDetail,
  RuleDiff,
  RuleProblems,
  RuleRow,
  RuleVersionView,
  ShadowReport,
} from '../../src/api/rule-schemas.ts';
import { at } from '../../src/platform/database.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { codeOf } from '../harness/api-client.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { calmer, leak, makeRuleFolder } from '../harness/leak-rule.ts';

describe('rules over the API', () => {
  let api: TestApi;
  let admin: ApiClient;
  let desk: ApiClient;
  const rules = makeRuleFolder();
  beforeAll(async () => {
    api = await startTestApi({}, { rulesDir: rules.folder });
    admin = await api.as('admin');
    desk = await api.as('desk');
  });
  afterAll(async () => {
    await api.close();
    rules.remove();
  });

  const one = async (): Promise<RuleDetail> => (await desk.get<RuleDetail>('/api/rules/water_leak')).body;
  const versions = async (): Promise<RuleVersionView[]> =>
    (await desk.get<RuleVersionView[]>('/api/rules/water_leak/versions')).body;

  it('are listed in words of the reader, and shown with their text', async () => {
    const { body: rows } = await desk.get<RuleRow[]>('/api/rules');
    expect(rows.map(({ name, state, revision }) => [name, state, revision])).toEqual([
      ['sos', 'running', 1],
      ['water_leak', 'running', 1],
    ]);
    expect(await one()).toMatchObject({ ...leak, basedOn: 1, file: null, trial: null });
    expect((await desk.get('/api/rules/nothing')).status).toBe(404);
  });

  it('are named to everybody, but their words, which may name devices and wearers, are the office’s', async () => {
    for (const login of ['family', 'worker']) {
      const { body: rows } = await (await api.as(login)).get<RuleRow[]>('/api/rules');
      expect(rows.map(({ name, text }) => [name, text])).toEqual([
        ['sos', ''],
        ['water_leak', ''],
      ]);
    }
    const { body: rows } = await desk.get<RuleRow[]>('/api/rules');
    expect(rows.every(({ text }) => text.length > 0)).toBe(true);
  });

  it('are checked with the place of each fault, and their tests are run', async () => {
    const check = async (draft: object) =>
      (await admin.call<RuleCheck>('POST', '/api/rules/water_leak/check', { body: draft })).body;
    const faulty = await check({ ...leak, body: leak.body.replace('is: true', 'is: wet') });
    expect(faulty.problems[0]).toMatchObject({ file: 'water_leak.yaml', line: 8 });
    const sound = await check(leak);
    expect(sound.problems).toEqual([]);
    expect(sound.words.join()).toContain('漏水');
    expect(sound.results.every(({ passed }) => passed)).toBe(true);
    const failing = await check({ ...leak, body: calmer.body });
    expect(failing.results.filter(({ passed }) => !passed)).toHaveLength(1);
  });

  it('are saved by an admin only, with author and note, and compared', async () => {
    const save = (client: ApiClient, more: object) =>
      client.call<RuleDetail>('PUT', '/api/rules/water_leak', { body: { ...calmer, basedOn: 1, ...more } });
    expect((await save(desk, {})).status).toBe(403);
    const saved = await save(admin, { note: '夜里太吵' });
    expect(saved.body).toMatchObject({ severity: 'warning', basedOn: 2, origin: 'page', note: '夜里太吵' });
    expect(saved.body.file?.body).toBe(leak.body);
    const late = await save(admin, {});
    expect([late.status, codeOf(late)]).toEqual([409, 'RULES_CHANGED']);
    const [second, first] = await versions();
    expect([second?.inForce, first?.inForce]).toEqual([true, false]);
    const path = `/api/rules/water_leak/diff?from=${first?.id}&to=${second?.id}`;
    const { body: diff } = await desk.get<RuleDiff>(path);
    expect(diff.body.filter(({ kind }) => kind !== 'same').map(({ kind, text }) => [kind, text])).toEqual([
      ['removed', 'severity: critical'],
      ['added', 'severity: warning'],
    ]);
  });

  it('are refused with each fault in the language of the reader when they are not right', async () => {
    const refused = await admin.call<{ error: { details: { problems: { message: string }[] } } }>(
      'PUT',
      '/api/rules/water_leak',
      { body: { body: 'name: water_leak', tests: '', basedOn: 2 } },
    );
    expect([refused.status, codeOf(refused)]).toEqual([422, 'RULES_INVALID']);
    expect(typeof refused.body.error.details.problems[0]?.message).toBe('string');
    const removed = await admin.call('POST', '/api/rules/sos/remove', { body: { basedOn: 1 } });
    expect([removed.status, codeOf(removed)]).toEqual([409, 'RULES_NO_SOS']);
  });

  it('are tried: what both raised, and what only one did', async () => {
    const since = api.clock.now();
    const begun = await admin.call<RuleDetail>('POST', '/api/rules/water_leak/shadow/start', {
      body: { ...leak, basedOn: null },
    });
    expect(begun.body).toMatchObject({ onTrial: true, trial: { revision: 1 } });
    const alert = (minute: number, nativeId: string) => ({
      kind: 'water_leak',
      severity: 'critical' as const,
      state: 'resolved' as const,
      native_id: nativeId,
      protocol: 'native',
      fired_at: at(since + minute * 60_000),
      resolved_at: at(since + (minute + 1) * 60_000),
      evidence: '{}',
    });
    const { db } = api.database;
    await db
      .insertInto('alerts')
      .values({ ...alert(1, 'a'), rule: 'water_leak' })
      .execute();
    await db
      .insertInto('alerts')
      .values({ ...alert(2, 'b'), rule: 'water_leak' })
      .execute();
    await db
      .insertInto('shadow_alerts')
      .values(
        [alert(3, 'a'), alert(4, 'c'), alert(40, 'a')].map((one) => ({ ...one, rule: 'water_leak~shadow' })),
      )
      .execute();
    const { body: report } = await desk.get<ShadowReport>('/api/rules/water_leak/shadow');
    expect(report.counts).toEqual({ both: 1, live: 1, shadow: 2 });
    expect((await admin.get<ShadowReport>('/api/rules/water_leak/shadow')).body.alerts).toHaveLength(4);
    const { trial } = await one();
    const adopted = await admin.call<RuleDetail>('POST', '/api/rules/water_leak/shadow/adopt', {
      body: { versionId: trial?.id, basedOn: 2 },
    });
    expect(adopted.body).toMatchObject({ severity: 'critical', origin: 'file', trial: null, file: null });
  });

  it('go back to an earlier version, and away', async () => {
    const second = (await versions()).find(({ revision, shadow }) => revision === 2 && !shadow);
    const back = await admin.call<RuleDetail>('POST', '/api/rules/water_leak/roll-back', {
      body: { versionId: second?.id, basedOn: 3 },
    });
    expect(back.body).toMatchObject({ severity: 'warning', basedOn: 4 });
    const gone = await admin.call<RuleDetail>('POST', '/api/rules/water_leak/remove', {
      body: { basedOn: 4 },
    });
    expect(gone.body).toMatchObject({ state: 'removed', severity: 'warning' });
    const { body: rows } = await desk.get<RuleRow[]>('/api/rules');
    expect(rows.map(({ name, state }) => [name, state])).toEqual([
      ['sos', 'running'],
      ['water_leak', 'removed'],
    ]);
    expect((await desk.get<RuleProblems>('/api/rule-problems')).body.problems).toEqual([]);
  });
});
