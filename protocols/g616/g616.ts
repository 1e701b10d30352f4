/**
 * Watches G601, G616 and G618 (zhzyou.com) by the vendor's own MQTT interface: one JSON of strings per report on
 * `atom/<model>/status/<IMEI>`, commands as texts on `atom/<model>/cmd/<IMEI>/<FLAG>`, which come back with the flag as content.
 */
import type { Signal } from '../../src/model/signals.ts';
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { utf8 } from '../bytes.ts';
import { decodedOf, idOf, newSink, readBody, textOf } from '../json-frame.ts';
import { measure } from '../measure.ts';
import { hardwareAddress, networkScan } from '../network.ts';
import { fromPair, placeFinding, toNumber } from '../place-fields.ts';
import { add, clean, isObject, type JsonObject, type Sink } from '../sink.ts';
import { momentFrom } from '../time.ts';
import { truthOf } from '../words.ts';

const MAX_BYTES = 16_384;
/** A report every few minutes by default; power saving stretches it. */
const EXPECTED_EVERY_MS = 30 * 60_000;
const TOPIC = /^(atom\/[\w-]{1,16})\/(status|cmd)(?:\/([\w.:-]{1,64}))?(?:\/(\w{1,32}))?$/;
const DEFAULT_PREFIX = 'atom/g616';
const MAX_MESSAGE = 49;
/** The vendor does not say which clock it is; the one nearer to ours counts, and China's where both are far. */
const ZONES = [8, 0];
const NEAR_MS = 12 * 3_600_000;

const MEASURES: readonly (readonly [string, Signal])[] = [
  ['heartRate', 'heart_rate'],
  ['bpSystolic', 'systolic'],
  ['bpDiastolic', 'diastolic'],
  ['bloodOxygen', 'spo2'],
  ['temperature', 'body_temperature'],
  ['stepCount', 'steps'],
  ['battery', 'battery'],
];

type Inbound = Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'receivedAt' | 'retained'>;

function timeOf(digits: string, receivedAt: number): number | undefined {
  const moments = ZONES.flatMap((zone) => momentFrom(digits, zone) ?? []);
  const [usual] = moments;
  const distance = (moment: number) => Math.abs(moment - receivedAt);
  const near = moments
    .filter((moment) => distance(moment) < NEAR_MS)
    .sort((a, b) => distance(a) - distance(b));
  return near[0] ?? usual;
}

function readPlace(sink: Sink, message: JsonObject): void {
  const pair = fromPair(textOf(message.location) ?? '');
  const speedKmh = toNumber(message.speed);
  const fix = { source: 'vendor' as const, ...(speedKmh === undefined ? {} : { speedKmh }) };
  const place = pair && placeFinding(pair, 'gcj02', fix);
  if (place) add(sink, place);
  const wifi = (typeof message.positionWifi === 'string' ? message.positionWifi : '')
    .slice(0, 4000)
    .split(';')
    .flatMap((entry) => {
      const [address = '', rssi] = entry.split(',');
      const mac = hardwareAddress(address);
      const loud = toNumber(rssi);
      return mac === undefined ? [] : [{ mac, ...(loud === undefined ? {} : { rssi: loud }) }];
    });
  const scan = networkScan([], wifi);
  if (scan) add(sink, { signal: 'network_scan', value: scan });
}

function readStatus(sink: Sink, message: JsonObject): void {
  if (truthOf(message.sos) === true) add(sink, { signal: 'sos', value: true });
  for (const [key, signal] of MEASURES) {
    const base = {
      origin: sink.origin,
      ...(sink.observedAt === undefined ? {} : { observedAt: sink.observedAt }),
    };
    const { readings, reasons } = measure(signal, textOf(message[key]), base);
    sink.readings.push(...readings);
    sink.reasons.push(...reasons);
  }
  readPlace(sink, message);
  const worn = truthOf(message.isWearing);
  if (worn !== undefined) add(sink, { signal: 'worn', value: worn });
  const online = truthOf(message.isOnline);
  if (online !== undefined) add(sink, { signal: 'online', value: online });
}

/** The flag alone comes back from the watch; anything else on the topic is what we sent. */
function decodeCommand(
  session: ProtocolSession,
  text: string,
  { nativeId, flag }: { nativeId: string | undefined; flag: string },
): Decoded {
  const answered = text.trim().toUpperCase() === flag.toUpperCase();
  return decodedOf(newSink(), {
    session,
    command: flag,
    nativeId,
    ...(answered ? { downlinkAnswer: { command: flag, ok: true } } : { reason: 'a command to a watch' }),
  });
}

function decode(
  session: ProtocolSession,
  { bytes, topic, claimedId, receivedAt, retained }: Inbound,
): Decoded {
  const [, , kind, last, flag] = TOPIC.exec(topic ?? '') ?? [];
  if (kind === 'cmd' && flag !== undefined)
    return decodeCommand(session, utf8(bytes.subarray(0, 256)), { nativeId: idOf(last), flag: clean(flag) });
  const { value, reason } = readBody(bytes, MAX_BYTES);
  const message = isObject(value) ? value : {};
  const digits = `${textOf(message.locationDate) ?? ''}${textOf(message.locationTime) ?? ''}`;
  const sink = newSink(timeOf(digits, receivedAt), retained ? 'retained' : 'live');
  readStatus(sink, message);
  sink.misunderstood = !isObject(value);
  const pressed = sink.readings.some(({ signal }) => signal === 'sos');
  const named = idOf(message.imei, message.IMEI) ?? idOf(last);
  return decodedOf(sink, {
    session,
    command: 'status',
    nativeId: named ?? claimedId,
    // A press stays in every report until the next position: reports of one moment are one press.
    ...(pressed && digits !== '' ? { sequence: `sos-${clean(digits, 16)}` } : {}),
    ...(reason === undefined ? {} : { reason }),
  });
}

function encode(
  command: DownlinkCommand,
  { nativeId, topicPrefix = DEFAULT_PREFIX }: { nativeId: string; topicPrefix?: string },
): EncodedDownlink | undefined {
  if (command.kind !== 'message') return undefined;
  const text = [...command.text].slice(0, MAX_MESSAGE).join('');
  return { bytes: Buffer.from(text), topic: `${topicPrefix}/cmd/${nativeId}/MESSAGE`, answeredBy: 'MESSAGE' };
}

function looksLike(bytes: Uint8Array): 0 | 2 {
  const text = utf8(bytes.subarray(0, 2048));
  return /^\s*\{/.test(text) &&
    /"(?:stepCount|positionWifi|locationDate|bpSystolic|isWearing)"\s*:/.test(text) &&
    /"imei"/.test(text)
    ? 2
    : 0;
}

export const g616: Protocol = {
  name: 'g616',
  alsoCalled: ['g601', 'g618'],
  title: { zh: 'G601/G616/G618 手表（厂商 MQTT）', en: 'G601/G616/G618 watches (vendor MQTT)' },
  gateway: {
    defaultPrefix: (nativeId) => `atom/${nativeId}`,
    guessPrefix: (topic) => TOPIC.exec(topic)?.[1],
    open: true,
  },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike,
  decode,
  encode,
};
