import net from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandDevice } from '../../src/devices/command-store.ts';
import { type Ingress, startIngress } from '../harness/transports.ts';
import { until } from '../harness/until.ts';
import { frame } from '../harness/watch-wire.ts';

const ID = '8612345678';
let ingress: Ingress;
let accountId: number;
beforeAll(async () => {
  ingress = await startIngress();
  const account = { login: 'family', name: 'family', roles: ['family' as const], password_hash: 'none' };
  const insert = ingress.database.db.insertInto('accounts').values(account).returning('id');
  accountId = (await insert.executeTakeFirstOrThrow()).id;
});
afterAll(() => ingress.close());

/** A connection that has said a keep-alive and had its answer. */
async function spoken(): Promise<{ socket: net.Socket; heard(): string }> {
  const socket = net.connect(ingress.ports.tcp.watch ?? 0, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(frame(ID, 'LK,1,2,80'));
  await until(async () => text.includes('LK'), { what: 'the answer to a keep-alive' });
  return { socket, heard: () => text };
}

test('a command goes to the connection that spoke last, not to one that the band left behind', async () => {
  const left = await spoken();
  const current = await spoken();
  await commandDevice(
    ingress.database.db,
    {
      protocol: 'watch',
      spellings: [ID],
      command: { kind: 'ring' },
      requestedBy: accountId,
      expiresInMs: 60_000,
    },
    Date.now(),
  );
  await until(async () => current.heard().includes('FIND'), { what: 'the command' });
  expect(left.heard()).not.toContain('FIND');
  left.socket.destroy();
  current.socket.destroy();
});

test('who asks without end and reads no answer is cut off, and others are answered', async () => {
  const socket = net.connect(ingress.ports.tcp.watch ?? 0, '127.0.0.1');
  let ended = false;
  socket.on('error', () => {});
  socket.on('close', () => {
    ended = true;
  });
  socket.pause();
  const asks = frame(ID, 'TKQ').toString().repeat(2_000);
  await until(
    async () => {
      if (!ended && socket.writableLength < 1_000_000) socket.write(asks);
      return ended;
    },
    { timeoutMs: 60_000, what: 'the end of the connection' },
  );
  const other = await spoken();
  other.socket.destroy();
});
