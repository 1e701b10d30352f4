import { describe, expect, it } from 'vitest';
import type { AlarmFact, Receipt, TrialFact } from '../../src/api/alarm-quality/facts.ts';
import { type Material, reportOf } from '../../src/api/alarm-quality/report.ts';
import { csvOf } from '../../src/api/csv.ts';
import { localTime } from '../../src/platform/local-time.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Midnight in Shanghai. */
const MIDNIGHT = Date.parse('2026-11-20T16:00:00Z');
const NOW = MIDNIGHT + 2 * DAY;

let ids = 0;
const alarm = (more: Partial<AlarmFact> = {}): AlarmFact => {
  const id = ++ids;
  const firedAt = more.firedAt ?? MIDNIGHT + 12 * HOUR;
  return {
    id,
    matter: `a${id}`,
    rule: 'spo2_low',
    kind: 'spo2_low',
    severity: 'warning',
    protocol: 'watch',
    nativeId: '1',
    channel: '',
    deviceId: 1,
    firedAt,
    resolvedAt: firedAt + 10 * MINUTE,
    withdrawn: false,
    held: false,
    finding: null,
    gridId: 7,
    model: 'B1',
    acknowledgedMs: null,
    ...more,
  };
};
const receipt = (more: Partial<Receipt> = {}): Receipt => ({
  accountId: 1,
  at: MIDNIGHT + 12 * HOUR,
  matter: 'a999999',
  severity: 'warning',
  finding: null,
  gridId: 7,
  ...more,
});
const report = (more: Partial<Material>) =>
  reportOf({
    period: { from: MIDNIGHT, to: NOW },
    now: NOW,
    time: localTime('Asia/Shanghai'),
    alarms: [],
    receipts: [],
    acknowledgements: [],
    trials: [],
    standing: [],
    held: [],
    ...more,
  });

describe('the report on alarms', () => {
  it('counts what nobody was told of beside the alarms, by rule, model and grid', async () => {
    const { figures, rules, models, grids } = await report({
      alarms: [alarm({ held: true }), alarm()],
      held: [{ rule: 'not_worn', gridId: 7, model: 'B1' }],
    });
    expect([figures.alarms, figures.held]).toEqual([2, 2]);
    const held = (groups: readonly { key: unknown; held: number }[]) =>
      groups.map(({ key, held }) => [key, held]);
    expect([...held(rules), ...held(models), ...held(grids)]).toEqual([
      ['spo2_low', 1],
      ['not_worn', 1],
      ['B1', 2],
      [7, 2],
    ]);
  });

  it('of nothing says nothing, and does not divide by it', async () => {
    const { figures, received, topTenShare, acknowledge, days, workers } = await report({});
    expect(figures).toMatchObject({ alarms: 0, actionableShare: null, floodShare: 0 });
    expect([received.people, received.average10Min, topTenShare]).toEqual([0, 0, null]);
    expect(acknowledge.incidents).toEqual({ count: 0, p50: null, p95: null });
    expect(days).toEqual([
      { day: '2026-11-21', byDay: 0, byNight: 0, people: 0 },
      { day: '2026-11-22', byDay: 0, byNight: 0, people: 0 },
    ]);
    expect(workers).toEqual([]);
  });

  it('counts by grid, model and rule, the busiest first', async () => {
    const { grids, models, rules, figures } = await report({
      alarms: [
        alarm({ rule: 'leak', model: null, gridId: null, severity: 'critical' }),
        alarm({ rule: 'leak', model: null, gridId: null }),
        alarm(),
      ],
    });
    expect(grids.map(({ key, alarms }) => [key, alarms])).toEqual([
      [null, 2],
      [7, 1],
    ]);
    expect(models.map(({ key }) => key)).toEqual([null, 'B1']);
    expect(rules.map(({ key, severities }) => [key, severities.critical])).toEqual([
      ['leak', 1],
      ['spo2_low', 0],
    ]);
    expect(figures.severities).toEqual({ critical: 1, warning: 2, info: 0 });
  });

  it('an event has no length, what ends within five seconds was fleeting, what lasts a day is stale', async () => {
    const at = MIDNIGHT;
    const { figures, stale } = await report({
      alarms: [
        alarm({ firedAt: at, resolvedAt: at }),
        alarm({ firedAt: at, resolvedAt: at + 4999 }),
        alarm({ firedAt: at, resolvedAt: at + 5000 }),
        alarm({ firedAt: at, resolvedAt: at + DAY }),
        alarm({ firedAt: at, resolvedAt: at + DAY + 1 }),
        alarm({ firedAt: at, resolvedAt: null }),
        alarm({ firedAt: at, resolvedAt: null, withdrawn: true }),
      ],
      standing: [alarm({ firedAt: at - 9 * DAY, resolvedAt: null })],
    });
    expect([figures.fleeting, figures.stale, figures.withdrawn]).toEqual([1, 2, 1]);
    expect(stale.alarms).toHaveLength(3);
    expect(stale.mostOnADay).toBe(3);
  });

  it('tells the ten worst points and who chatters', async () => {
    const calm = Array.from({ length: 20 }, (_, i) => alarm({ nativeId: `calm-${i}` }));
    const loud = Array.from({ length: 20 }, (_, i) =>
      alarm({ nativeId: 'loud', firedAt: MIDNIGHT + i * 10 * SECOND }),
    );
    const { topTen, topTenShare, chattering, figures } = await report({ alarms: [...loud, ...calm] });
    expect(topTen).toHaveLength(10);
    expect(topTen[0]).toMatchObject({ nativeId: 'loud', alarms: 20, share: 0.5, chatterEpisodes: 1 });
    expect(topTenShare).toBeCloseTo(29 / 40);
    expect(chattering.map(({ nativeId, chatterAlarms }) => [nativeId, chatterAlarms])).toEqual([
      ['loud', 20],
    ]);
    expect(figures.chatteringPoints).toBe(1);
  });

  it('takes for actionable what people found real, and leaves out what nobody looked into', async () => {
    const findings = ['real', 'real', 'false_press', 'device_fault', 'harmless', 'test', null] as const;
    const { figures } = await report({
      alarms: [...findings.map((finding) => alarm({ finding })), alarm({ withdrawn: true })],
    });
    expect(figures.actionableShare).toBeCloseTo(2 / 6);
    expect(figures.findings).toEqual({ real: 2, false_press: 1, device_fault: 1, harmless: 1, test: 1 });
    expect(figures.unjudged).toBe(1);
  });

  it('an incident of many alarms is answered once', async () => {
    const same = { matter: 'i5' as const, acknowledgedMs: 20 * SECOND };
    const { acknowledge, figures } = await report({
      alarms: [
        alarm(same),
        alarm(same),
        alarm({ matter: 'i6', acknowledgedMs: 40 * SECOND }),
        alarm({ matter: 't1', acknowledgedMs: HOUR }),
      ],
    });
    expect(acknowledge.incidents).toEqual({ count: 2, p50: 30 * SECOND, p95: 39 * SECOND });
    expect(acknowledge.tickets).toMatchObject({ count: 1, p50: HOUR });
    expect(figures.acknowledgeMsP50).toBe(40 * SECOND);
  });
});

