import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Signal } from '../../src/model/signals.ts';
import { openRuleLog, PARTITION, type RuleLog, type Sample, START } from '../harness/rule-log.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let log: RuleLog;
beforeEach(async () => {
  log = await openRuleLog();
});
afterEach(() => log.close());

const heartRate = (values: number[], from = 0): Sample[] =>
  values.map((value, index) => ({ signal: 'heart_rate', value, atMs: from + index * 10 * SECOND }));

describe('points and assets', () => {
  it('each channel has its alert, which is told with channel, asset, gateway and fault class', async () => {
    const leak = (channel: string, value: boolean, atMs: number): Sample => ({
      signal: 'water_leak',
      value,
      atMs,
      place: { assetId: 5, gatewayId: 9, channel },
    });
    await log.hear([leak('1', true, 0), leak('2', true, 0)]);
    await log.hear([leak('1', false, SECOND)]);
    log.restart();
    await log.tick(MINUTE + SECOND);
    expect(
      (await log.alerts()).map(({ channel, state, asset_id }) => ({ channel, state, asset_id })),
    ).toEqual([
      { channel: '1', state: 'resolved', asset_id: 5 },
      { channel: '2', state: 'firing', asset_id: 5 },
    ]);
    expect(log.heard.map(({ state, channel, faultClass }) => ({ state, channel, faultClass }))).toEqual([
      { state: 'firing', channel: '1', faultClass: 'water_leak' },
      { state: 'firing', channel: '2', faultClass: 'water_leak' },
      { state: 'resolved', channel: '1', faultClass: 'water_leak' },
    ]);
    expect(log.heard[0]).toMatchObject({ consequence: 'ticket', assetId: 5, gatewayId: 9 });
    expect(log.heard[2]?.alertId).toBe(log.heard[0]?.alertId);
  });

  it('a warning that only was not repeated ends as lapsed, a leak that dried does not', async () => {
    await log.hear([
      { signal: 'breaker_fault', value: true, atMs: 0 },
      { signal: 'water_leak', value: true, atMs: 0 },
    ]);
    await log.hear([{ signal: 'water_leak', value: false, atMs: SECOND }]);
    await log.tick(2 * 60 * MINUTE);
    const ended = log.heard.filter(({ state }) => state === 'resolved');
    expect(Object.fromEntries(ended.map(({ rule, evidence }) => [rule, evidence.lapsed]))).toEqual({
      water_leak: undefined,
      breaker_warning: true,
    });
  });

  it('two devices of one asset raise one alert together, over a restart and in two drains', async () => {
    const meter = await log.addDevice('meter');
    const at = (deviceId: number, signal: Signal, value: number, minute: number): Sample => ({
      signal,
      value,
      atMs: minute * MINUTE,
      deviceId,
      place: { assetId: 5 },
    });
    const pressure = (value: number, minute: number) => at(log.deviceId, 'water_pressure', value, minute);
    await log.hear([pressure(310, 0), at(meter, 'water_flow', 2_000, 0)]);
    log.restart();
    await log.hear([pressure(170, 4), at(meter, 'water_flow', 19_000, 4)]);
    log.restart();
    await log.hear([at(meter, 'water_flow', 19_000, 5)]);
    expect(log.told()).toEqual(['burst_suspected firing critical']);
    expect(log.heard[0]).toMatchObject({
      assetId: 5,
      evidence: { signal: 'water_flow', value: 19_000, from: 310, fromSignal: 'water_pressure' },
    });
    expect((await log.states('burst_suspected')).map(({ scope }) => scope)).toEqual(['asset:5']);
    log.restart();
    await log.tick(60 * MINUTE);
    expect(log.told().filter((line) => line.startsWith('burst'))).toHaveLength(1);
    await log.hear([at(meter, 'water_flow', 0, 61), at(meter, 'water_flow', 0, 63)]);
    expect(log.told().at(-1)).toBe('burst_suspected resolved critical');
    expect((await log.alerts()).filter(({ rule }) => rule === 'burst_suspected')).toHaveLength(1);
  });

  it('what a release before this one had stored is still known', async () => {
    const [alert] = await log.db
      .insertInto('alerts')
      .values({
        rule: 'heart_rate_high',
        kind: 'heart_rate_high',
        severity: 'warning',
        state: 'firing',
        device_id: log.deviceId,
        native_id: 'device',
        protocol: 'native',
        fired_at: new Date(START),
        evidence: '{}',
      })
      .returning('id')
      .execute();
    const part = { last: START, heard: START, level: 1 };
    const state = { parts: [part], alert: { at: START, id: alert?.id, level: 1, part: 0 } };
    await log.db
      .insertInto('rule_states')
      .values({
        rule: 'heart_rate_high',
        scope: String(log.deviceId),
        partition: PARTITION,
        state: JSON.stringify(state),
      })
      .execute();
    await log.hear(heartRate(Array(7).fill(90), SECOND));
    expect(log.heard).toMatchObject([{ rule: 'heart_rate_high', state: 'resolved', alertId: alert?.id }]);
  });

  it('an alert whose state fits the rule no longer ends with it', async () => {
    await log.hear(heartRate([160]));
    await log.db
      .updateTable('rule_states')
      .set({
        state: JSON.stringify({ parts: [], alert: { at: 0, id: log.heard[0]?.alertId, level: 1, part: 0 } }),
      })
      .where('rule', '=', 'heart_rate_high')
      .execute();
    log.restart();
    await log.hear(heartRate([80], MINUTE));
    expect((await log.alerts()).map(({ state }) => state)).toEqual(['resolved']);
    expect(await log.states('heart_rate_high')).toEqual([]);
  });
});
