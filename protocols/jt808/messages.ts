/** What the messages of a terminal mean and how they are answered. Numbers of messages as in JT/T 808-2013 and -2019. */
import type { Decoded, PayloadReading } from '../../src/model/uplinks.ts';
import { ByteReader, hex, latin1, salvage } from '../bytes.ts';
import { printable } from '../measure.ts';
import { newSink } from '../put.ts';
import type { Sink } from '../sink.ts';
import { SOS_BIT } from './alarms.ts';
import { type Batch, readBatch, readPrivateBatch } from './batch.ts';
import type { Frame } from './frame.ts';
import { readFields } from './items.ts';
import { reportItems, transparentItems } from './own-items.ts';
import { readReport } from './position-report.ts';
import type { Jt808Session } from './session.ts';

export interface Reply {
  id: number;
  body: Uint8Array;
}

export interface Meaning {
  sinks: Sink[];
  replies: Reply[];
  session: Jt808Session;
  answer?: NonNullable<Decoded['downlinkAnswer']>;
  reason?: string;
}

export interface MessageContext {
  session: Jt808Session;
  receivedAt: number;
  payload: PayloadReading | undefined;
}

type Handler = (frame: Frame, context: MessageContext) => Meaning;

const OK = 0;

function u16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

export function commandName(id: number): string {
  return id.toString(16).padStart(4, '0');
}

/** 8001, the general answer. */
export function generalAnswer({ id, serial }: Frame): Reply {
  return { id: 0x8001, body: Uint8Array.of(...u16(serial), ...u16(id), OK) };
}

/** 8203: the platform has the emergency, so that the terminal may take its bit back. */
function confirmation({ serial }: Frame): Reply {
  return { id: 0x8203, body: Uint8Array.of(...u16(serial), 0, 0, 0, 1 << SOS_BIT) };
}

const acknowledged: Handler = (frame, { session }) => ({
  sinks: [],
  replies: [generalAnswer(frame)],
  session,
});
/** Answers to questions of the platform: nobody waits for an answer to them. */
const unanswered: Handler = (_, { session }) => ({ sinks: [], replies: [], session });

function readReports({ reports, isLate }: Batch, { session, payload }: MessageContext) {
  const table = reportItems(payload?.map);
  let seen = session.seen;
  let alarms = 0;
  const sinks = reports.map((body) => {
    const origin = isLate ? 'history' : 'live';
    const report = readReport(body, { table, model: session.model, seen, origin });
    seen = [...new Set([...seen, ...report.raised])];
    alarms |= report.alarms;
    return report.sink;
  });
  return { sinks, seen, alarms };
}

const position: Handler = (frame, context) => {
  const { sinks, seen, alarms } = readReports({ reports: [frame.body], isLate: false }, context);
  const isEmergency = ((alarms >>> SOS_BIT) & 1) === 1;
  return {
    sinks,
    replies: [generalAnswer(frame), ...(isEmergency ? [confirmation(frame)] : [])],
    session: { ...context.session, seen },
  };
};

/** 0201: the answer to "locate now" is the serial of the question and a report. */
const located: Handler = (frame, context) => {
  const { sinks, seen } = readReports({ reports: [frame.body.subarray(2)], isLate: false }, context);
  return {
    sinks,
    replies: [],
    session: { ...context.session, seen },
    answer: { command: '8201', ok: true },
  };
};

function batchOf(read: (frame: Frame, session: Jt808Session) => Batch): Handler {
  return (frame, context) => {
    const batch = read(frame, context.session);
    const { begun: _, ...session } = context.session;
    const { sinks, seen } = readReports(batch, context);
    return {
      sinks,
      replies: [generalAnswer(frame)],
      session: { ...session, seen, ...(batch.begun ? { begun: batch.begun } : {}) },
      ...(batch.reason ? { reason: batch.reason } : {}),
    };
  };
}

