import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashPassword } from '../../src/people/passwords.ts';
import { buildRescueStage, type RescueStage } from '../../src/tools/bench/rescue-stage-store.ts';
import { requireProgram } from '../harness/requirements.ts';
import { startTestService, type TestService } from '../harness/service.ts';

import { until } from '../harness/until.ts';
import { frame, record } from '../harness/watch-wire.ts';

const run = promisify(execFile);
const mosquitto = requireProgram('mosquitto-clients');
const netcat = requireProgram('netcat-openbsd');

let service: TestService;
let stage: RescueStage;
let cookie: string;
beforeAll(async () => {
  service = await startTestService();
  stage = await buildRescueStage(service.database, { native: 2, watch: 1 });
  await service.database.db
    .updateTable('accounts')
    .set({ password_hash: await hashPassword('a good password') })
    .where('id', '=', stage.workerId)
    .execute();
  cookie = await login();
});
afterAll(() => service.close());

async function login(): Promise<string> {
  const response = await fetch(`${service.addresses.http}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'worker', password: 'a good password' }),
  });
  expect(response.status).toBeLessThan(300);
  return response.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
}

async function api(path: string): Promise<{ [key: string]: unknown }[]> {
  const response = await fetch(`${service.addresses.http}/api${path}`, { headers: { cookie } });
  expect(response.status).toBe(200);
  const body = await response.json();
  return Array.isArray(body) ? body : (body.items ?? body.incidents);
}

const incidentOf = (nativeId: string) =>
  until(
    async () =>
      (await api('/incidents?open=true')).find(
        (i) => (i.device as { nativeId: string }).nativeId === nativeId,
      ),
    { what: `the incident of ${nativeId}` },
  );

function publish(device: { nativeId: string; secret: string }, topic: string, payload: string) {
  const { port } = new URL(service.addresses.mqtt ?? '');
  const who = ['-u', device.nativeId, '-P', device.secret];
  return run(mosquitto.path ?? '', [
    '-h',
    '127.0.0.1',
    '-p',
    port,
    ...who,
    '-t',
    topic,
    '-q',
    '1',
    '-m',
    payload,
  ]);
}

test.skipIf(!mosquitto.path)(
  `an SOS from mosquitto_pub is an incident with grid, worker and location ${mosquitto.reason}`,
  async () => {
    const [mine, other] = stage.native;
    if (!mine || !other) throw new Error('two devices are needed');
    const payload = {
      seq: 1,
      sos: true,
      location: { latitude: 30.31, longitude: 114.81, accuracyM: 9 },
      battery: 71,
    };
    await publish(mine, `gridguard/v1/${mine.nativeId}/up`, JSON.stringify(payload));
    expect(await incidentOf(mine.nativeId)).toMatchObject({
      kind: 'sos',
      grid: { id: stage.gridId },
      responsibleBy: 'fix',
      location: { latitude: 30.31, longitude: 114.81, source: 'gps', fresh: true },
      ringsForMe: true,
    });
    const before = (await api('/incidents?open=true')).length;
    await publish(mine, `gridguard/v1/${other.nativeId}/up`, JSON.stringify({ sos: true })).catch(() => {});
    const refused = await until(() =>
      service.database.db
        .selectFrom('uplinks')
        .selectAll()
        .where('outcome', '=', 'forbidden')
        .executeTakeFirst(),
    );
    expect(refused.native_id).toBe(mine.nativeId);
    expect(await api('/incidents?open=true')).toHaveLength(before);
  },
);

test.skipIf(!netcat.path)(
  `an alarm of the watch family from netcat is answered AL after it is stored ${netcat.reason}`,
  async () => {
    const id = stage.watch[0] ?? '';
    const { port } = new URL(service.addresses.tcp.watch ?? '');
    const alarm = frame(id, record('AL', { status: '00010000', fix: [30.32, 114.82] }));
    const command = `printf '%s' '${alarm}' | ${netcat.path} -N 127.0.0.1 ${port}`;
    const { stdout } = await run('sh', ['-c', command]);
    expect(stdout).toBe(frame(id, 'AL'));
    expect(await incidentOf(id)).toMatchObject({
      kind: 'sos',
      location: { latitude: 30.32 },
      ringsForMe: true,
    });
  },
);
