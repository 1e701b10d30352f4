import type { DownlinkCommand, EncodedDownlink, ProtocolSession } from '../../src/model/uplinks.ts';
import { pointOf } from './components.ts';
import { gen1Point } from './gen1.ts';
import { memoryOf, taughtOf } from './session.ts';
import { defaultPrefix, idOf, isGen1 } from './topics.ts';

interface Addressee {
  nativeId: string;
  session: ProtocolSession;
  serial: number;
  topicPrefix?: string;
}

/** The request, and the name under which its answer comes back: below the device's own prefix, where it may publish. */
export function request(prefix: string, id: number, [method, params]: [string, object?]): EncodedDownlink {
  const told = { id, src: `${prefix}/svc`, method, ...(params ? { params } : {}) };
  return { topic: `${prefix}/rpc`, bytes: Buffer.from(JSON.stringify(told)) };
}

/** Number 0 where no other is named. */
function numberOf(channel: string | undefined): number | undefined {
  if (channel === undefined) return 0;
  return /^\d{1,2}$/.test(channel) ? Number(channel) : undefined;
}

/**
 * `Switch.Set` over RPC, on Gen1 a word on `relay/<n>/command`. It counts when the device shows its new position; a refusal over RPC is
 * an answer.
 */
export function encode(command: DownlinkCommand, addressee: Addressee): EncodedDownlink | undefined {
  const { nativeId, session, serial, topicPrefix = defaultPrefix(nativeId) } = addressee;
  const id = taughtOf(memoryOf(session)).id ?? idOf(topicPrefix);
  const old = isGen1(id) || isGen1(nativeId);
  if (command.kind === 'restart' && !old)
    return { ...request(topicPrefix, serial, ['Shelly.Reboot']), answeredBy: 'rpc' };
  if (command.kind !== 'switch') return undefined;
  const { on, channel } = command;
  const number = numberOf(channel);
  if (number === undefined) return undefined;
  const sent = old
    ? { topic: `${topicPrefix}/relay/${number}/command`, bytes: Buffer.from(on ? 'on' : 'off') }
    : request(topicPrefix, serial, ['Switch.Set', { id: number, on }]);
  const value = on ? 'closed' : 'open';
  const point = old ? gen1Point(id, number) : pointOf(id, number);
  return { ...sent, confirmedBy: { signal: 'breaker_position', ...point, value } };
}
