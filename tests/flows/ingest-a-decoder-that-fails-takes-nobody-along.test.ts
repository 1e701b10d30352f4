import { expect, test } from 'vitest';
import type { Protocol } from '../../src/model/uplinks.ts';
import { startIngress } from '../harness/transports.ts';

const faulty: Protocol = {
  name: 'faulty',
  title: { zh: '坏', en: 'faulty' },
  expectedEveryMs: 60_000,
  maxFrameBytes: 100,
  decode() {
    throw new Error('a bug');
  },
};

test('what a decoder fails on is recorded, and an SOS that came with it goes its way', async () => {
  const ingress = await startIngress([faulty]);
  try {
    const device = await ingress.nativeDevice('beside');
    const take = (protocol: string, text: string) =>
      ingress.ingest.accept(
        {
          protocol,
          transport: 'mqtt',
          bytes: Buffer.from(text),
          topic: device.topic,
          claimedId: 'beside',
          receivedAt: Date.now(),
          source: '127.0.0.1',
        },
        { session: {} },
      );
    const outcomes = await Promise.all([take('faulty', 'x'), take('native', '{"seq":1,"sos":true}')]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['undecodable', 'ok']);
    expect(await ingress.inbox()).toHaveLength(1);
    expect((await ingress.uplinks()).map(({ reason }) => reason)).toContain('the decoder failed on it');
  } finally {
    await ingress.close();
  }
});
