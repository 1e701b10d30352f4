import type { DownlinkCommand, EncodedDownlink, ProtocolSession } from '../../src/model/uplinks.ts';
import type { Mapping } from './mapping.ts';
import { memoryOf, type TaughtDevice, taughtOf } from './session.ts';

const RING_S = 30;

type Told = Pick<EncodedDownlink, 'confirmedBy'> & { property: string; value: unknown };

/** The property that moves this contact or valve; without a channel one that has none, or the only one there is. */
function contactOf(map: TaughtDevice['map'], channel: string | undefined): [string, Mapping] | undefined {
  const contacts = Object.entries(map).filter(
    ([, { signal, settable }]) => settable && (signal === 'breaker_position' || signal === 'valve_position'),
  );
  const exact = contacts.find(([, mapping]) => mapping.channel === channel);
  return exact ?? (channel === undefined && contacts.length === 1 ? contacts[0] : undefined);
}

function switchTo(
  map: TaughtDevice['map'],
  { on, channel }: { on: boolean; channel?: string },
): Told | undefined {
  const [property, mapping] = contactOf(map, channel) ?? [];
  if (property === undefined || mapping === undefined) return undefined;
  const breaker = mapping.signal === 'breaker_position';
  const closed = breaker ? on : !on;
  return {
    property,
    value: on ? (mapping.on ?? 'ON') : (mapping.off ?? 'OFF'),
    confirmedBy: {
      signal: breaker ? 'breaker_position' : 'valve_position',
      ...(mapping.channel === undefined ? {} : { channel: mapping.channel }),
      value: closed ? 'closed' : 'open',
    },
  };
}

function ring(map: TaughtDevice['map']): Told | undefined {
  const [property, mapping] = Object.entries(map).find(([, { as }]) => as === 'ring') ?? [];
  if (property === undefined) return undefined;
  const siren = { mode: 'emergency', level: 'high', strobe: true, duration: RING_S };
  return { property, value: mapping?.on ?? (property === 'warning' ? siren : 'ON') };
}

/** Of a device that nobody described only its `state` is known, and not whether it is that of a breaker or a valve. */
function switchBlindly({ on, channel }: { on: boolean; channel?: string }): Told | undefined {
  if (channel !== undefined) return undefined;
  return {
    property: 'state',
    value: on ? 'ON' : 'OFF',
    confirmedBy: [
      { signal: 'breaker_position', value: on ? 'closed' : 'open' },
      { signal: 'valve_position', value: on ? 'open' : 'closed' },
    ],
  };
}

function tell(command: DownlinkCommand, map: TaughtDevice['map'] | undefined): Told | undefined {
  if (command.kind === 'switch') return map ? switchTo(map, command) : switchBlindly(command);
  return command.kind === 'ring' && map ? ring(map) : undefined;
}

/**
 * `<base>/<friendly name>/set` with the one property; Zigbee2MQTT takes the address in place of the name. A switch counts when
 * the device shows its new position.
 */
export function encode(
  command: DownlinkCommand,
  { nativeId, session, topicPrefix }: { nativeId: string; session: ProtocolSession; topicPrefix?: string },
): EncodedDownlink | undefined {
  const taught = taughtOf(memoryOf(session));
  const base = topicPrefix ?? taught.base;
  const entries = Object.entries(taught.devices);
  const [name = nativeId, device] =
    entries.find(([known, { ieee }]) => ieee === nativeId || known === nativeId) ?? [];
  const told = base === '' ? undefined : tell(command, device?.known ? device.map : undefined);
  if (!told) return undefined;
  const { property, value, confirmedBy } = told;
  return {
    bytes: Buffer.from(JSON.stringify({ [property]: value })),
    topic: `${base}/${name}/set`,
    ...(confirmedBy ? { confirmedBy } : {}),
  };
}
