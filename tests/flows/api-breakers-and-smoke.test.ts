import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DownlinkView } from '../../src/api/downlink-schemas.ts';
import type { IncidentSummary } from '../../src/api/schemas.ts';
import type { Reading } from '../../src/model/readings.ts';
import { saveLatest } from '../../src/telemetry/latest-store.ts';
import { codeOf } from '../harness/api-client.ts';
import { type ApiEstate, buildEstate } from '../harness/api-estate.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';

let api: TestApi;
let estate: ApiEstate;
beforeAll(async () => {
  api = await startTestApi();
  estate = await buildEstate(api);
});
afterAll(() => api.close());

describe('a switch', () => {
  const path = () => `/api/devices/${estate.breakerDeviceId}/downlinks`;
  const off = { kind: 'switch', on: false, reason: '检修' };

  it('is for the desk and the managers of the company, with a reason that is kept', async () => {
    await showsPosition();
    for (const [login, status] of [
      ['repairer', 403],
      ['worker', 403],
      ['other_manager', 404],
      ['far_street', 404],
      ['family', 404],
    ] as const)
      expect((await (await api.as(login)).post(path(), off)).status, login).toBe(status);
    const manager = await api.as('manager');
    expect((await manager.post(path(), { kind: 'switch', on: false })).status).toBe(400);
    const sent = await manager.post<DownlinkView>(path(), { ...off, channel: 'l1' });
    expect([sent.status, sent.body.kind, sent.body.on, sent.body.channel, sent.body.state]).toEqual([
      201,
      'switch',
      false,
      'l1',
      'queued',
    ]);
    const log = await (await api.as('admin')).get<{ action: string; detail: object; deviceId: number }[]>(
      '/api/audit',
    );
    expect(log.body.find(({ action }) => action === 'downlink_sent')).toMatchObject({
      action: 'downlink_sent',
      deviceId: estate.breakerDeviceId,
      detail: { kind: 'switch', on: false, channel: 'l1', reason: '检修' },
    });
  });

  it('is offered only where the asset allows it', async () => {
    await showsPosition();
    const commands = async (login: string) =>
      (await (await api.as(login)).get<{ commands: string[] }>(`/api/devices/${estate.breakerDeviceId}`)).body
        .commands;
    expect([await commands('manager'), await commands('repairer')]).toEqual([['switch'], []]);
    const admin = await api.as('admin');
    await admin.patch(`/api/assets/${estate.breaker}`, { remoteSwitch: 'never' });
    expect(await commands('manager')).toEqual([]);
    const refused = await (await api.as('manager')).post(path(), off);
    expect([refused.status, codeOf(refused)]).toEqual([409, 'DEVICE_SWITCH_FORBIDDEN']);
    await admin.patch(`/api/assets/${estate.breaker}`, { remoteSwitch: 'manual' });
    const pipe = await (await api.as('manager')).post(`/api/devices/${estate.leakDeviceId}/downlinks`, off);
    expect(codeOf(pipe)).toBe('DEVICE_TAKES_NO_COMMANDS');
  });
});

describe('smoke in a building', () => {
  it('is seen by the managers of its company, and a fall of somebody who lives there is not', async () => {
    const smoke = await api.press(
      { kind: 'smoke', rule: 'smoke', deviceId: estate.leakDeviceId, nativeId: 'leak-1', protocol: 'native' },
      'unknown',
    );
    const press = await api.press();
    const seen = async (login: string) =>
      (await (await api.as(login)).get<IncidentSummary[]>('/api/incidents')).body.map(({ id }) => id);
    expect(await seen('manager')).toEqual([smoke]);
    expect(await seen('other_manager')).toEqual([]);
    expect((await (await api.as('manager')).get(`/api/incidents/${smoke}`)).status).toBe(200);
    expect((await (await api.as('manager')).get(`/api/incidents/${press}`)).status).toBe(404);
    expect((await (await api.as('repairer')).get(`/api/incidents/${smoke}`)).status).toBe(404);
    expect((await (await api.as('manager')).post(`/api/incidents/${smoke}/acknowledge`)).status).toBe(403);
  });
});

/** The breaker has shown that it has a position. */
async function showsPosition(): Promise<void> {
  const at = api.clock.now();
  const reading: Reading = {
    deviceId: estate.breakerDeviceId,
    protocol: 'native',
    nativeId: 'breaker-1',
    signal: 'breaker_position',
    value: 'closed',
    observedAt: at,
    receivedAt: at,
    origin: 'live',
  };
  await api.database.db.transaction().execute((trx) => saveLatest(trx, [reading]));
}
