/**
 * Topin (ZhongXun) locators, bands and pendants: binary frames over TCP that look like those of the GT06 family and have no checksum. A login
 * tells the IMEI. Source: the vendor's locator communication protocol.
 */
import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import { isPlausible } from '../../src/model/signals.ts';
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { isSet, packedImei } from '../bytes.ts';
import { networkScan } from '../network.ts';
import { type Frame, formatFrame, MAX_FRAME_BYTES, parseFrame, splitFrames } from './frame.ts';
import { type Place, readBeat, readGps, readNetworks } from './places.ts';

/** What a frame said, before it is told who said it. */
interface Said {
  readings: DecodedReading[];
  replies?: Uint8Array[];
  answer?: NonNullable<Decoded['downlinkAnswer']>;
  id?: string;
  reason?: string;
}

const live = { origin: 'live' } as const;

/** UTC: year of two bytes, month, day, hour, minute, second. */
function timeFrame(receivedAt: number): Uint8Array {
  const now = new Date(receivedAt);
  const year = now.getUTCFullYear();
  return formatFrame(0x30, [
    year >> 8,
    year & 0xff,
    now.getUTCMonth() + 1,
    now.getUTCDate(),
    now.getUTCHours(),
    now.getUTCMinutes(),
    now.getUTCSeconds(),
  ]);
}

/** The login is accepted, and the clock set: a device without it stamps what it stores with 1970. */
function login({ content }: Frame, receivedAt: number): Said {
  const id = packedImei(content.subarray(0, 8));
  if (id === undefined) return { readings: [], reason: 'no IMEI in the login' };
  return { readings: [], id, replies: [formatFrame(0x01, [], 1), timeFrame(receivedAt)] };
}

/** Positions are answered with their own time, behind the head that the device sent. */
function placeReply({ head, type, content }: Frame): Uint8Array[] {
  return content.length >= 6 ? [formatFrame(type, [...content.subarray(0, 6)], head)] : [];
}

const VIBRATION_BIT = 0;
const LOW_BATTERY_BIT = 4;

function placeSaid(frame: Frame, place: Place, origin: Origin): Said {
  const { observedAt, location, alarms = 0 } = place;
  const scan = place.scan && networkScan(place.scan.cells, place.scan.wifi);
  const base = { ...(observedAt === undefined ? {} : { observedAt }), origin };
  const readings: DecodedReading[] = [];
  if (isSet(alarms, VIBRATION_BIT)) readings.push({ signal: 'vibration', value: true, ...base });
  if (isSet(alarms, LOW_BATTERY_BIT)) readings.push({ signal: 'battery_low', value: true, ...base });
  if (location) readings.push({ signal: 'location', value: location, ...base });
  if (scan) readings.push({ signal: 'network_scan', value: scan, ...base });
  return { readings, replies: placeReply(frame), ...(place.whole ? {} : { reason: 'the record was cut' }) };
}

const STATUS = { battery: 0, interval: 3, charging: 8, heartRate: 9 } as const;

/** Battery, firmware, zone, interval of the status in minutes, signal, three bytes of temperature, charging, heart rate. */
function status({ content }: Frame): Said {
  const readings: DecodedReading[] = [];
  const battery = content[STATUS.battery] ?? 0;
  const charging = content[STATUS.charging];
  const heartRate = content[STATUS.heartRate] ?? 0;
  if (battery > 0 && battery <= 100) readings.push({ signal: 'battery', value: battery, ...live });
  if (charging === 0 || charging === 1) readings.push({ signal: 'charging', value: charging === 1, ...live });
  if (isPlausible('heart_rate', heartRate))
    readings.push({ signal: 'heart_rate', value: heartRate, ...live });
  const interval = content[STATUS.interval];
  return { readings, replies: [formatFrame(0x13, interval === undefined ? [] : [interval])] };
}

function beat(frame: Frame): Said {
  if (frame.content.length < 14) return { readings: [], replies: [formatFrame(0x08, [])] };
  return { ...placeSaid(frame, readBeat(frame.content), 'live'), replies: [formatFrame(0x08, [])] };
}

const event =
  (reading?: Pick<DecodedReading, 'signal' | 'value'>) =>
  ({ type }: Frame): Said => ({
    readings: reading ? [{ ...reading, ...live }] : [],
    replies: [formatFrame(type, [])],
  });

/** Settings that the device repeats are answers to ours. */
const answering = ({ type }: Frame): Said => ({
  readings: [],
  answer: { command: commandOf(type), ok: true },
});

/** The device asks for settings, or tells that it now hibernates: we keep none that we could give it. */
const heard = (): Said => ({ readings: [] });

type Handler = (frame: Frame, receivedAt: number) => Said;

