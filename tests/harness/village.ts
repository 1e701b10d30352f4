import { type SeededDemo, seedDemo } from '../../src/demo/demo-store.ts';
import { startTestService, type TestService } from './service.ts';
import { type Expected, playDemo } from './sim-play.ts';

export interface Village {
  service: TestService;
  demo: SeededDemo;
  /** Grows while the village lives. */
  expected: Expected[];
  alerts(): Promise<
    { kind: string; alias: string; fired_at: number; resolved_at: number | null; state: string }[]
  >;
  close(): Promise<void>;
}

/** The service with the demo village in it, and the simulator that plays it at an hour a minute. */
export async function openVillage(): Promise<Village> {
  const service = await startTestService();
  const { db } = service.database;
  const demo = await seedDemo(db, { hashPassword: async () => 'nobody signs in here' });
  if (!demo) throw new Error('the database is not empty');
  const played = playDemo(['maoqi', '--speed', '60'], demo, service.addresses);
  return {
    service,
    demo,
    expected: played.expected,
    alerts: () =>
      db
        .selectFrom('alerts')
        .innerJoin('device_aliases', 'device_aliases.device_id', 'alerts.device_id')
        .select(['kind', 'alias', 'fired_at', 'resolved_at', 'state'])
        .execute(),
    async close() {
      await played.stop();
      await service.close();
    },
  };
}
