/**
 * OneNET OneJSON and Aliyun Alink, which are built alike: `{id, version, params}`. https://open.iot.10086.cn/doc ,
 * https://help.aliyun.com/zh/iot/user-guide/device-properties-events-and-services
 */
import { asObject, textOf } from '../json-frame.ts';
import { isObject, type JsonObject } from '../sink.ts';
import { looseTime } from '../time.ts';
import { type Given, nothingSaid, type Part, type Said, type Statement } from './said.ts';

const MAX_LISTED = 200;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]).slice(0, MAX_LISTED);

/** `{sos: {value: {…}, time}}`, or lists of such. */
function eventsOf(given: unknown, base: Pick<Statement, 'origin'>): Statement[] {
  return listOf(given)
    .filter(isObject)
    .flatMap((events) =>
      Object.entries(events)
        .slice(0, MAX_LISTED)
        .flatMap(([id, moments]) =>
          listOf(moments).map((moment): Statement => {
            const { value = moment, time } = isObject(moment) ? moment : {};
            return {
              kind: 'event',
              id,
              fields: asObject(value) ?? { value },
              time: looseTime(time),
              ...base,
            };
          }),
        ),
    );
}

function propertiesOf(given: unknown, base: Pick<Statement, 'origin'>): Statement[] {
  return listOf(given)
    .filter(isObject)
    .map((fields): Statement => ({ kind: 'properties', fields, ...base }));
}

function identityOf(entry: JsonObject): string | undefined {
  const identity = asObject(entry.identity) ?? {};
  return textOf(identity.deviceName, identity.device_name, entry.deviceName);
}

function partOf(entry: JsonObject, base: Pick<Statement, 'origin'>): Part {
  const statements = [...propertiesOf(entry.properties ?? [], base), ...eventsOf(entry.events ?? [], base)];
  return { device: identityOf(entry), statements };
}

/** Packs and histories: entries with an identity, the gateway's own among them, or plain properties. */
function entriesOf(params: unknown, base: Pick<Statement, 'origin'>): Part[] {
  return listOf(params)
    .filter(isObject)
    .flatMap((entry) => {
      const subs = listOf(entry.subDevices ?? entry.subdevices ?? [])
        .filter(isObject)
        .map((sub) => partOf(sub, base));
      const packed =
        'properties' in entry || 'events' in entry || 'subDevices' in entry || 'identity' in entry;
      return packed ? [partOf(entry, base), ...subs] : [{ statements: propertiesOf(entry, base) }];
    });
}

/** A data point of the older protocol: `{temp: [{v: 30, t: 1700000000}]}`. */
function dataPoints({ dp }: JsonObject): Part[] {
  return isObject(dp) ? [{ statements: [{ kind: 'properties', fields: dp }] }] : [];
}

function replyOf({ profile, path, topic, message }: Given): Pick<Said, 'reply'> {
  if (topic === undefined) return {};
  const id = textOf(message.id) ?? '';
  if (path === 'dp/post/json')
    return { reply: { topic: `${topic}/accepted`, body: { id: message.id ?? 0 } } };
  if (!path.endsWith('/post')) return {};
  if (profile === 'onenet')
    return { reply: { topic: `${topic}/reply`, body: { id, code: 200, msg: 'success' } } };
  const wanted = asObject(message.sys)?.ack;
  if (wanted === 0 || wanted === '0' || !topic.startsWith('/sys/')) return {};
  const method = textOf(message.method) ?? path.replace(/\//g, '.');
  return {
    reply: {
      topic: `${topic}_reply`,
      body: { id, code: 200, data: {}, message: 'success', method, version: '1.0' },
    },
  };
}

function readPost(given: Given): Part[] {
  const { path, message } = given;
  const params = message.params ?? message.items ?? message.value ?? message.data;
  if (/history/.test(path)) return entriesOf(params, { origin: 'history' });
  if (/(?:pack|batch|sub\/\w+)\/post$/.test(path)) return entriesOf(params, {});
  if (/^thing\/event\/post$/.test(path)) return [{ statements: eventsOf(params, {}) }];
  const [, id] = /^thing\/event\/([^/]+)\/post$/.exec(path) ?? [];
  if (id !== undefined && id !== 'property')
    return [
      {
        statements: eventsOf(
          { [id]: isObject(params) && 'value' in params ? params : { value: params, time: message.time } },
          {},
        ),
      },
    ];
  return [{ statements: propertiesOf(params ?? [], {}) }];
}

const ANSWER = /^(?:thing\/(?:service\/)?(?:property\/set|property\/get|[\w/]+)_reply|cmd\/response\/.+)$/;
const DOWN =
  /(?:\/set|\/get|\/reply|\/invoke|\/accepted|\/rejected)$|^cmd\/request\/|^thing\/service\/|_reply$/;

/** Reads what a device of OneNET or Aliyun says. */
export function readAlink(given: Given): Said {
  const { path, message } = given;
  if (path === 'status') {
    const online = textOf(message.status);
    const statement: Statement = {
      kind: 'online',
      online: online === 'online',
      time: looseTime(message.time),
    };
    return { command: 'status', parts: online === undefined ? [] : [{ statements: [statement] }] };
  }
  if (ANSWER.test(path) && !path.endsWith('post_reply')) {
    const code = Number(message.code ?? 200);
    const serial = textOf(message.id);
    const command = path.includes('property/set') ? 'property/set' : path.slice(0, 40);
    return {
      command,
      parts: [],
      answer: { command, ...(serial === undefined ? {} : { serial }), ok: code === 200 || code === 0 },
    };
  }
  if (path === 'dp/post/json') return { command: 'dp', parts: dataPoints(message), ...replyOf(given) };
  if (!path.endsWith('/post') && DOWN.test(path)) return nothingSaid('down', 'a message to a device');
  const parts = readPost(given);
  return {
    command: path.replace(/^thing\/(?:event\/)?/, '').slice(0, 40),
    parts,
    id: textOf(message.id),
    time: looseTime(message.time ?? message.timestamp),
    ...replyOf(given),
  };
}