describe('the load on people', () => {
  const flood = Array.from({ length: 12 }, (_, i) => receipt({ at: MIDNIGHT + HOUR + i * 10 * SECOND }));

  it('is each person’s own: a flood of one is no flood of the other', async () => {
    const { workers, received } = await report({ receipts: [...flood, receipt({ accountId: 2 })] });
    expect(workers.map(({ key, alarms, floods, most10Min }) => [key, alarms, floods, most10Min])).toEqual([
      [1, 12, 1, 12],
      [2, 1, 0, 1],
    ]);
    expect(received).toMatchObject({ people: 2, alarms: 13, most10Min: 12 });
    expect(received.floods).toMatchObject([{ accountId: 1, alarms: 12 }]);
    const floodMs = 10 * MINUTE + 70 * SECOND;
    expect(received.floodShare).toBeCloseTo(floodMs / (2 * 2 * DAY));
    expect(received.windows.reduce((sum, { count }) => sum + count, 0)).toBe(2 * 288);
  });

  it('is told by the days and nights of the place', async () => {
    const at = [21.99, 22, 30 - 0.01, 30].map((hours) => receipt({ at: MIDNIGHT + hours * HOUR }));
    const { days, workers } = await report({ receipts: at });
    expect(days).toEqual([
      { day: '2026-11-21', byDay: 1, byNight: 1, people: 1 },
      { day: '2026-11-22', byDay: 1, byNight: 1, people: 1 },
    ]);
    expect(workers[0]?.atNight).toBe(2);
  });

  it('counts what turned out to need nobody in the last two hours', async () => {
    const gone = alarm({ withdrawn: true });
    const { workers } = await report({
      alarms: [gone],
      receipts: [
        receipt({ at: NOW - 3 * HOUR, finding: 'false_press' }),
        receipt({ at: NOW - HOUR, finding: 'device_fault' }),
        receipt({ at: NOW - HOUR, finding: 'real' }),
        receipt({ at: NOW - HOUR, finding: 'test' }),
        receipt({ at: NOW - HOUR, matter: gone.matter }),
        receipt({ at: NOW - HOUR }),
      ],
      acknowledgements: [{ accountId: 1, matter: 'i1', afterMs: 5000 }],
    });
    expect(workers[0]).toMatchObject({
      notActionableNow: 2,
      unjudgedNow: 1,
      notActionableMost: 2,
      acknowledgeMsP50: 5000,
    });
  });
});

describe('a version on trial', () => {
  const trial = (more: Partial<TrialFact>): TrialFact => ({
    rule: 'spo2_low',
    protocol: 'watch',
    nativeId: '1',
    channel: '',
    firedAt: MIDNIGHT,
    resolvedAt: null,
    ...more,
  });

  it('is scored on what people found of the alarms of the version in force', async () => {
    const at = (hours: number, finding: AlarmFact['finding']) =>
      alarm({ firedAt: MIDNIGHT + hours * HOUR, finding });
    const { trials } = await report({
      alarms: [at(1, 'real'), at(2, 'real'), at(3, 'device_fault'), at(4, 'harmless'), at(5, null)],
      trials: [
        trial({ firedAt: MIDNIGHT + HOUR + 5 * MINUTE }),
        trial({ firedAt: MIDNIGHT + 3 * HOUR }),
        trial({ firedAt: MIDNIGHT + 9 * HOUR }),
        trial({ firedAt: MIDNIGHT + 4 * HOUR, nativeId: '2' }),
      ],
    });
    expect(trials).toEqual([
      {
        rule: 'spo2_low',
        real: 2,
        other: 2,
        trial: { truePositives: 1, falseNegatives: 1, falsePositives: 1, trueNegatives: 1 },
        trialScore: (100 * 2) / 8,
        liveScore: 50,
        onlyTrial: 2,
      },
    ]);
  });
});

describe('a table for spreadsheets', () => {
  it('says that it is UTF-8, quotes what needs it and holds no formula', () => {
    expect(
      csvOf([
        ['人员', 'a,b', 'say "x"'],
        ['=1+1', -3, null],
        ['＝1+1', '\n@x', 'a;=1+1'],
      ]),
    ).toBe(`\uFEFF人员,"a,b","say ""x"""\r\n'=1+1,-3,\r\n'＝1+1,"'\n@x","a;=1+1"\r\n`);
  });
});