/** 0001: serial and number of the message that it answers, and the result. */
const answered: Handler = ({ body }, { session }) => {
  const reader = new ByteReader(body);
  let command = 0;
  let result = OK;
  salvage(() => {
    reader.skip(2);
    command = reader.u16();
    result = reader.u8();
  });
  const answer = { command: commandName(command), ok: result === OK };
  return { sinks: [], replies: [], session, ...(body.length >= 4 ? { answer } : {}) };
};

function text(bytes: Uint8Array): string {
  return printable(latin1(bytes).replace(/[\0 ]+$/g, ''), 30).trim();
}

/** The model of a registration: its field grew with each edition. */
function registeredModel({ body, version }: Frame): string {
  if (version !== undefined) return text(body.subarray(15, 45));
  return text(body.length >= 37 ? body.subarray(9, 29) : body.subarray(9, 17));
}

/** 0100: any terminal may register; the code with which it will log in is its own number. */
const registration: Handler = (frame, { session }) => {
  const model = registeredModel(frame);
  return {
    sinks: [],
    replies: [
      { id: 0x8100, body: Uint8Array.of(...u16(frame.serial), OK, ...Buffer.from(frame.phone, 'latin1')) },
    ],
    session: model === '' ? session : { ...session, model },
  };
};

/** 0107: what the terminal is; some send it without being asked, and wait. */
const attributes: Handler = (frame, { session }) => {
  const model = text(frame.version === undefined ? frame.body.subarray(7, 27) : frame.body.subarray(7, 37));
  return {
    ...acknowledged(frame, { session, receivedAt: 0, payload: undefined }),
    session: model === '' ? session : { ...session, model },
  };
};

/** 0109: the clock in UTC, the year in two bytes and the rest in one each. */
const privateClock: Handler = (_, { session, receivedAt }) => {
  const now = new Date(receivedAt);
  const body = Uint8Array.of(
    ...u16(now.getUTCFullYear()),
    now.getUTCMonth() + 1,
    now.getUTCDate(),
    now.getUTCHours(),
    now.getUTCMinutes(),
    now.getUTCSeconds(),
  );
  return { sinks: [], replies: [{ id: 0x8109, body }], session };
};

/** 0004 of the edition of 2019: the clock in UTC as packed decimals. */
const clock: Handler = (_, { session, receivedAt }) => {
  const digits = new Date(receivedAt).toISOString().replace(/\D/g, '').slice(2, 14);
  return { sinks: [], replies: [{ id: 0x8004, body: Buffer.from(digits, 'hex') }], session };
};

/** 0900: data of a type that the vendor defines. Without the operator's word for it nothing is said. */
const transparent: Handler = (frame, context) => {
  const [type = 0] = frame.body;
  const sink = newSink();
  const [item] = transparentItems(context.payload?.map)[type] ?? [];
  if (item?.fields) {
    const { seen } = context.session;
    readFields(sink, frame.body.subarray(1), { fields: item.fields, seen });
  } else
    sink.reasons.push(`transparent data of type ${hex(Uint8Array.of(type))}, which only its vendor knows`);
  return { ...acknowledged(frame, context), sinks: [sink] };
};

/** 0801: a picture or recording, answered with its number when it is whole. */
const media: Handler = (frame, context) =>
  frame.part || frame.body.length < 4
    ? acknowledged(frame, context)
    : { sinks: [], replies: [{ id: 0x8800, body: frame.body.slice(0, 4) }], session: context.session };

export const messages: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [0x0001, answered],
  [0x0002, acknowledged],
  [0x0003, acknowledged],
  [0x0004, clock],
  [0x0100, registration],
  [0x0102, acknowledged],
  [0x0104, unanswered],
  [0x0107, attributes],
  [0x0109, privateClock],
  [0x0200, position],
  [0x0201, located],
  [0x0210, batchOf(({ body }) => readPrivateBatch(body))],
  [0x0302, unanswered],
  [0x0500, unanswered],
  [0x0700, unanswered],
  [0x0704, batchOf(({ body, part }, { begun }) => readBatch(body, part, begun))],
  [0x0801, media],
  [0x0802, unanswered],
  [0x0805, unanswered],
  [0x0900, transparent],
  [0x0a00, unanswered],
]);
