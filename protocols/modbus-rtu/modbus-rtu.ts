/**
 * Modbus RTU behind a terminal (DTU) that carries the frames of its serial line in MQTT. Which registers there are and what they mean says the
 * operator's map for the model; an answer alone does not.
 */
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { decodeMessage, dtuGateway, fromUs, isDown, terminalOf } from '../dtu.ts';
import { heard } from '../polling.ts';
import {
  type Frame,
  isReadRequest,
  looksLikeFrame,
  MAX_MESSAGE_BYTES,
  parseFrame,
  splitFrames,
  writeManyRequest,
  writeRequest,
} from './frame.ts';
import { type Group, groupsOf, mapFrom, poll } from './poll.ts';
import type { RegisterMap } from './register-map.ts';
import { type Asked, learn, type Memory, memoryOf } from './session.ts';
import { type Found, readBlock, type Values } from './values.ts';

type Inbound = Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'topicPrefix' | 'receivedAt' | 'payload'>;

const ROOT = 'modbus';
const MOST_STANDING = 1000;
const WRITE = 'write';
const WRITES = new Set([5, 6, 15, 16]);
const exceptions: Readonly<Record<number, string>> = {
  1: 'illegal function',
  2: 'illegal data address',
  3: 'illegal data value',
  4: 'device failure',
  5: 'acknowledged, not done yet',
  6: 'device busy',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  11: 'no answer behind the gateway',
};

type Heard = Pick<Decoded, 'downlinkAnswer'> & {
  memory: Memory;
  found: Found[];
  reasons: string[];
  misunderstood?: true;
};

const silent = (memory: Memory, reason: string): Heard => ({ memory, found: [], reasons: [reason] });

function answered({ asked: _asked, ...rest }: Memory): Memory {
  return heard(rest);
}

/** Whether an answer may be the one to this question. */
function fits({ slave, fc, count }: Group, frame: Frame): boolean {
  const bytes = frame.fc <= 2 ? Math.ceil(count / 8) : 2 * count;
  return slave === frame.slave && fc === frame.fc && bytes === frame.data[0];
}

/** What an answer was asked for: by us, or by a terminal that asks by itself and whose only such question it is. */
function questionOf(asked: Asked | undefined, frame: Frame, map: RegisterMap): Group | undefined {
  if (asked && fits(asked, frame)) return asked;
  const may = groupsOf(map).filter((group) => fits(group, frame));
  return may.length === 1 ? may[0] : undefined;
}

/** A bit that was set when its register was last read is no news. */
function news(memory: Memory, values: Values, { slave, fc, addr, count }: Group): Heard {
  const before = memory.standing ?? [];
  const within = (key: string) => {
    const [ofSlave, ofFc, at = ''] = key.split('/');
    return (
      ofSlave === String(slave) && ofFc === String(fc) && Number(at) >= addr && Number(at) < addr + count
    );
  };
  const now = values.events.map(({ key }) => key);
  const standing = [...before.filter((key) => !within(key)), ...now].slice(0, MOST_STANDING);
  const fresh = values.events.filter(({ key }) => !before.includes(key)).map(({ event }) => event);
  return { memory: { ...memory, standing }, found: [...values.found, ...fresh], reasons: values.reasons };
}

function readAnswer(memory: Memory, frame: Frame, map: RegisterMap | undefined): Heard {
  const rest = answered(memory);
  if (!map)
    return silent(rest, 'there is no register map for this device: put one into the folder of codecs');
  const question = questionOf(memory.asked, frame, map);
  if (!question) {
    const reason = `${frame.data[0]} bytes of slave ${frame.slave}: which registers these are is not known`;
    return { ...silent(memory, reason), misunderstood: true };
  }
  const { slave, fc, addr, count } = question;
  const values = readBlock(map.registers, { slave, fc, addr, count, bytes: frame.data.subarray(1) });
  return news(rest, values, question);
}

function readFrame(memory: Memory, frame: Frame, uplink: Inbound): Heard {
  const map = mapFrom(uplink.payload?.map);
  const known = map ? learn(memory, map) : memory;
  const { slave, fc, exception } = frame;
  if (exception !== undefined) {
    const why = exceptions[exception] ?? `exception ${exception}`;
    const refused = silent(answered(known), `slave ${slave}, function ${fc}: ${why}`);
    return WRITES.has(fc) ? { ...refused, downlinkAnswer: { command: WRITE, ok: false } } : refused;
  }
  if (WRITES.has(fc)) {
    const echo = frame.data.length === 4;
    const wrote = silent(known, echo ? 'written' : 'a request to write');
    return echo ? { ...wrote, downlinkAnswer: { command: WRITE, ok: true } } : wrote;
  }
  if (!isReadRequest(frame)) return readAnswer(known, frame, map);
  const [a = 0, b = 0, c = 0, d = 0] = frame.data;
  const asked = { slave, fc, addr: (a << 8) | b, count: (c << 8) | d, at: uplink.receivedAt };
  return silent({ ...known, asked }, 'a request to read');
}

