/**
 * The Things Stack v3, a LoRaWAN network server: its MQTT server and its webhooks, which bring the same JSON.
 * https://www.thethingsindustries.com/docs/integrations/other-integrations/mqtt/
 */
import type { Decoded, Payload, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { switchDownlink } from '../lorawan/commands.ts';
import { deviceIn, memoryOf } from '../lorawan/memory.ts';
import { messageIn, outcomeOf } from '../lorawan/message.ts';
import { clean, isObject, type JsonObject } from '../sink.ts';
import { correlationOf, deviceOf, payloadBytes, readers } from './messages.ts';

const MAX_BYTES = 256 * 1024;
const EXPECTED_EVERY_MS = 26 * 3_600_000;
const TOPIC = /^((?:.*\/)?v3\/([^/]+))\/devices\/([^/]+)\/((?:up|join|down|service|location)(?:\/[a-z]+)?)$/;
/** The names of commands in the log, by the part of the message. */
const COMMANDS: Readonly<Record<string, string>> = {
  uplink_message: 'up',
  uplink_normalized: 'up',
  join_accept: 'join',
};

type Inbound = Parameters<Protocol['decode']>[1];

function placeOf(topic: string | undefined): { base?: string; app?: string; id?: string; path?: string } {
  const [, base, app, id, path] = TOPIC.exec(topic ?? '') ?? [];
  if (base === undefined || app === undefined || id === undefined || path === undefined) return {};
  return { base, app: clean(app), id: clean(id), path };
}

const partOf = (message: JsonObject) => Object.keys(readers).find((name) => isObject(message[name]));

function payloadOf({
  bytes,
  topic,
  receivedAt,
}: Pick<Uplink, 'bytes' | 'topic' | 'receivedAt'>): Payload | undefined {
  const message = messageIn(bytes, MAX_BYTES);
  if (typeof message === 'string' || !isObject(message.uplink_message)) return undefined;
  const device = deviceOf(message, placeOf(topic));
  if (!device) return undefined;
  const { bytes: codecBytes, fPort, object } = payloadBytes(message.uplink_message);
  const decoded = object !== undefined && object !== null;
  return {
    nativeId: device.eui,
    models: device.models,
    ...(codecBytes && !decoded ? { codec: { bytes: codecBytes, fPort, receivedAt } } : {}),
  };
}

function simulated(message: JsonObject): boolean {
  const up = message.uplink_message;
  return message.simulated === true || (isObject(up) && up.simulated === true);
}

function decode(session: ProtocolSession, uplink: Inbound): Decoded {
  const memory = memoryOf(session);
  const place = placeOf(uplink.topic);
  const message = messageIn(uplink.bytes, MAX_BYTES);
  const told = place.path === 'down/push' || place.path === 'down/replace';
  if (told) return outcomeOf(memory, 'command', { reasons: ['a command to a device'] });
  const path = place.path?.split('/')[0] ?? 'unknown';
  if (typeof message === 'string')
    return outcomeOf(memory, path, { reasons: [message], misunderstood: message !== 'the message is empty' });
  const name = partOf(message);
  const device = deviceOf(message, place);
  const reader = name === undefined ? undefined : readers[name];
  if (!device || name === undefined || !reader) {
    const reasons = [device ? 'a message of another kind' : 'it names no device'];
    return outcomeOf(memory, path, {
      ...(device ? { nativeId: device.eui } : {}),
      reasons,
      misunderstood: true,
    });
  }
  const part = isObject(message[name]) ? message[name] : {};
  const origin = simulated(message) ? 'simulated' : uplink.retained ? 'retained' : 'live';
  const { receivedAt, payload } = uplink;
  const said = reader({ memory, message, part, device, receivedAt, origin, payload });
  return outcomeOf(said.memory, COMMANDS[name] ?? name, { ...said, nativeId: device.eui });
}

/** The protocol `tts`. Its server has QoS 0 only: what is sent while nobody listens is lost, its webhooks repeat. */
export const tts: Protocol = {
  name: 'tts',
  title: { zh: 'The Things Stack（LoRaWAN）', en: 'The Things Stack (LoRaWAN)' },
  gateway: {
    defaultPrefix: (nativeId) => `v3/${nativeId}`,
    guessPrefix: (topic) => placeOf(topic).base,
    open: true,
  },
  http: { source: 'tts', contentType: 'application/json' },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike: (bytes) => {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4096)).toString(
      'latin1',
    );
    return /^\s*\{/.test(head) && /"end_device_ids"\s*:/.test(head) ? 2 : 0;
  },
  aliases: (nativeId) => [nativeId.toLowerCase()],
  payloadOf,
  decode,
  encode: (command, { nativeId, session, serial, topicPrefix }) => {
    if (command.kind !== 'switch') return undefined;
    const known = deviceIn(session, nativeId);
    const downlink = switchDownlink(known?.model, command.on);
    const base = topicPrefix ?? (known?.app ? `v3/${known.app}` : undefined);
    if (!downlink || !known?.id || base === undefined) return undefined;
    const item = {
      f_port: downlink.fPort,
      frm_payload: Buffer.from(downlink.bytes).toString('base64'),
      priority: 'NORMAL',
      confirmed: true,
      correlation_ids: [correlationOf(serial)],
    };
    return {
      bytes: Buffer.from(JSON.stringify({ downlinks: [item] })),
      topic: `${base}/devices/${known.id}/down/push`,
      confirmedBy: downlink.confirmedBy,
    };
  },
};
