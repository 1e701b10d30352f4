/**
 * GB/T 26875.3-2011 "Remote-monitoring system of urban fire protection, part 3": fire panels through a user information transmission
 * device, over TCP or as the transparent payload of a terminal on MQTT.
 */
import type { Decoded, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { hex } from '../bytes.ts';
import { decodeMessage, dtuGateway, fromUs, isDown, terminalOf, toDown } from '../dtu.ts';
import type { Sink } from '../sink.ts';
import {
  commands,
  confirmationOf,
  type Frame,
  looksLikeFrame,
  MAX_FRAME_BYTES,
  parseFrame,
  splitFrames,
} from './frame.ts';
import { readData } from './objects.ts';

const MAX_REASON = 500;
const ROOT = 'gb26875';

type Inbound = Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'topicPrefix'>;

const NOBODY = '000000000000';

/** Whoever the transport names, else the source address as it is sent, else whoever spoke before on this connection. */
function speakerOf(frame: Frame, session: ProtocolSession, uplink: Inbound): string | undefined {
  const source = hex(frame.source);
  const known = typeof session.id === 'string' ? session.id : undefined;
  return terminalOf(uplink) ?? (source === NOBODY ? known : source);
}

/** A command that we do not know of is the sender's own; what it carries may be read all the same. */
function carriesData({ command }: Frame): boolean {
  return commands[command] === 'send' || commands[command] === 'response' || commands[command] === undefined;
}

function readFrame(frame: Frame): Sink {
  const sink: Sink = {
    readings: [],
    reasons: [...frame.faults],
    misunderstood: frame.faults.length > 0 && frame.data.length === 0,
    observedAt: undefined,
    origin: 'live',
  };
  if (carriesData(frame)) readData(sink, frame.data, frame.time);
  return sink;
}

function nameOf({ command, data }: Frame): string {
  const name = commands[command] || `command ${command}`;
  return data.length > 1 ? `${name} ${data[0]}` : name;
}

function answer(frame: Frame, uplink: Inbound): Pick<Decoded, 'replies' | 'publish'> {
  if (commands[frame.command] !== 'send') return { replies: [] };
  const bytes = confirmationOf(frame);
  return uplink.topic === undefined ? { replies: [bytes] } : { replies: [], publish: toDown(uplink, bytes) };
}

function decodePacket(session: ProtocolSession, uplink: Inbound): Decoded {
  const frame = parseFrame(uplink.bytes.subarray(0, 2 * MAX_FRAME_BYTES));
  if (!frame) {
    const reason = 'no packet of GB/T 26875.3: its header has 27 bytes from 40 40';
    return { session, outcome: 'undecodable', readings: [], replies: [], command: '?', reason };
  }
  const nativeId = speakerOf(frame, session, uplink);
  const { readings, reasons, misunderstood } = readFrame(frame);
  const reason = reasons.join('; ').slice(0, MAX_REASON).toWellFormed();
  return {
    session: nativeId === undefined || nativeId === session.id ? session : { ...session, id: nativeId },
    outcome: readings.length > 0 ? 'ok' : misunderstood ? 'undecodable' : 'empty',
    ...(nativeId === undefined ? {} : { nativeId }),
    readings,
    command: nameOf(frame),
    ...(reason === '' ? {} : { reason }),
    ...answer(frame, uplink),
  };
}

function decode(session: ProtocolSession, uplink: Inbound & Pick<Uplink, 'receivedAt'>): Decoded {
  if (uplink.topic === undefined) return decodePacket(session, uplink);
  if (isDown(uplink)) return fromUs(session);
  return decodeMessage(session, uplink, {
    split: splitFrames,
    decode: (known, bytes) => decodePacket(known, { ...uplink, bytes }),
  });
}

/** People read the address from left to right or, as it is sent, with its low byte first. */
function aliases(nativeId: string): string[] {
  const plain = nativeId.toLowerCase();
  if (!/^[0-9a-f]{12}$/.test(plain)) return [nativeId];
  const turned = plain.match(/../g)?.reverse().join('') ?? plain;
  return [...new Set([nativeId, plain, turned])];
}

/** The protocol `gb26875`. Transmitters are heard every few minutes; what they send is repeated until it is confirmed. */
export const gb26875: Protocol = {
  name: 'gb26875',
  title: { zh: 'GB/T 26875.3 消防用户信息传输装置', en: 'Fire panels by GB/T 26875.3' },
  tcp: { env: 'GB26875_PORT', port: 5300 },
  gateway: dtuGateway(ROOT),
  expectedEveryMs: 15 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  split: splitFrames,
  looksLike: looksLikeFrame,
  aliases,
  decode,
};