/** A terminal announces itself with a text or a number, and keeps its line alive with whatever it was set to. */
function isNoise(bytes: Uint8Array): boolean {
  if (bytes.length > 64) return false;
  const [first] = bytes;
  return (
    bytes.length <= 3 ||
    bytes.every((byte) => (byte >= 32 && byte < 127) || byte === 13 || byte === 10) ||
    bytes.every((byte) => byte === first)
  );
}

function notAFrame(session: ProtocolSession, bytes: Uint8Array): Omit<Decoded, 'nativeId'> {
  const noise = isNoise(bytes);
  return {
    session,
    outcome: noise ? 'empty' : 'undecodable',
    readings: [],
    replies: [],
    command: noise ? 'terminal' : '?',
    reason: noise ? 'registration or keep-alive of the terminal' : 'no frame of Modbus RTU with a right CRC',
  };
}

function decodeFrame(session: ProtocolSession, uplink: Inbound): Decoded {
  const nativeId = terminalOf(uplink);
  const identity = nativeId === undefined ? {} : { nativeId };
  const frame = parseFrame(uplink.bytes);
  if (!frame) return { ...notAFrame(session, uplink.bytes), ...identity };
  const { memory, found, reasons, misunderstood, downlinkAnswer } = readFrame(
    memoryOf(session),
    frame,
    uplink,
  );
  const told = found.length > 0 || downlinkAnswer !== undefined;
  return {
    session: memory,
    outcome: told ? 'ok' : misunderstood ? 'undecodable' : 'empty',
    ...identity,
    readings: found.map((one) => ({ ...one, origin: 'live' })),
    replies: [],
    command: WRITES.has(frame.fc) ? WRITE : `function ${frame.fc}`,
    ...(reasons.length > 0 ? { reason: reasons.join('; ').slice(0, 500) } : {}),
    ...(downlinkAnswer ? { downlinkAnswer } : {}),
  };
}

function decode(session: ProtocolSession, uplink: Inbound): Decoded {
  if (isDown(uplink)) return fromUs(session);
  const message = { ...uplink, bytes: uplink.bytes.subarray(0, 2 * MAX_MESSAGE_BYTES) };
  return decodeMessage(session, message, {
    split: splitFrames,
    decode: (known, bytes) => decodeFrame(known, { ...uplink, bytes }),
  });
}

/** Closes or opens the switch of the channel; without one that which has none, or the only one. */
function encode(
  command: DownlinkCommand,
  { session, topicPrefix }: { session: ProtocolSession; topicPrefix?: string },
): EncodedDownlink | undefined {
  if (command.kind !== 'switch' || topicPrefix === undefined) return undefined;
  const switches = memoryOf(session).taught?.switches ?? [];
  const exact = switches.find(({ channel }) => channel === command.channel);
  const to = exact ?? (command.channel === undefined && switches.length === 1 ? switches[0] : undefined);
  if (!to) return undefined;
  const { slave, fc, addr, signal, channel, shown } = to;
  const value = command.on ? to.on : to.off;
  const closed = signal === 'breaker_position' ? command.on : !command.on;
  const proof = { signal, ...(channel === undefined ? {} : { channel }), value: closed ? 'closed' : 'open' };
  return {
    bytes: fc === 16 ? writeManyRequest({ slave, addr, value }) : writeRequest({ slave, fc, addr, value }),
    topic: `${topicPrefix}/down`,
    ...(shown ? { confirmedBy: proof } : { answeredBy: WRITE }),
  };
}

/** The protocol `modbus_rtu`. */
export const modbusRtu: Protocol = {
  name: 'modbus_rtu',
  title: { zh: 'Modbus RTU 透传终端', en: 'Modbus RTU through a terminal' },
  gateway: dtuGateway(ROOT),
  expectedEveryMs: 5 * 60_000,
  maxFrameBytes: MAX_MESSAGE_BYTES,
  looksLike: looksLikeFrame,
  payloadOf: (uplink) => {
    const nativeId = isDown(uplink) ? undefined : terminalOf(uplink);
    return nativeId === undefined ? undefined : { nativeId, models: [] };
  },
  decode,
  poll,
  encode,
};