const handlers: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [0x01, login],
  [0x05, heard],
  [0x08, beat],
  [0x10, (frame) => placeSaid(frame, readGps(frame.content), 'live')],
  [0x11, (frame) => placeSaid(frame, readGps(frame.content), 'history')],
  [0x13, status],
  [0x14, heard],
  [0x15, heard],
  [0x16, heard],
  [0x17, (frame) => placeSaid(frame, readNetworks(frame.content, frame.head), 'history')],
  [0x30, (_frame, receivedAt) => ({ readings: [], replies: [timeFrame(receivedAt)] })],
  [0x57, heard],
  [0x69, (frame) => placeSaid(frame, readNetworks(frame.content, frame.head), 'live')],
  [0x81, event()],
  [0x82, event({ signal: 'charging', value: true })],
  [0x83, event({ signal: 'charging', value: false })],
  [0x94, event({ signal: 'vibration', value: true })],
  [0x99, event({ signal: 'sos', value: true })],
  ...[
    0x33, 0x34, 0x40, 0x41, 0x42, 0x43, 0x44, 0x46, 0x47, 0x48, 0x49, 0x50, 0x56, 0x58, 0x66, 0x67, 0x80,
    0x97, 0x98,
  ].map((type): [number, Handler] => [type, answering]),
]);

function commandOf(type: number): string {
  return type.toString(16).padStart(2, '0');
}

function outcomeOf(said: Said | undefined): Decoded['outcome'] {
  if (!said || (said.id === undefined && said.reason?.startsWith('no IMEI'))) return 'undecodable';
  return said.readings.length > 0 || said.answer ? 'ok' : 'empty';
}

function decode(
  session: ProtocolSession,
  { bytes, receivedAt }: Pick<Uplink, 'bytes' | 'receivedAt'>,
): Decoded {
  const frame = parseFrame(bytes);
  if (!frame) {
    return {
      session,
      outcome: 'undecodable',
      readings: [],
      replies: [],
      command: '?',
      reason: 'no frame 7878',
    };
  }
  const said = handlers.get(frame.type)?.(frame, receivedAt);
  const id = said?.id ?? (typeof session.id === 'string' ? session.id : undefined);
  const reason = said ? said.reason : `unknown type ${commandOf(frame.type)}`;
  return {
    session: id === undefined ? session : { id },
    outcome: outcomeOf(said),
    ...(id === undefined ? {} : { nativeId: id }),
    readings: said?.readings ?? [],
    replies: said?.replies ?? [],
    command: commandOf(frame.type),
    ...(reason === undefined ? {} : { reason }),
    ...(said?.answer ? { downlinkAnswer: said.answer } : {}),
  };
}

/** Type and content of a command; what the vendor's documents name for the server's side. */
function wordsOf(command: DownlinkCommand): [type: number, content: number[]] | undefined {
  switch (command.kind) {
    case 'locate_now':
      return [0x80, []];
    case 'set_sos_numbers':
      return /^[+\d]{3,20}$/.test(command.numbers[0] ?? '')
        ? [0x41, [...Buffer.from(command.numbers[0] ?? '')]]
        : undefined;
    case 'set_interval': {
      const seconds = Math.min(Math.max(Math.round(command.seconds), 10), 0xffff);
      return [0x98, [seconds >> 8, seconds & 0xff]];
    }
    case 'ring':
      return [0x49, [1]];
    case 'power_off':
      return [0x48, [1]];
    case 'restart':
      return [0x48, [2]];
    default:
      return undefined;
  }
}

function encode(command: DownlinkCommand): EncodedDownlink | undefined {
  const words = wordsOf(command);
  return words && { bytes: formatFrame(...words), answeredBy: commandOf(words[0]) };
}

/** Frames of a type whose own counts come out even; the family has no checksum. */
function looksLike(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  const frame = parseFrame(bytes);
  if (!frame || !handlers.has(frame.type)) return 0;
  const marked = bytes[0] === 0x78 && bytes[1] === 0x78;
  if (marked) return isEven(frame) ? 2 : 1;
  return isEven(frame) ? 1 : 0;
}

/** Where the head of a login or a position is the length of all that follows, the frame is of the GT06 family. */
function isEven({ head, type, content }: Frame): boolean {
  const { length } = content;
  if (type === 0x01) return length === 8 || length === 9;
  if (type === 0x17 || type === 0x69) return readNetworks(content, head).whole;
  if (type === 0x10 || type === 0x11) return length >= 18 && length <= 24 && head !== length + 1;
  return head === length + 1;
}

/** The protocol `topin`; heartbeats come every few minutes, at rest up to every 25. */
export const topin: Protocol = {
  name: 'topin',
  title: { zh: 'Topin 众讯定位器、手环', en: 'Topin (ZhongXun) locators and bands' },
  tcp: { env: 'TOPIN_PORT', port: 5199 },
  expectedEveryMs: 75 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  split: splitFrames,
  looksLike,
  decode,
  encode,
};
