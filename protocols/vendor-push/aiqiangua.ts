/** The cloud of Aiqiangua watches: a form per kind of message, each to its own address (`…/api/push/aiqiangua/sos` and so on). */
import type { Protocol } from '../../src/model/uplinks.ts';
import { utf8 } from '../bytes.ts';
import { readFields } from '../generic-map.ts';
import { placeFinding, toNumber } from '../place-fields.ts';
import { add, type JsonObject, type Sink } from '../sink.ts';
import { decodePush, MAX_PUSH_BYTES, PUSH_EXPECTED_EVERY_MS } from './vendor-push.ts';

type Kind =
  | 'sos'
  | 'position'
  | 'heartrate'
  | 'step'
  | 'sleep'
  | 'bloodpressure'
  | 'fall'
  | 'battery'
  | 'wear'
  | 'other';

/** By the last part of the address, as whoever set it up named it. */
const PATHS: readonly (readonly [Kind, RegExp])[] = [
  ['sos', /sos|alarm|emergency/],
  ['fall', /fall/],
  ['heartrate', /heart|hr\b/],
  ['bloodpressure', /blood|bp\b|pressure/],
  ['step', /step|pedo|walk/],
  ['sleep', /sleep/],
  ['battery', /power|battery/],
  ['wear', /wear/],
  ['position', /position|location|gps|locat/],
];

const has = (message: JsonObject, name: RegExp) => Object.keys(message).some((key) => name.test(key));

/** Where the address says nothing, the fields do: a heart rate with limits is one, with a place it came with a call for help. */
function kindOf(message: JsonObject, path: string): Kind {
  const named = PATHS.find(([, pattern]) => pattern.test(path))?.[0];
  if (named) return named;
  if (has(message, /^sos|_sos$/i)) return 'sos';
  if (has(message, /^thr?eshold_/i)) return 'heartrate';
  if (has(message, /^is_(?:track|reply)$/i)) return 'position';
  const placed = has(message, /^(?:lon|lat|address|city)$/i);
  if (has(message, /^heartrate$/i)) return placed ? 'sos' : 'heartrate';
  if (placed) return 'position';
  if (has(message, /sleep|deep|shallow/i)) return 'sleep';
  return has(message, /^value$/i) ? 'step' : 'other';
}

function readPlace(sink: Sink, message: JsonObject): void {
  const [latitude, longitude] = [toNumber(message.lat), toNumber(message.lon ?? message.lng)];
  if (latitude === undefined || longitude === undefined) return;
  const source = String(message.type) === '1' ? 'cell' : 'gps';
  const place = placeFinding({ latitude, longitude }, 'wgs84', { source });
  if (place) add(sink, place);
}

const VALUE_OF: Partial<Record<Kind, string>> = {
  heartrate: 'heartrate',
  step: 'steps',
  battery: 'battery',
  wear: 'worn',
};

function read(sink: Sink, message: JsonObject, path: string) {
  const kind = kindOf(message, path);
  if (kind === 'sos' || kind === 'fall') add(sink, { signal: kind, value: true });
  const value = VALUE_OF[kind];
  const rest = Object.entries(message).filter(
    ([name]) => !/^(?:lat|lon|lng|type|thr?eshold_.*|time_begin|time_end|imei|sos.*)$/i.test(name),
  );
  const fields = Object.fromEntries(
    rest.map(([name, given]) => [name === 'value' && value !== undefined ? value : name, given]),
  );
  if (kind !== 'sleep') readFields(sink, fields, { purpose: 'person' });
  readPlace(sink, message);
  const known = kind !== 'other' || sink.readings.length > 0;
  return known ? { command: kind } : undefined;
}

export const aiqiangua: Protocol = {
  name: 'aiqiangua',
  title: { zh: '爱牵挂手表云推送', en: 'Aiqiangua watch cloud push' },
  http: { source: 'aiqiangua', contentType: 'application/json' },
  expectedEveryMs: PUSH_EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_PUSH_BYTES,
  looksLike(bytes) {
    const text = utf8(bytes.subarray(0, 2048));
    return /(?:^|[&"])time_begin(?:=|")/.test(text) && /(?:^|[&"])imei(?:=|")/.test(text) ? 2 : 0;
  },
  decode: (session, uplink) =>
    decodePush(
      { idNames: ['imei', 'IMEI'], timeNames: ['time_begin', 'time'], replies: [], read },
      session,
      uplink,
    ),
};
