import { type SeededDemo, seedDemo } from '../../src/demo/demo-store.ts';
import { startTestService, type TestService } from './service.ts';
import { type Played, playDemo } from './sim-play.ts';
import { until } from './until.ts';

export interface Neighbourhood extends Played {
  service: TestService;
  demo: SeededDemo;
  /** Everything that was raised, by the id of its device. */
  alerts(): Promise<RaisedAlert[]>;
  close(): Promise<void>;
}

export interface RaisedAlert {
  kind: string;
  native_id: string;
  fired_at: number;
}

/** The service with the demo in it, and the simulator that plays the neighbourhood at an hour a minute; `before` that begins. */
export async function openNeighbourhood(
  environment: Record<string, string> = {},
  { args = [], before = () => {} }: { args?: readonly string[]; before?: (demo: SeededDemo) => void } = {},
): Promise<Neighbourhood> {
  const service = await startTestService(environment);
  const { db } = service.database;
  const demo = await seedDemo(db, { hashPassword: async () => 'nobody signs in here' });
  if (!demo) throw new Error('the database is not empty');
  before(demo);
  const played = playDemo(['binhu', '--speed', '60', ...args], demo, service.addresses);
  return {
    ...played,
    service,
    demo,
    alerts: () => db.selectFrom('alerts').select(['kind', 'native_id', 'fired_at']).execute(),
    async close() {
      await played.stop();
      await service.close();
    },
  };
}

/** Waits until each of these kinds was expected and came in time; gives the alerts by kind. */
export async function expectInTime(
  { expected, alerts }: Neighbourhood,
  kinds: readonly string[],
): Promise<Map<string, RaisedAlert>> {
  const raised = new Map<string, RaisedAlert>();
  for (const kind of kinds) {
    const said = await until(() => expected.find((each) => each.kind === kind), {
      timeoutMs: 60_000,
      what: `the simulator to expect ${kind}`,
    });
    const isIt = (alert: RaisedAlert) => alert.kind === kind && alert.native_id === said.device;
    const alert = await until(async () => (await alerts()).find(isIt), {
      timeoutMs: Math.max(1_000, Date.parse(said.by) - Date.now() + 20_000),
      what: `${kind} of ${said.device}`,
      everyMs: 200,
    });
    if (alert.fired_at > Date.parse(said.by)) throw new Error(`${kind} came after ${said.by}`);
    raised.set(kind, alert);
  }
  return raised;
}
