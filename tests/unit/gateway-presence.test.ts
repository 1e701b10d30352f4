import { expect, test } from 'vitest';
import { createVirtualClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createGatewayPresence } from '../../src/transport/gateway-presence.ts';

function openPresence({ failing = () => false }: { failing?: () => boolean } = {}) {
  const clock = createVirtualClock(0);
  const said: string[] = [];
  const told: string[] = [];
  const presence = createGatewayPresence({
    clock,
    log: createLogger('silent'),
    report: async ({ nativeId }, online) => {
      if (failing()) throw new Error('the database is away');
      said.push(`${nativeId} ${online ? 'online' : 'offline'}`);
    },
    tell: ({ nativeId }) => void told.push(nativeId),
  });
  const connection = (nativeId = 'gw') => ({ protocol: 'zigbee2mqtt', nativeId, replaced: false });
  return { clock, said, told, presence, connection };
}

test('a gateway that stays away is offline, ten seconds after its connection was lost', async () => {
  const { clock, said, told, presence, connection } = openPresence();
  const one = connection();
  presence.connected(one);
  presence.gone(one);
  await clock.advance(9_999);
  expect(said).toEqual(['gw online']);
  await clock.advance(1);
  expect(said).toEqual(['gw online', 'gw offline']);
  presence.connected(connection());
  expect(said.at(-1)).toBe('gw online');
  expect(told).toEqual(['gw', 'gw']);
});

test('a gateway that comes back in time was never away', async () => {
  const { clock, said, presence, connection } = openPresence();
  const [one, two] = [connection(), connection()];
  presence.connected(one);
  presence.gone(one);
  await clock.advance(9_000);
  presence.connected(two);
  await clock.advance(60_000);
  expect(said).toEqual(['gw online', 'gw online']);
});

test('a dead connection that a newer one has replaced says nothing, here or in another process', async () => {
  const { clock, said, presence, connection } = openPresence();
  const [old, current, elsewhere] = [connection(), connection(), connection('gw-2')];
  presence.connected(old);
  presence.connected(current);
  expect(old.replaced).toBe(true);
  presence.gone(old);
  presence.connected(elsewhere);
  presence.elsewhere('zigbee2mqtt', 'gw-2');
  expect(elsewhere.replaced).toBe(true);
  presence.gone(elsewhere);
  await clock.advance(60_000);
  expect(said.filter((line) => line.endsWith('offline'))).toEqual([]);
});

test('a gateway that connects to another process within ten seconds is not offline', async () => {
  const { clock, said, presence, connection } = openPresence();
  const one = connection();
  presence.connected(one);
  presence.gone(one);
  presence.elsewhere('zigbee2mqtt', 'gw');
  await clock.advance(60_000);
  expect(said).toEqual(['gw online']);
});

test('what could not be stored is said again, unless it is no longer so', async () => {
  let away = true;
  const { clock, said, presence, connection } = openPresence({ failing: () => away });
  const [one, two] = [connection('gw-1'), connection('gw-2')];
  presence.connected(one);
  presence.connected(two);
  await clock.advance(1);
  presence.gone(two);
  await clock.advance(4_000);
  away = false;
  await clock.advance(1_000);
  expect(said).toEqual(['gw-1 online']);
  await clock.advance(60_000);
  expect(said).toEqual(['gw-1 online', 'gw-2 offline']);
});

test('nothing is said once the broker ends', async () => {
  const { clock, said, presence, connection } = openPresence();
  const one = connection();
  presence.connected(one);
  presence.gone(one);
  presence.close();
  await clock.advance(60_000);
  expect(said).toEqual(['gw online']);
});
