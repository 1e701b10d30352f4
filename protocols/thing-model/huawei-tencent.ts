/** Huawei IoTDA (`$oc/devices/…`) and Tencent IoT Explorer (`$thing/…`). */
import { asObject, textOf } from '../json-frame.ts';
import { isObject, type JsonObject } from '../sink.ts';
import { looseTime } from '../time.ts';
import { type Given, nothingSaid, type Part, type Said, type Statement } from './said.ts';

const MAX_LISTED = 200;
const objects = (value: unknown): JsonObject[] =>
  (Array.isArray(value) ? value : []).slice(0, MAX_LISTED).filter(isObject);

function service(one: JsonObject): Statement {
  const id = textOf(one.service_id, one.serviceId);
  const time = looseTime(one.event_time ?? one.eventTime);
  return {
    kind: 'properties',
    fields: asObject(one.properties) ?? asObject(one.data) ?? {},
    time,
    ...(id === undefined ? {} : { service: id }),
  };
}

const ONLINE = /^online$/i;

function statuses(paras: JsonObject): Part[] {
  return objects(paras.device_statuses).map((one) => ({
    device: textOf(one.device_id),
    statements: [{ kind: 'online', online: ONLINE.test(textOf(one.status) ?? '') }],
  }));
}

function events(message: JsonObject): Part[] {
  const device = textOf(message.object_device_id);
  return objects(message.services).flatMap((one): Part[] => {
    const paras = asObject(one.paras) ?? {};
    const type = textOf(one.event_type, one.eventType, one.event_id) ?? 'event';
    const named = textOf(one.service_id) ?? '';
    if (named === '$sub_device_manager') return /status/.test(type) ? statuses(paras) : [];
    if (named.startsWith('$')) return [];
    return [
      { device, statements: [{ kind: 'event', id: type, fields: paras, time: looseTime(one.event_time) }] },
    ];
  });
}

/** Reads what a device or gateway of Huawei's cloud says; reports are not answered there. */
export function readIotda({ path, message }: Given): Said {
  const [, asked] = /^sys\/(properties\/set|properties\/get|commands)\/response\//.exec(path) ?? [];
  if (asked !== undefined) {
    const [, serial] = /request_id=([\w-]{1,64})/.exec(path) ?? [];
    const ok = Number(message.result_code ?? 0) === 0;
    return {
      command: asked,
      parts: [],
      answer: { command: asked, ...(serial === undefined ? {} : { serial }), ok },
    };
  }
  if (path === 'sys/properties/report' || path === 'sys/properties/report/response') {
    const statements = objects(message.services).map(service);
    return { command: 'properties', parts: [{ statements }] };
  }
  if (path === 'sys/gateway/sub_devices/properties/report') {
    const parts = objects(message.devices).map((one) => ({
      device: textOf(one.device_id, one.deviceId),
      statements: objects(one.services).map(service),
    }));
    return { command: 'sub_devices', parts };
  }
  if (path === 'sys/events/up') return { command: 'events', parts: events(message) };
  if (path === 'sys/messages/up') {
    const content = asObject(message.content);
    const device = textOf(message.object_device_id);
    if (content)
      return {
        command: 'messages',
        parts: [{ device, statements: [{ kind: 'properties', fields: content }] }],
      };
    const text = typeof message.content === 'string' ? message.content : undefined;
    const fields = 'content' in message ? undefined : message;
    if (fields)
      return { command: 'messages', parts: [{ device, statements: [{ kind: 'properties', fields }] }] };
    return {
      command: 'messages',
      parts: text === undefined ? [] : [{ device, statements: [{ kind: 'raw', text }] }],
    };
  }
  return nothingSaid('down', 'a message to a device');
}

function tencentEvents(message: JsonObject): Statement[] {
  const listed = Array.isArray(message.events) ? objects(message.events) : [message];
  return listed.map((one) => ({
    kind: 'event',
    id: textOf(one.eventId, one.event_id) ?? 'event',
    fields: asObject(one.params) ?? {},
    time: looseTime(one.timestamp ?? message.timestamp),
  }));
}

/** Reads what a device of Tencent's cloud says. */
export function readTencent({ path, topic, message }: Given): Said {
  const method = textOf(message.method) ?? '';
  const token = textOf(message.clientToken);
  const [direction, about] = path.split('/');
  if (direction === 'down') return nothingSaid('down', 'a message to a device');
  if (/^(?:control|action)_reply$/.test(method)) {
    return {
      command: method,
      parts: [],
      answer: {
        command: 'control',
        ...(token === undefined ? {} : { serial: token }),
        ok: Number(message.code ?? 0) === 0,
      },
    };
  }
  const isEvent = about === 'event' || /^events?_post$/.test(method);
  const params = asObject(message.params);
  if (!isEvent && !params)
    return nothingSaid(method === '' ? 'property' : method.slice(0, 40), 'no report of a device');
  const time = looseTime(message.timestamp);
  const statements: Statement[] = isEvent
    ? tencentEvents(message)
    : [{ kind: 'properties', fields: params ?? {}, time }];
  const down = topic?.replace('$thing/up/', '$thing/down/');
  const answered = isEvent ? 'event_reply' : 'report_reply';
  const body = { method: answered, clientToken: token ?? '', code: 0, status: 'success' };
  return {
    command: method === '' ? 'report' : method.slice(0, 40),
    parts: [{ statements }],
    id: token,
    time,
    ...(down === undefined ? {} : { reply: { topic: down, body } }),
  };
}
