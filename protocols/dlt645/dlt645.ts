/** DL/T 645-2007 and -1997, the language of Chinese electricity meters and many breakers, behind a terminal that carries its frames in MQTT. */
import type { Decoded, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { hex, isSet } from '../bytes.ts';
import { decodeMessage, dtuGateway, fromUs, isDown, terminalOf } from '../dtu.ts';
import { type Frame, looksLikeFrame, MAX_FRAME_BYTES, parseFrame, splitFrames } from './frame.ts';
import { errors, itemOf } from './items.ts';
import { poll } from './poll.ts';
import { answered, lacks, type Memory, meet, memoryOf, taughtOf } from './session.ts';
import { type Found, readValues } from './values.ts';

type Inbound = Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'topicPrefix' | 'receivedAt'>;

const NO_SUCH_DATA = 1;
const READ = { 17: 4, 18: 4, 1: 2, 2: 2 } as const;
const NEXT = [0x12, 0x02];
const READ_ADDRESS = 0x13;
const names: Readonly<Record<number, string>> = {
  8: 'set clock',
  17: 'read',
  18: 'read next',
  1: 'read',
  2: 'read next',
  19: 'read address',
  20: 'write',
  4: 'write',
  21: 'write address',
  22: 'freeze',
  28: 'control',
};
const MOST_STANDING = 500;

interface Heard {
  memory: Memory;
  found: Found[];
  reasons: string[];
  misunderstood?: true;
}

const silent = (memory: Memory, reason: string): Heard => ({ memory, found: [], reasons: [reason] });

const functionOf = ({ control }: Frame) => control & 0x1f;

/** A fault that stood already when its word was last read is no news. */
function news(memory: Memory, { key, found, faults }: { key: string; found: Found[]; faults: string[] }) {
  const before = memory.standing ?? [];
  const mine = (entry: string) => entry.startsWith(`${key}/`);
  const standing = [...before.filter((entry) => !mine(entry)), ...faults.map((fault) => `${key}/${fault}`)];
  const fresh = found.filter(
    ({ signal, channel = '', cause }) =>
      signal !== 'breaker_fault' || !before.includes(`${key}/${channel}/${cause}`),
  );
  return { fresh, memory: { ...memory, standing: standing.slice(0, MOST_STANDING) } };
}

function readAnswer(memory: Memory, frame: Frame, width: number): Heard {
  const identifier = hex(Uint8Array.from(frame.data.subarray(0, width)).reverse()).toUpperCase();
  const item = itemOf(identifier);
  if (!item) return silent(memory, `what ${identifier} stands for is not known`);
  if (NEXT.includes(functionOf(frame))) return silent(memory, `${identifier}: a later part of a block`);
  const { found, faults, reasons } = readValues(item, frame.data.subarray(width));
  const statusWord = identifier.startsWith('040005');
  if (!statusWord) return { memory, found, reasons };
  const told = news(memory, { key: `${frame.address}/${identifier}`, found, faults });
  return { memory: told.memory, found: told.fresh, reasons };
}

/** An abnormal answer names no identifier: it is the one that was asked for. */
function readError(memory: Memory, frame: Frame): Heard {
  const bits = frame.data[0] ?? 0;
  const told = errors.filter((_, bit) => isSet(bits, bit)).join(', ') || 'no reason given';
  const { asked } = memory;
  const refused = isSet(bits, NO_SUCH_DATA) && asked?.address === frame.address && asked.identifier !== '';
  const next = refused ? lacks(memory, frame.address, asked.identifier) : memory;
  return silent(next, `the meter refuses: ${told}${refused ? ` (${asked.identifier})` : ''}`);
}

function readFrame(memory: Memory, frame: Frame): Heard {
  const kind = functionOf(frame);
  const width = READ[kind as keyof typeof READ];
  if (!isSet(frame.control, 7)) {
    const about =
      width === undefined ? '' : ` ${hex(Uint8Array.from(frame.data.subarray(0, width)).reverse())}`;
    return silent(
      memory,
      `a question to the meter: ${names[kind] ?? `function ${kind}`}${about}`.toLowerCase(),
    );
  }
  const known = answered(meet(memory, frame.address));
  if (isSet(frame.control, 6))
    return readError({ ...known, ...(memory.asked ? { asked: memory.asked } : {}) }, frame);
  if (kind === READ_ADDRESS) return silent(known, `the address of the meter is ${frame.address}`);
  if (width === undefined) return silent(known, `an answer to ${names[kind] ?? `function ${kind}`}`);
  if (frame.data.length < width) return { ...silent(known, 'no identifier'), misunderstood: true };
  return readAnswer(known, frame, width);
}

/** The points of a second meter on one bus have its address before them. */
function placed(found: Found, prefix: string): Found {
  if (prefix === '') return found;
  return { ...found, channel: found.channel === undefined ? prefix : `${prefix}-${found.channel}` };
}

function isMain(memory: Memory, { address }: Frame, nativeId: string): boolean {
  const { meters } = taughtOf(memory);
  return address === nativeId || (!meters.includes(nativeId) && (meters[0] ?? address) === address);
}

function decodeFrame(session: ProtocolSession, uplink: Inbound): Decoded {
  const frame = parseFrame(uplink.bytes);
  if (!frame) {
    const reason = 'no frame of DL/T 645: 68, six bytes of address, 68';
    return { session, outcome: 'undecodable', readings: [], replies: [], command: '?', reason };
  }
  const { memory, found, reasons, misunderstood } = readFrame(memoryOf(session), frame);
  const nativeId = terminalOf(uplink) ?? frame.address;
  const prefix = isMain(memory, frame, nativeId) ? '' : frame.address;
  const all = [...frame.faults, ...reasons];
  const { asked: _asked, ...quiet } = memory;
  return {
    session: isSet(frame.control, 7) ? quiet : memory,
    outcome: found.length > 0 ? 'ok' : misunderstood ? 'undecodable' : 'empty',
    ...(/^\d{12}$/.test(nativeId) || uplink.topic !== undefined || uplink.claimedId !== undefined
      ? { nativeId }
      : {}),
    readings: found.map((one) => ({ ...placed(one, prefix), origin: 'live' as const })),
    replies: [],
    command: names[functionOf(frame)] ?? `function ${functionOf(frame)}`,
    ...(all.length > 0 ? { reason: all.join('; ').slice(0, 500) } : {}),
  };
}

/** A terminal announces itself with a text, or keeps its line alive with whatever it was set to. */
function isNoise(bytes: Uint8Array): boolean {
  return bytes.length <= 64 && !bytes.includes(0x68);
}

function decode(session: ProtocolSession, uplink: Inbound): Decoded {
  if (uplink.topic === undefined) return decodeFrame(session, uplink);
  if (isDown(uplink)) return fromUs(session);
  const nativeId = terminalOf(uplink);
  if (isNoise(uplink.bytes) && session.remnant === undefined) {
    const id = nativeId === undefined ? {} : { nativeId };
    const reason = 'registration or keep-alive of the terminal';
    return { session, outcome: 'empty', ...id, readings: [], replies: [], command: 'terminal', reason };
  }
  return decodeMessage(session, uplink, {
    split: splitFrames,
    decode: (known, bytes) => decodeFrame(known, { ...uplink, bytes }),
  });
}

/** The protocol `dlt645`: meters speak only when they are asked. Trips by 1CH need the keys of the grid company and are not sent. */
export const dlt645: Protocol = {
  name: 'dlt645',
  title: { zh: 'DL/T 645 电能表', en: 'Electricity meters by DL/T 645' },
  gateway: dtuGateway('dlt645'),
  expectedEveryMs: 5 * 60_000,
  maxFrameBytes: 2 * MAX_FRAME_BYTES,
  looksLike: looksLikeFrame,
  decode,
  poll,
};
