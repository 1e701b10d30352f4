/** Eview's binary language: pendants and watches EV-04, EV-05, EV-07B, EV-09 and their labels (source: vendor's protocol V1.2). */
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { latin1 } from '../bytes.ts';
import type { Sink } from '../sink.ts';
import {
  type Frame,
  formatFrame,
  type Item,
  isProven,
  isWellFormed,
  MAX_FRAME_BYTES,
  parseFrame,
  splitFrames,
  TYPES,
} from './frame.ts';
import { KEYS, type Known, momentsOf, readMoment } from './records.ts';

const ID = /^\w{6,20}$/;
const SERVICE = { address: 0x11, time: 0x12 } as const;
const SUCCESS = 0x00;
/** Number, and in the high half all permissions: calls, messages, and that it is used. */
const CONTACT = { key: 0x30, permissions: 0xf0, most: 10, longest: 20 } as const;

interface Ev07bSession extends Known {
  id?: string;
}

function readSession({ id, charging }: ProtocolSession): Ev07bSession {
  return { ...(typeof id === 'string' ? { id } : {}), charging: charging === true };
}

function idOf(items: readonly Item[]): string | undefined {
  const [first] = items.filter(({ key }) => key === KEYS.id);
  const id = first ? latin1(first.value).replace(/\0+$/, '') : '';
  return ID.test(id) ? id : undefined;
}

function seconds(receivedAt: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Math.floor(receivedAt / 1000));
  return bytes;
}

/** What a device that asks for a service gets: the clock, and no address, because none is looked up. */
function served({ type, sequence, items }: Frame, receivedAt: number): Uint8Array | undefined {
  const answers = items.flatMap(({ key }): Item[] => {
    if (key === SERVICE.time) return [{ key, value: seconds(receivedAt) }];
    return key === SERVICE.address ? [{ key, value: new Uint8Array() }] : [];
  });
  return answers.length > 0 ? formatFrame({ type, sequence }, answers) : undefined;
}

function repliesTo(frame: Frame, receivedAt: number): Uint8Array[] {
  const { type, sequence, wantsAnswer } = frame;
  if (type === TYPES.response) return [];
  const service = type === TYPES.services ? served(frame, receivedAt) : undefined;
  if (service) return [service];
  return wantsAnswer
    ? [formatFrame({ type: TYPES.response, sequence }, [{ key: SUCCESS, value: new Uint8Array() }])]
    : [];
}

function readData({ type, items }: Frame, known: Known): { sinks: Sink[]; known: Known } {
  const sinks: Sink[] = [];
  let now = known;
  for (const moment of type === TYPES.data ? momentsOf(items) : []) {
    const read = readMoment(moment, now);
    sinks.push(read.sink);
    now = read.known;
  }
  return { sinks, known: now };
}

function answerOf({ type, items }: Frame): NonNullable<Decoded['downlinkAnswer']> | undefined {
  const [result] = items.filter(({ key }) => key !== KEYS.id);
  return type === TYPES.response && result ? { command: '7f', ok: result.key === SUCCESS } : undefined;
}

function decodeFrame(frame: Frame, before: Ev07bSession, receivedAt: number): Decoded {
  const id = idOf(frame.items) ?? before.id;
  const { sinks, known } = readData(frame, id === before.id ? before : { charging: false });
  const readings = sinks.flatMap((sink) => sink.readings);
  const answer = answerOf(frame);
  const reasons = [
    ...(frame.checksum === 'wrong' ? ['the checksum is wrong'] : []),
    ...(frame.checksum === 'missing' ? ['the frame was cut'] : []),
    ...new Set(sinks.flatMap((sink) => sink.reasons)),
  ];
  const command = frame.type.toString(16).padStart(2, '0');
  return {
    session: { ...(id === undefined ? {} : { id }), ...known },
    ...(id === undefined ? {} : { nativeId: id }),
    command,
    ...(answer ? {} : { sequence: `${command}-${frame.sequence}` }),
    outcome: readings.length > 0 || answer ? 'ok' : 'empty',
    readings,
    replies: repliesTo(frame, receivedAt),
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
    ...(answer ? { downlinkAnswer: answer } : {}),
  };
}

function decode(
  session: ProtocolSession,
  { bytes, receivedAt }: Pick<Uplink, 'bytes' | 'receivedAt'>,
): Decoded {
  const frame = parseFrame(bytes);
  if (frame) return decodeFrame(frame, readSession(session), receivedAt);
  const reason = 'it ends before the message type';
  return { session, outcome: 'undecodable', readings: [], replies: [], command: '?', reason };
}

function looksLike(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  if (isProven(bytes)) return 3;
  return isWellFormed(bytes) ? 2 : 0;
}

/** Contacts are the one setting that can be told without knowing the others beside it. */
function encode(command: DownlinkCommand, { serial }: { serial: number }): EncodedDownlink | undefined {
  if (command.kind !== 'set_sos_numbers') return undefined;
  const contacts = command.numbers.slice(0, CONTACT.most).map(
    (number, at): Item => ({
      key: CONTACT.key,
      value: Uint8Array.of(
        CONTACT.permissions | at,
        ...Buffer.from(number.slice(0, CONTACT.longest), 'latin1'),
      ),
    }),
  );
  const bytes = formatFrame({ type: TYPES.config, sequence: serial, wantsAnswer: true }, contacts);
  return { bytes, answeredBy: '7f' };
}

/** The protocol `ev07b`; a pendant that rests says something every ten minutes or so. */
export const ev07b: Protocol = {
  name: 'ev07b',
  alsoCalled: ['minifinder2'],
  title: { zh: 'Eview 挂坠 EV-07B', en: 'Eview pendants (EV-07B)' },
  tcp: { env: 'EV07B_PORT', port: 5187 },
  expectedEveryMs: 45 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  split: splitFrames,
  looksLike,
  decode,
  encode,
};
