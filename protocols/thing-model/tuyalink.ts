/** TuyaLink, the device side of Tuya's cloud. https://developer.tuya.com/en/docs/iot/MQTT-protocol */
import { asObject, textOf } from '../json-frame.ts';
import { isObject, type JsonObject } from '../sink.ts';
import { looseTime } from '../time.ts';
import { type Given, nothingSaid, type Part, type Said, type Statement } from './said.ts';

const MAX_LISTED = 200;

function eventOf(event: JsonObject, base: Pick<Statement, 'origin' | 'time'>): Statement {
  const id = textOf(event.eventCode, event.code, event.identifier) ?? 'event';
  const fields = asObject(event.outputParams) ?? asObject(event.params) ?? asObject(event.value) ?? event;
  return { kind: 'event', id, fields, ...base, time: looseTime(event.eventTime ?? event.time) ?? base.time };
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.slice(0, MAX_LISTED);
  return isObject(value)
    ? Object.entries(value)
        .slice(0, MAX_LISTED)
        .map(([id, inner]) => (isObject(inner) ? { id, ...inner } : inner))
    : [];
}

/** The gateway's own and its devices', in a list or by their ids. */
function batchOf(data: JsonObject, base: Pick<Statement, 'origin' | 'time'>): Part[] {
  const properties =
    asObject(data.properties) ??
    (data.subDevices === undefined && data.events === undefined ? data : undefined);
  const statements: Statement[] = [
    ...(properties ? [{ kind: 'properties' as const, fields: properties, ...base }] : []),
    ...listOf(data.events)
      .filter(isObject)
      .map((event) => eventOf({ eventCode: event.id, ...event }, base)),
  ];
  const subs = listOf(data.subDevices ?? data.subDevs ?? data.devices)
    .filter(isObject)
    .flatMap((sub) =>
      batchOf({ properties: {}, ...sub }, base).map((part) => ({
        ...part,
        device: textOf(sub.deviceId, sub.subDeviceId, sub.cid, sub.nodeId, sub.id),
      })),
    );
  return [{ statements }, ...subs];
}

function subDevices(data: unknown, online: boolean): Part[] {
  const listed = Array.isArray(data)
    ? data
    : (asObject(data)?.deviceIds ?? asObject(data)?.subDeviceIds ?? asObject(data)?.devices ?? []);
  return (Array.isArray(listed) ? listed : [listed]).slice(0, MAX_LISTED).flatMap((sub) => {
    const device = isObject(sub) ? textOf(sub.deviceId, sub.cid, sub.nodeId) : textOf(sub);
    return device === undefined ? [] : [{ device, statements: [{ kind: 'online', online }] }];
  });
}

function partsOf(path: string, message: JsonObject, time: number | undefined): Part[] | undefined {
  const data = asObject(message.data) ?? asObject(message.params);
  if (/sub\/(?:login|logout)$/.test(path)) return subDevices(message.data, path.endsWith('login'));
  if (!data) return undefined;
  if (/property\/report$/.test(path)) return [{ statements: [{ kind: 'properties', fields: data, time }] }];
  if (/event\/trigger$/.test(path)) return [{ statements: [eventOf(data, { time })] }];
  if (/history_report$/.test(path)) return batchOf(data, { time, origin: 'history' });
  return /batch_report$/.test(path) ? batchOf(data, { time }) : undefined;
}

/** Reads what a TuyaLink device or gateway says. */
export function readTuyaLink({ path, topic, message, receivedAt }: Given): Said {
  const [, asked] = /^(?:thing|device)\/([\w/]+)_response$/.exec(path) ?? [];
  if (asked === 'property/set' || asked === 'action/execute') {
    const serial = textOf(message.msgId);
    return {
      command: asked,
      parts: [],
      answer: {
        command: asked,
        ...(serial === undefined ? {} : { serial }),
        ok: Number(message.code ?? 0) === 0,
      },
    };
  }
  const time = looseTime(message.time);
  const parts = partsOf(path, message, time);
  if (!parts) return nothingSaid(path.slice(0, 40), 'no report of a device');
  const msgId = textOf(message.msgId);
  const acknowledge = Number(asObject(message.sys)?.ack) === 1 && topic !== undefined;
  return {
    command: path.replace(/^thing\//, '').slice(0, 40),
    parts,
    id: msgId,
    time,
    ...(acknowledge
      ? { reply: { topic: `${topic}_response`, body: { msgId: msgId ?? '', time: receivedAt, code: 0 } } }
      : {}),
  };
}
