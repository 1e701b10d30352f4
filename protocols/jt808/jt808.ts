/**
 * JT/T 808, the language of Chinese positioning terminals, which badges and some wristbands speak too (editions of 2011, 2013 and 2019).
 * What bands add to it in private items stands in `item-table.ts`, and what only an operator knows in their own file.
 */
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Payload,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { commandOf } from './commands.ts';
import {
  type Frame,
  formatFrame,
  isProven,
  MAX_FRAME_BYTES,
  parseFrame,
  splitFrames,
  type Terminal,
} from './frame.ts';
import { commandName, generalAnswer, type Meaning, type MessageContext, messages } from './messages.ts';
import { type Jt808Session, readSession, writeSession } from './session.ts';

/** The number without the zeros that fill it up. */
function nativeIdOf(phone: string): string {
  return phone.replace(/^0+(?=.)/, '');
}

function terminalOf({ phone, version, mark }: Frame): Terminal {
  return { phone, ...(version === undefined ? {} : { version }), mark };
}

/** A frame whose body cannot be read as what its number says: answered all the same, or it would come again for ever. */
function notUnderstood(frame: Frame, session: Jt808Session): Meaning | undefined {
  const { id, encrypted, part } = frame;
  const answer = (reason: string): Meaning => ({
    sinks: [],
    replies: [generalAnswer(frame)],
    session,
    reason,
  });
  if (encrypted) return answer('the body is encrypted');
  if (!messages.has(id)) return answer(`message ${commandName(id)} is not known`);
  if (part && part.index > 1 && id !== 0x0704)
    return answer(`part ${part.index} of message ${commandName(id)}`);
  return undefined;
}

function interpret(frame: Frame, context: MessageContext): Meaning {
  return (
    notUnderstood(frame, context.session) ??
    messages.get(frame.id)?.(frame, context) ?? { sinks: [], replies: [], session: context.session }
  );
}

function decodeFrame(frame: Frame, context: MessageContext): Decoded {
  const terminal = terminalOf(frame);
  const before = context.session;
  const session = before.terminal?.phone === terminal.phone ? before : { seen: [], sent: 0 };
  const meaning = interpret(frame, { ...context, session });
  const readings = meaning.sinks.flatMap((sink) => sink.readings);
  const sent = meaning.session.sent;
  const reasons = [
    ...(frame.checksum === 'wrong' ? ['the checksum is wrong'] : []),
    ...(frame.checksum === 'missing' ? ['the frame was cut'] : []),
    ...(meaning.reason ? [meaning.reason] : []),
    ...new Set(meaning.sinks.flatMap((sink) => sink.reasons)),
  ];
  const isEncrypted = frame.encrypted && readings.length === 0;
  return {
    session: writeSession({ ...meaning.session, terminal, sent: (sent + meaning.replies.length) & 0xffff }),
    nativeId: nativeIdOf(frame.phone),
    command: commandName(frame.id),
    sequence: `${commandName(frame.id)}-${frame.serial}${frame.part ? `-${frame.part.index}` : ''}`,
    outcome: readings.length > 0 || meaning.answer ? 'ok' : isEncrypted ? 'undecodable' : 'empty',
    readings,
    replies: meaning.replies.map(({ id, body }, at) =>
      formatFrame(terminal, { id, serial: (sent + at) & 0xffff }, body),
    ),
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
    ...(meaning.answer ? { downlinkAnswer: meaning.answer } : {}),
  };
}

function decode(
  session: ProtocolSession,
  { bytes, receivedAt, payload }: Pick<Uplink, 'bytes' | 'receivedAt' | 'payload'>,
): Decoded {
  const frame = parseFrame(bytes);
  if (frame) return decodeFrame(frame, { session: readSession(session), receivedAt, payload });
  return {
    session,
    outcome: 'undecodable',
    readings: [],
    replies: [],
    command: '?',
    reason: 'it ends before the header does',
  };
}

/** Messages in which private items or data may stand. */
const WITH_ITEMS: ReadonlySet<number> = new Set([0x0200, 0x0201, 0x0210, 0x0704, 0x0900]);

function payloadOf(uplink: Pick<Uplink, 'bytes'>, session: ProtocolSession): Payload | undefined {
  const frame = parseFrame(uplink.bytes);
  if (!frame || !WITH_ITEMS.has(frame.id)) return undefined;
  const { model } = readSession(session);
  return { nativeId: nativeIdOf(frame.phone), models: model === undefined ? [] : [model] };
}

/** By checksum and length, or by the header of a message that terminals send. */
function looksLike(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  if (isProven(bytes)) return 3;
  const isMarked = bytes[0] === 0x7e || bytes[0] === 0xe7;
  const frame = isMarked ? parseFrame(bytes) : undefined;
  return frame && messages.has(frame.id) ? 2 : 0;
}

function encode(
  command: DownlinkCommand,
  device: { nativeId: string; session: ProtocolSession; serial: number },
): EncodedDownlink | undefined {
  const { terminal = { phone: device.nativeId.padStart(12, '0'), mark: 0x7e as const } } = readSession(
    device.session,
  );
  const said = commandOf(command, terminal.version !== undefined);
  if (!said || !/^(?:[0-9a-f]{2})+$/i.test(terminal.phone)) return undefined;
  return {
    bytes: formatFrame(terminal, { id: said.id, serial: device.serial & 0xffff }, said.body),
    answeredBy: commandName(said.id),
  };
}

/** Terminals are known by a phone number or a number of their own; some people copy the zeros in front of it, some do not. */
function aliases(nativeId: string): string[] {
  if (!/^[0-9a-f]{1,20}$/i.test(nativeId)) return [nativeId];
  const bare = nativeIdOf(nativeId.toLowerCase());
  return [...new Set([nativeId, bare, bare.padStart(12, '0'), bare.padStart(20, '0')])];
}

/** The protocol `jt808`; a terminal says something every few minutes. */
export const jt808: Protocol = {
  name: 'jt808',
  alsoCalled: ['huabao'],
  title: { zh: '部标终端 JT/T 808', en: 'JT/T 808 terminals' },
  tcp: { env: 'JT808_PORT', port: 5015 },
  expectedEveryMs: 20 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  split: splitFrames,
  looksLike,
  payloadOf,
  aliases,
  decode,
  encode,
};
