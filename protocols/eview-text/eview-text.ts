/** Eview's older text language: `!D,date,time,…;` of EV-07S, EV-07W and their labels (source: vendor's GPRS protocol V1.26). */
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import type { Cut } from '../byte-frames.ts';
import { latin1 } from '../bytes.ts';
import { newSink } from '../put.ts';
import type { Sink } from '../sink.ts';
import { splitText } from '../text-frames.ts';
import { readRecord } from './record.ts';

const MAX_FRAME_BYTES = 512;
const FRAME = /^\s*!?([0-9A-D]),([^;!]*);?\s*$/;
const IMEI = /^\d{15}$/;
const RECORDS = new Set(['A', 'B', 'C', 'D']);
const FACTORY_PASSWORD = '123456';
const CONTACTS = ['A1', 'B1', 'C1'] as const;

interface Meaning {
  id?: string;
  sink?: Sink;
  seen?: number;
  answer?: NonNullable<Decoded['downlinkAnswer']>;
  reason?: string;
}

/** `!1` says who speaks, `!3` answers a setting, `!4` lists settings, `!5` keeps the connection alive. */
function interpret(kind: string, fields: readonly string[], before: number): Meaning {
  const [first = ''] = fields;
  if (RECORDS.has(kind)) return readRecord(kind, fields, before);
  if (kind === '1') return IMEI.test(first.trim()) ? { id: first.trim() } : { reason: 'no IMEI' };
  if (kind === '3') return { answer: { command: '3', ok: /^ok/i.test(first.trim()) } };
  return kind === '4' || kind === '5' ? {} : { reason: `message ${kind} is not known` };
}

function decode(session: ProtocolSession, { bytes }: Pick<Uplink, 'bytes'>): Decoded {
  const [, kind, content] = FRAME.exec(latin1(bytes.subarray(0, MAX_FRAME_BYTES))) ?? [];
  if (kind === undefined || content === undefined) {
    const reason = 'no message `!kind,…;`';
    return { session, outcome: 'undecodable', readings: [], replies: [], command: '?', reason };
  }
  const before = typeof session.seen === 'number' ? session.seen : 0;
  const meaning = interpret(kind, content.split(','), before);
  const { id = session.id, sink = newSink(), seen = before, answer, reason } = meaning;
  const reasons = [...(reason ? [reason] : []), ...sink.reasons];
  return {
    session: { ...(typeof id === 'string' ? { id } : {}), seen },
    ...(typeof id === 'string' ? { nativeId: id } : {}),
    command: kind,
    outcome: sink.readings.length > 0 || answer ? 'ok' : 'empty',
    readings: sink.readings,
    replies: [],
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
    ...(answer ? { downlinkAnswer: answer } : {}),
  };
}

function split(buffer: Uint8Array): Cut {
  return splitText(
    { begins: /![0-9A-D],/g, begun: /!(?:[0-9A-D])?$/, ends: /;/g, maxFrameBytes: MAX_FRAME_BYTES },
    buffer,
  );
}

function looksLike(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  const head = latin1(bytes.subarray(0, 64));
  if (/^\s*!1,\d{15}\b|^\s*![A-D],\d{1,2}\/\d{1,2}\/\d{2},\d{1,2}:\d{1,2}:\d{1,2},/.test(head)) return 2;
  return /^\s*![345],/.test(head) ? 1 : 0;
}

/** Settings as the same texts that work by SMS, with the password that devices come with. */
function contentOf(command: DownlinkCommand): string[] {
  switch (command.kind) {
    case 'set_sos_numbers':
      return CONTACTS.flatMap((contact, at) => {
        const number = command.numbers[at]?.replace(/[^\d+]/g, '');
        return number ? [`${contact},${number}`] : [];
      });
    case 'fall_detection':
      return [command.on ? 'F1' : 'F0'];
    default:
      return [];
  }
}

function encode(command: DownlinkCommand): EncodedDownlink | undefined {
  const contents = contentOf(command);
  if (contents.length === 0) return undefined;
  const text = contents.map((content) => `${FACTORY_PASSWORD}${content}`).join(';');
  return { bytes: Buffer.from(text, 'latin1'), answeredBy: '3' };
}

/** The protocol `eview_text`. */
export const eviewText: Protocol = {
  name: 'eview_text',
  alsoCalled: ['minifinder'],
  title: { zh: 'Eview 挂坠 文本协议', en: 'Eview pendants (text)' },
  tcp: { env: 'EVIEW_TEXT_PORT', port: 5062 },
  expectedEveryMs: 45 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  split,
  looksLike,
  decode,
  encode,
};
