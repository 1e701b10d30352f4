/**
 * ChirpStack v4, a LoRaWAN network server: its MQTT integration in JSON, and its HTTP integration.
 * https://www.chirpstack.io/docs/chirpstack/integrations/
 */
import type { Decoded, Payload, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { switchDownlink } from '../lorawan/commands.ts';
import { deviceIn, memoryOf } from '../lorawan/memory.ts';
import { messageIn, outcomeOf } from '../lorawan/message.ts';
import { clean, type JsonObject } from '../sink.ts';
import { deviceOf, eventOf, payloadBytes, queueId, readers } from './events.ts';
import { guessPrefix, placeOf } from './topics.ts';

const MAX_BYTES = 256 * 1024;
/** Meters and leak ropes report once a day at the least; most every few hours. */
const EXPECTED_EVERY_MS = 26 * 3_600_000;

type Inbound = Parameters<Protocol['decode']>[1];

interface Spoken {
  event: string;
  told: boolean;
  eui?: string;
  app?: string;
}

/** The event from the topic, or from `?event=` of the HTTP integration, or from the message itself. */
function spokenIn(topic: string | undefined, message: JsonObject | string): Spoken {
  const place = topic === undefined ? undefined : placeOf(topic);
  if (place) return place;
  const [, asked] = /[?&]event=([a-z]+)/.exec(topic ?? '') ?? [];
  return { event: asked ?? (typeof message === 'string' ? 'unknown' : eventOf(message)), told: false };
}

function payloadOf({
  bytes,
  topic,
  receivedAt,
}: Pick<Uplink, 'bytes' | 'topic' | 'receivedAt'>): Payload | undefined {
  const message = messageIn(bytes, MAX_BYTES);
  if (typeof message === 'string') return undefined;
  const spoken = spokenIn(topic, message);
  const device = spoken.event === 'up' && !spoken.told ? deviceOf(message, spoken) : undefined;
  if (!device) return undefined;
  const { bytes: codecBytes, fPort, encrypted, object } = payloadBytes(message);
  const decoded = object !== undefined && object !== null;
  return {
    nativeId: device.eui,
    models: device.models,
    ...(codecBytes && !encrypted && !decoded ? { codec: { bytes: codecBytes, fPort, receivedAt } } : {}),
  };
}

function decode(session: ProtocolSession, uplink: Inbound): Decoded {
  const memory = memoryOf(session);
  const { topic, receivedAt, payload } = uplink;
  const message = messageIn(uplink.bytes, MAX_BYTES);
  const spoken = spokenIn(topic, message);
  const command = /^[a-z]{2,16}$/.test(spoken.event) ? spoken.event : 'unknown';
  const nativeId =
    spoken.eui ??
    (topic === undefined || topic.startsWith('/') || topic.startsWith('?') ? uplink.claimedId : undefined);
  if (spoken.told)
    return outcomeOf(memory, 'command', {
      ...(nativeId ? { nativeId } : {}),
      reasons: ['a command to a device'],
    });
  if (typeof message === 'string')
    return outcomeOf(memory, command, {
      ...(nativeId ? { nativeId } : {}),
      reasons: [message],
      misunderstood: message !== 'the message is empty',
    });
  const device = deviceOf(message, spoken);
  const reader = Object.hasOwn(readers, command) ? readers[command] : undefined;
  if (!device || !reader) {
    const reason = device ? `an event of another kind: ${clean(command, 16)}` : 'it names no device';
    return outcomeOf(memory, command, {
      ...(device ? { nativeId: device.eui } : {}),
      reasons: [reason],
      misunderstood: true,
    });
  }
  const origin = uplink.retained ? 'retained' : 'live';
  const said = reader({ memory, message, device, receivedAt, origin, payload });
  return outcomeOf(said.memory, command, { ...said, nativeId: device.eui });
}

/** The protocol `chirpstack`. Its server logs in with the id of an application; `topic_prefix` `application` stands for all of them. */
export const chirpstack: Protocol = {
  name: 'chirpstack',
  title: { zh: 'ChirpStack（LoRaWAN）', en: 'ChirpStack (LoRaWAN)' },
  gateway: { defaultPrefix: (nativeId) => `application/${nativeId}`, guessPrefix, open: true },
  http: { source: 'chirpstack', contentType: 'application/json' },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike: (bytes) => {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4096)).toString(
      'latin1',
    );
    if (!/^\s*\{/.test(head)) return 0;
    return /"deviceInfo"\s*:|"deviceProfileId"\s*:|"regionConfigId"\s*:/.test(head) ? 2 : 0;
  },
  aliases: (nativeId) => [nativeId.toLowerCase()],
  payloadOf,
  decode,
  encode: (command, { nativeId, session, serial, topicPrefix }) => {
    if (command.kind !== 'switch') return undefined;
    const known = deviceIn(session, nativeId);
    const downlink = switchDownlink(known?.model, command.on);
    const base =
      topicPrefix !== undefined && /(?:^|\/)application\/[^/]+$/.test(topicPrefix) ? topicPrefix : undefined;
    const app = base ?? (known?.app ? `${topicPrefix ?? 'application'}/${known.app}` : undefined);
    if (!downlink || app === undefined) return undefined;
    const { fPort, bytes, confirmedBy } = downlink;
    const data = Buffer.from(bytes).toString('base64');
    return {
      bytes: Buffer.from(
        JSON.stringify({ id: queueId(serial), devEui: nativeId, confirmed: true, fPort, data }),
      ),
      topic: `${app}/device/${nativeId}/command/down`,
      confirmedBy,
    };
  },
};
