/**
 * CTWing (AEP), the cloud of China Telecom, as it pushes what NB-IoT devices say: `dataReport`, `eventReport`,
 * `deviceOnlineOfflineReport`, `commandResponse`. A push that is not answered with 200 in time is repeated three times; after a hundred
 * failures a minute of messages is lost.
 */
import type { Decoded, DecodedPart, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { alarmsOf } from '../alarm-words.ts';
import { utf8 } from '../bytes.ts';
import { readModel, readRaw } from '../cloud-payload.ts';
import { addFindings } from '../generic-map.ts';
import { asObject, decodedOf, idOf, newSink, readBody, reasonOf, textOf } from '../json-frame.ts';
import { add, clean, isObject, type JsonObject, type Sink } from '../sink.ts';
import { looseTime } from '../time.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_BATCH = 200;
/** NB-IoT buttons report once a day. */
const EXPECTED_EVERY_MS = 3 * 86_400_000;
const KINDS = [
  'dataReport',
  'eventReport',
  'deviceOnlineOfflineReport',
  'commandResponse',
  'dataReportTupUnion',
];
/** Events that the operator's model numbers, beyond what their content says. */
const LOW_BATTERY_EVENT = 1002;
const SEVERITY = { warning: 2, fault: 3 } as const;

interface Report {
  sink: Sink;
  command: string;
  nativeId: string | undefined;
  sequence: string | undefined;
  answer?: { command: string; serial?: string; ok: boolean };
}

const imeiIn = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? /^\d{15}$/.exec(String(value))?.[0] : undefined;

/** The IMEI, by which everybody knows the device; else the id of the cloud. */
function identify(report: JsonObject, payload: JsonObject): string | undefined {
  const data = asObject(payload.serviceData) ?? {};
  const imei = [report.IMEI, report.imei, payload.IMEI, payload.imei, data.IMEI, data.imei]
    .map(imeiIn)
    .find((one) => one);
  return imei ?? idOf(report.deviceId, report.deviceSn, payload.deviceId);
}

function readContent(sink: Sink, content: unknown): void {
  const object = asObject(content);
  if (object) readModel(sink, object);
  else if (typeof content === 'string' && content !== '') readRaw(sink, content);
  else if (Array.isArray(content))
    for (const one of content.slice(0, 32)) readContent(sink, asObject(one) ?? {});
}

function readEvent(sink: Sink, report: JsonObject): void {
  const content = report.eventContent ?? report.payload;
  readContent(sink, content);
  const service = Number(report.serviceId);
  const told = sink.readings.some(({ signal }) => signal === 'battery_low');
  if (service === LOW_BATTERY_EVENT && !told)
    add(sink, { signal: 'battery_low', value: true, code: String(service) });
  const name = textOf(
    report.eventName,
    report.eventId,
    report.serviceName,
    Number.isNaN(service) ? report.serviceId : undefined,
  );
  if (name !== undefined) addFindings({ sink }, alarmsOf(name));
  if (sink.readings.length === 0 && !isQuiet(content)) addBySeverity(sink, report);
}

/** An event whose content is nothing but zeros is the end of one. */
function isQuiet(content: unknown): boolean {
  const values = Object.values(asObject(content) ?? {});
  return values.length > 0 && values.every((value) => /^(?:0|false|)$/.test(String(value)));
}

/** A warning or a fault stays one, whoever's words describe it. */
function addBySeverity(sink: Sink, report: JsonObject): void {
  const code = clean(textOf(report.eventName, report.eventId, report.serviceId) ?? 'eventReport', 60);
  const severity = Number(report.eventType);
  if (severity === SEVERITY.warning) add(sink, { signal: 'general_alarm', value: true, code });
  if (severity === SEVERITY.fault) add(sink, { signal: 'sensor_fault', value: true, code });
}

function answerOf(report: JsonObject): { command: string; serial?: string; ok: boolean } {
  const result = asObject(report.result) ?? {};
  const code = textOf(result.resultCode, report.resultCode, report.commandStatus) ?? '';
  const serial = textOf(report.taskId);
  const ok = /^(?:deliver|success|complete|sent|0$)/i.test(code);
  return { command: 'commandResponse', ...(serial === undefined ? {} : { serial }), ok };
}

function onlineOf(report: JsonObject): boolean | undefined {
  const type = textOf(report.eventType, report.status);
  if (type === undefined) return undefined;
  if (/^(?:1|online)$/i.test(type)) return true;
  return /^(?:0|offline)$/i.test(type) ? false : undefined;
}

/** A number of the cloud is unique for a device only together with its time; `-1` and blank are none. */
function sequenceOf(report: JsonObject, command: string): string | undefined {
  const time = looseTime(report.timestamp);
  const numbers = [report.upPacketSN, report.upDataSN, report.taskId].map((one) => textOf(one) ?? '');
  if (time === undefined || !numbers.some((number) => /^\d+$/.test(number))) return undefined;
  return clean([command, time, textOf(report.serviceId) ?? '', ...numbers].join('/'), 128);
}

function readReport(report: JsonObject): Report {
  const said = textOf(report.messageType);
  const command = said !== undefined && /^\w{1,40}$/.test(said) ? said : 'push';
  const payload = asObject(report.payload) ?? {};
  const sink = newSink(looseTime(report.timestamp));
  const facts = { sink, command, nativeId: identify(report, payload), sequence: sequenceOf(report, command) };
  if (command === 'deviceOnlineOfflineReport') {
    const online = onlineOf(report);
    if (online === undefined) sink.misunderstood = true;
    else add(sink, { signal: 'online', value: online });
  } else if (command === 'commandResponse') return { ...facts, answer: answerOf(report) };
  else if (command === 'eventReport') readEvent(sink, report);
  else if (report.payload !== undefined) readContent(sink, report.payload);
  else if (command === 'push') {
    sink.misunderstood = true;
    readModel(sink, report);
  }
  return facts;
}

function partOf({ sink, nativeId, sequence }: Report): DecodedPart[] {
  if (nativeId === undefined || sink.readings.length === 0) return [];
  return [
    {
      nativeId,
      readings: sink.readings,
      ...(sequence === undefined ? {} : { sequence }),
      ...reasonOf(sink.reasons),
    },
  ];
}

function decode(session: ProtocolSession, { bytes }: Pick<Uplink, 'bytes'>): Decoded {
  const { value, reason } = readBody(bytes, MAX_BYTES);
  const listed = (Array.isArray(value) ? value : [value]).slice(0, MAX_BATCH).filter(isObject);
  const [first, ...rest] = listed.map(readReport);
  if (!first) {
    const sink = { ...newSink(), misunderstood: true };
    return decodedOf(sink, {
      session,
      command: 'push',
      nativeId: undefined,
      reason: reason ?? 'expected a JSON object',
    });
  }
  const others = rest.flatMap(partOf);
  return decodedOf(first.sink, {
    session,
    command: first.command,
    nativeId: first.nativeId,
    sequence: first.sequence,
    ...(reason === undefined ? {} : { reason }),
    ...(first.answer ? { downlinkAnswer: first.answer } : {}),
    ...(others.length > 0 ? { others } : {}),
  });
}

function looksLike(bytes: Uint8Array): 0 | 2 {
  const text = utf8(bytes.subarray(0, 4096));
  return /^\s*[[{]/.test(text) && KINDS.some((kind) => text.includes(`"${kind}"`)) ? 2 : 0;
}

export const ctwing: Protocol = {
  name: 'ctwing',
  alsoCalled: ['aep'],
  title: { zh: '天翼物联 CTWing 推送', en: 'CTWing push (China Telecom)' },
  http: { source: 'ctwing', contentType: 'application/json' },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike,
  decode,
};
