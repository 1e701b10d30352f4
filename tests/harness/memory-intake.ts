import { createVirtualClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logging.ts';
import type { Intake, ReadyDownlink, Uplink } from '../../src/transport/ports.ts';
import { lineProtocol } from './line-protocol.ts';

/** What a listener needs, without a database: everything is stored as soon as `stored` resolves. */
export function memoryIntake(stored: Promise<void> = Promise.resolve(), protocol = lineProtocol()) {
  const clock = createVirtualClock(Date.parse('2026-11-22T00:00:00Z'));
  const uplinks: string[] = [];
  const topics: (string | undefined)[] = [];
  const refusals: string[] = [];
  const waiting = new Map<string, string[]>();
  const intake: Intake = {
    async accept(uplink: Uplink, conversation) {
      uplinks.push(Buffer.from(uplink.bytes).toString());
      topics.push(uplink.topic);
      const decoded = protocol.decode(conversation.session, uplink);
      conversation.session = decoded.session;
      await stored;
      return { outcome: decoded.outcome, decoded, device: null };
    },
    report: () => Promise.reject(new Error('not here')),
    refuse: async (_uplink, _outcome, reason) => void refusals.push(reason),
    conversationOf: async () => ({ session: {} }),
  };
  const downlinks = {
    async take({ nativeId }: { nativeId: string }): Promise<ReadyDownlink[]> {
      const words = waiting.get(nativeId) ?? [];
      waiting.delete(nativeId);
      return words.map((word) => ({ id: 1, once: false, bytes: Buffer.from(word) }));
    },
    answered: async () => {},
  };
  const deps = { protocol, intake, downlinks, clock, log: createLogger('silent') };
  return { ...deps, at: { ...deps, host: '127.0.0.1', port: 0 }, uplinks, topics, refusals, waiting };
}
