import { registerDevice } from '../../src/devices/device-store.ts';
import { startTestService, type TestService } from './service.ts';
import { type Expected, type Played, playDemo } from './sim-play.ts';
import { until } from './until.ts';

export const APPLICATION = '6f9c1e9e-5d0a-4f56-9c1e-0a4c5d7b2e11';

export interface LorawanEstate extends Played {
  service: TestService;
  alerts(): Promise<{ kind: string; native_id: string; fired_at: number }[]>;
  close(): Promise<void>;
}

/** The service that knows the application of a ChirpStack and none of its devices, and the simulator that plays the estate at an hour a minute. */
export async function openLorawanEstate(environment: Record<string, string> = {}): Promise<LorawanEstate> {
  const service = await startTestService(environment);
  const { db } = service.database;
  const { secret } = await registerDevice(db, {
    protocol: 'chirpstack',
    nativeId: APPLICATION,
    topicPrefix: `application/${APPLICATION}`,
    withSecret: true,
  });
  const url = environment.MQTT_URL === undefined ? [] : ['--mqtt-url', environment.MQTT_URL];
  const gateways = [{ id: APPLICATION, protocol: 'chirpstack', secret, children: [] }];
  const played = playDemo(['lorawan', '--speed', '60', ...url], { gateways }, service.addresses);
  return {
    ...played,
    service,
    alerts: () => db.selectFrom('alerts').select(['kind', 'native_id', 'fired_at']).execute(),
    async close() {
      await played.stop();
      await service.close();
    },
  };
}

/** Waits until each of these kinds was expected and came in time, and nothing else. */
export async function expectOnly(
  { expected, alerts }: LorawanEstate,
  kinds: readonly string[],
): Promise<void> {
  for (const kind of kinds) {
    const said = await until(() => expected.find((each) => each.kind === kind), {
      timeoutMs: 60_000,
      what: `the simulator to expect ${kind}`,
    });
    await arrival(said, alerts);
  }
  const raised = (await alerts()).map(({ kind }) => kind).toSorted();
  const wanted = kinds.toSorted();
  if (raised.join() !== wanted.join()) throw new Error(`raised: ${raised}; expected: ${wanted}`);
}

async function arrival({ kind, device, by }: Expected, alerts: LorawanEstate['alerts']): Promise<void> {
  const alert = await until(
    async () => (await alerts()).find((one) => one.kind === kind && one.native_id === device),
    {
      timeoutMs: Math.min(Math.max(1000, Date.parse(by) - Date.now()) + 10_000, 300_000),
      what: `${kind} of ${device}`,
      everyMs: 100,
    },
  );
  if (alert.fired_at > Date.parse(by)) throw new Error(`${kind} came after ${by}`);
}
