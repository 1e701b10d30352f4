/** The cloud of JJT watches (dfyun): JSON with `type`, `deviceNum`, `createTime` and positions in BD-09. */
import type { Signal } from '../../src/model/signals.ts';
import type { Protocol } from '../../src/model/uplinks.ts';
import { alarmsOf } from '../alarm-words.ts';
import { utf8 } from '../bytes.ts';
import { readFields } from '../generic-map.ts';
import { textOf } from '../json-frame.ts';
import { add, clean, type JsonObject, type Sink } from '../sink.ts';
import { meaningOf } from '../words.ts';
import { decodePush, MAX_PUSH_BYTES, PUSH_EXPECTED_EVERY_MS, readRest, tell } from './vendor-push.ts';

const IGNORE: ReadonlySet<string> = new Set([
  'type',
  'deviceNum',
  'createTime',
  'alarm',
  'value',
  'online',
  'id',
]);
/** What the plain `value` of a message of this type is. */
const VALUES: Readonly<Record<string, Signal>> = {
  heart: 'heart_rate',
  heartAlarm: 'heart_rate',
  oxygen: 'spo2',
  temperature: 'body_temperature',
  lowBattery: 'battery',
};
const TYPE =
  /^(?:location|online|offline|alarm|sos|bloodPressure|heart|lowBattery|heartAlarm|oxygen|wear|temperature|step|steps|fall|\w+Success|\w+Fail(?:ed|ure)?)$/;

function readAlarm(sink: Sink, message: JsonObject): void {
  const words =
    textOf(message.alarmType, message.alarmName, message.alarm, message.content, message.msg, message.desc) ??
    '';
  const findings = alarmsOf(words);
  for (const finding of findings) tell(sink, finding);
  // An alarm that names no kind is the button: what a watch has one for.
  if (findings.length === 0)
    tell(sink, { signal: 'sos', value: true, ...(words === '' ? {} : { code: clean(words) }) });
}

function readType(sink: Sink, type: string, message: JsonObject): void {
  if (type === 'alarm' || type === 'sos') readAlarm(sink, message);
  else if (type === 'fall') tell(sink, { signal: 'fall', value: true });
  else if (type === 'online' || type === 'offline') add(sink, { signal: 'online', value: type === 'online' });
  else if (type === 'lowBattery') tell(sink, { signal: 'battery_low', value: true });
  else if (type === 'heartAlarm') tell(sink, { signal: 'general_alarm', value: true, code: type });
  else if (type === 'wear') {
    const worn = meaningOf(
      'worn',
      textOf(message.value, message.status, message.state) ?? String(message.value ?? ''),
    );
    if (typeof worn === 'boolean') tell(sink, { signal: 'worn', value: worn });
  }
  const signal = Object.hasOwn(VALUES, type) ? VALUES[type] : undefined;
  if (signal && message.value !== undefined && !sink.readings.some((reading) => reading.signal === signal))
    readFields(sink, { [signal]: message.value }, { purpose: 'person' });
  if (type === 'bloodPressure' && message.value !== undefined)
    readFields(sink, { bloodPressure: message.value }, { purpose: 'person' });
}

export const jjt: Protocol = {
  name: 'jjt',
  title: { zh: 'JJT 手表云推送', en: 'JJT watch cloud push' },
  http: { source: 'jjt', contentType: 'application/json' },
  expectedEveryMs: PUSH_EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_PUSH_BYTES,
  looksLike(bytes) {
    const text = utf8(bytes.subarray(0, 2048));
    return /^\s*[[{]/.test(text) && /"deviceNum"\s*:/.test(text) && /"type"\s*:/.test(text) ? 2 : 0;
  },
  decode: (session, uplink) =>
    decodePush(
      {
        idNames: ['deviceNum', 'imei', 'deviceId'],
        timeNames: ['createTime', 'time'],
        replies: [],
        read(sink, message) {
          const type = textOf(message.type) ?? '';
          readRest(sink, message, { datum: 'bd09', ignore: IGNORE });
          if (!TYPE.test(type)) return sink.readings.length > 0 ? { command: type } : undefined;
          readType(sink, type, message);
          const [, done] = /^(\w+?)(?:Success|Fail\w*)$/.exec(type) ?? [];
          return {
            command: type,
            ...(done === undefined ? {} : { answer: { command: type, ok: type.endsWith('Success') } }),
          };
        },
      },
      session,
      uplink,
    ),
};
