import type { DownlinkCommand, EncodedDownlink, ProtocolSession } from '../../src/model/uplinks.ts';
import { memoryOf, taughtOf } from './session.ts';
import { defaultPrefix, pathOf } from './topics.ts';

/** `TelePeriod` takes no less and no more. */
const SHORTEST_S = 10;
const LONGEST_S = 3600;

/** A switch counts when the device shows its new position; the others are answered in `RESULT`. */
export function encode(
  command: DownlinkCommand,
  { nativeId, session, topicPrefix }: { nativeId: string; session: ProtocolSession; topicPrefix?: string },
): EncodedDownlink | undefined {
  const { fullTopic, relays } = taughtOf(memoryOf(session));
  const customary = `%prefix%/${pathOf(topicPrefix ?? defaultPrefix(nativeId))}`;
  const tell = (name: string, value: string) => ({
    topic: `${(fullTopic ?? customary).replace('%prefix%', 'cmnd')}/${name}`,
    bytes: Buffer.from(value),
  });
  switch (command.kind) {
    case 'switch': {
      const { on, channel = relays ? '1' : '' } = command;
      if (!/^\d{0,2}$/.test(channel)) return undefined;
      const point = channel === '' ? {} : { channel };
      const value = on ? 'closed' : 'open';
      return {
        ...tell(`POWER${channel}`, on ? 'ON' : 'OFF'),
        confirmedBy: { signal: 'breaker_position', ...point, value },
      };
    }
    case 'restart':
      return { ...tell('Restart', '1'), answeredBy: 'Restart' };
    case 'set_interval': {
      const seconds = Math.min(LONGEST_S, Math.max(SHORTEST_S, Math.round(command.seconds)));
      return { ...tell('TelePeriod', String(seconds)), answeredBy: 'TelePeriod' };
    }
    default:
      return undefined;
  }
}
