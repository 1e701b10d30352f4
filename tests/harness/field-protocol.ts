import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import type { Decoded, GatewayChild, Protocol } from '../../src/model/uplinks.ts';

/** What a message of the made-up language says: of the device that speaks, and of others. */
export interface FieldMessage {
  of?: string;
  says?: Record<string, number | boolean | string>;
  origin?: Origin;
  sequence?: string;
  others?: Record<string, Record<string, number | boolean | string>>;
  introduces?: GatewayChild[];
  publish?: string;
  listenTo?: string[];
  /** The payload of a model with a codec: what the codec returns are its readings. */
  payload?: { model: string; bytes: string };
}

/** A language of gateways made up for tests: JSON below `field/<gateway>/…`, and on `shared/<gateway>`. */
export function fieldProtocol(more: Partial<Protocol> = {}): Protocol {
  return {
    name: 'field',
    title: { zh: '现场', en: 'Field' },
    gateway: {
      defaultPrefix: (nativeId) => `field/${nativeId}`,
      guessPrefix: (topic) => /^(field\/[^/]+)\//.exec(topic)?.[1],
      covers: (prefix, topic) =>
        topic.startsWith(`${prefix}/`) || topic === `shared/${prefix.slice(prefix.indexOf('/') + 1)}`,
    },
    expectedEveryMs: 60_000,
    maxFrameBytes: 10_000,
    payloadOf({ bytes }) {
      const { of: nativeId, payload } = JSON.parse(Buffer.from(bytes).toString()) as FieldMessage;
      if (nativeId === undefined || !payload) return undefined;
      const codec = { bytes: Buffer.from(payload.bytes), fPort: 1, receivedAt: 0 };
      return { nativeId, models: [payload.model], codec };
    },
    decode(session, uplink): Decoded {
      const message = JSON.parse(Buffer.from(uplink.bytes).toString()) as FieldMessage;
      const {
        of: nativeId,
        sequence,
        introduces,
        listenTo,
        origin = uplink.retained ? 'retained' : 'live',
      } = message;
      const given = (uplink.payload?.data ?? {}) as FieldMessage['says'];
      const readings = readingsOf({ ...message.says, ...given }, origin);
      const others = Object.entries(message.others ?? {}).map(([id, says]) => ({
        nativeId: id,
        readings: readingsOf(says, origin),
      }));
      return {
        session: introduces ? { ...session, heard: introduces.length } : session,
        outcome: readings.length > 0 ? 'ok' : 'empty',
        ...(nativeId === undefined ? {} : { nativeId }),
        ...(sequence === undefined ? {} : { sequence }),
        ...(introduces ? { introduces } : {}),
        ...(listenTo ? { listenTo } : {}),
        ...(others.length > 0 ? { others } : {}),
        ...(message.publish === undefined
          ? {}
          : { publish: [{ topic: message.publish, bytes: Buffer.from('confirmed') }] }),
        readings,
        replies: [],
        command: 'field',
      };
    },
    ...more,
  };
}

const readingsOf = (says: FieldMessage['says'] = {}, origin: Origin): DecodedReading[] =>
  Object.entries(says).map(([signal, value]) => ({ signal, value, origin }) as DecodedReading);
