/**
 * The IW/TRV family of health wristbands ("beehome", Thinkrace, Vivistar, C42F and many an own brand, "GPS Watch Protocol V1.0"):
 * text frames `IWAPxx…#` over one TCP connection. Who speaks is told at login alone.
 */
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { latin1 } from '../bytes.ts';
import { splitText } from '../text-frames.ts';
import { type CommandResult, isBareSerial, runCommand } from './commands.ts';
import { encodeDownlink } from './downlinks.ts';
import { answerTo, type Frame, frames, parseFrame } from './frame.ts';
import { decodeLocation, isLocation } from './location.ts';

const ZONE_HOURS = 8;
const ALARM = 'AP10';
/** Trackers begin their commands with other letters. */
const LOGIN = /^[ACY]P00$/;
const nothing = { readings: [], reasons: [] };

function idOf(session: ProtocolSession): string | undefined {
  return typeof session.id === 'string' ? session.id : undefined;
}

/** `AP00imei[,iccid,imsi]`; the answer sets the clock: the moment in UTC and the zone in which to show it. */
function login(frame: Frame, session: ProtocolSession, receivedAt: number): Decoded {
  const [, id] = /^,?(\d{10,20})(?:\D|$)/.exec(frame.payload) ?? [];
  const utc = new Date(receivedAt).toISOString().replace(/\D/g, '').slice(0, 14);
  return {
    session: id === undefined ? session : { prefix: frame.prefix, id },
    ...(id === undefined ? {} : { nativeId: id }),
    outcome: id === undefined ? 'undecodable' : 'empty',
    command: frame.command,
    readings: [],
    replies: [answerTo(frame, `,${utc},${ZONE_HOURS}`)],
    ...(id === undefined ? { reason: 'a login without an IMEI' } : {}),
  };
}

/** `AP01` and `AP10`, and whatever else carries a position. */
function run({ command, payload }: Frame, receivedAt: number): CommandResult | undefined {
  if (command === ALARM || command === 'AP01' || isLocation(payload)) {
    return { ...decodeLocation(payload, command === ALARM), reply: '' };
  }
  return runCommand(command, payload.replace(/^,/, '').split(','), receivedAt);
}

function replyOf(frame: Frame, { reply, replyAs }: CommandResult): Uint8Array[] {
  if (reply === undefined) return [];
  if (replyAs === undefined) return [answerTo(frame, reply)];
  return [Buffer.from(`${frame.prefix}${replyAs}${reply}#`, 'latin1')];
}

/** What nobody knows is answered all the same, as the device may wait for it, unless it is the answer to a command of ours. */
function unknown({ payload }: Frame): CommandResult {
  return isBareSerial(payload.replace(/^,/, '').split(',')) ? nothing : { ...nothing, reply: '' };
}

function decode(
  session: ProtocolSession,
  { bytes, receivedAt }: Pick<Uplink, 'bytes' | 'receivedAt'>,
): Decoded {
  const frame = parseFrame(bytes);
  if (!frame) {
    const reason = 'no header IWAP…, TRVAP…, TRVCP… or TRVYP…';
    return { session, outcome: 'undecodable', command: '?', readings: [], replies: [], reason };
  }
  if (LOGIN.test(frame.command)) return login(frame, session, receivedAt);
  const known = run(frame, receivedAt);
  const result = known ?? unknown(frame);
  const { readings, reasons, answer } = result;
  const told = readings.length > 0 || answer !== undefined;
  const why = [...(known ? [] : [`unknown command ${frame.command}`]), ...reasons];
  const id = idOf(session);
  return {
    session: id === undefined ? session : { prefix: frame.prefix, id },
    ...(id === undefined ? {} : { nativeId: id }),
    outcome: told ? 'ok' : known ? 'empty' : 'undecodable',
    command: frame.command,
    readings,
    replies: replyOf(frame, result),
    ...(why.length > 0 ? { reason: why.join('; ') } : {}),
    ...(answer ? { downlinkAnswer: answer } : {}),
  };
}

function encode(
  command: DownlinkCommand,
  device: { nativeId: string; session: ProtocolSession; serial: number },
): EncodedDownlink | undefined {
  const prefix = device.session.prefix === 'TRV' ? 'TRV' : 'IW';
  return encodeDownlink(command, {
    prefix,
    imei: idOf(device.session) ?? device.nativeId,
    serial: device.serial,
  });
}

/** The protocol `iw`; bands keep themselves alive every few minutes. */
export const iw: Protocol = {
  name: 'iw',
  alsoCalled: ['trv'],
  title: { zh: '健康手环 IW/TRV 协议', en: 'Health wristbands of the IW/TRV family' },
  tcp: { env: 'IW_PORT', port: 5010 },
  expectedEveryMs: 20 * 60_000,
  maxFrameBytes: frames.maxFrameBytes,
  split: (buffer) => splitText(frames, buffer),
  looksLike: (bytes) =>
    /^\s*(?:IW|TRV)(?:[ACY]P[0-9A-Z]{2}|null)/i.test(latin1(bytes.subarray(0, 32))) ? 2 : 0,
  decode,
  encode,
};
