/**
 * An elder-care hub that pushes for wristbands, buttons, cords, radars and detectors: `pushType` 1 SOS, 2 vitals, 3 location, 4 notice
 * with an `Action`.
 */
import type { Signal } from '../../src/model/signals.ts';
import type { Protocol } from '../../src/model/uplinks.ts';
import { utf8 } from '../bytes.ts';
import { readFields } from '../generic-map.ts';
import { textOf } from '../json-frame.ts';
import { add, isObject, type JsonObject, type Sink } from '../sink.ts';
import { decodePush, MAX_PUSH_BYTES, PUSH_EXPECTED_EVERY_MS, readRest, tell } from './vendor-push.ts';

/** What each `Action` of a notice says; null where it is known and no signal of ours. */
const ACTIONS: Readonly<Record<string, readonly [Signal, boolean] | null>> = {
  4: null,
  5: ['fence_exit', true],
  6: ['fence_enter', true],
  7: ['sos', true],
  9: ['battery_low', true],
  10: ['worn', false],
  11: ['fall', true],
  22: ['general_alarm', true],
  23: ['general_alarm', true],
  24: ['general_alarm', true],
  50: ['sos', true],
  51: ['tamper', true],
  52: ['tamper', false],
  63: null,
  113: null,
  115: ['sos', true],
  118: ['fall', true],
  121: ['sos', true],
  124: ['smoke', true],
  125: ['water_leak', true],
  131: ['sos', true],
  134: ['sos', true],
};
const ON_OFF_LINE = '-1';
const VITALS: Readonly<Record<string, Signal>> = {
  H: 'heart_rate',
  O: 'spo2',
  W: 'body_temperature',
  X: 'systolic',
  Y: 'diastolic',
};
const IGNORE: ReadonlySet<string> = new Set([
  ...Object.keys(VITALS),
  'pushType',
  'PushType',
  'Action',
  'action',
  'OL',
  'ol',
  'type',
]);
const KINDS: Readonly<Record<string, string>> = { 1: 'sos', 2: 'vitals', 3: 'location', 4: 'notice' };

/** Letters in `message` itself and one level below it. */
function readVitals(sink: Sink, message: JsonObject): void {
  const levels = [message, ...Object.values(message).filter(isObject)];
  for (const [letter, signal] of Object.entries(VITALS)) {
    const value = levels.map((level) => level[letter]).find((one) => one !== undefined);
    if (value !== undefined && !isObject(value)) readFields(sink, { [signal]: value }, { purpose: 'person' });
  }
}

function readNotice(sink: Sink, message: JsonObject): boolean {
  const action = textOf(message.Action, message.action);
  if (action === undefined) return false;
  if (action === ON_OFF_LINE) {
    const online = textOf(message.OL, message.ol);
    if (online !== undefined) add(sink, { signal: 'online', value: /^(?:1|true|online)$/i.test(online) });
    return online !== undefined;
  }
  const meaning = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (meaning === undefined)
    tell(sink, { signal: 'general_alarm', value: true, code: `Action ${action.slice(0, 16)}` });
  else if (meaning) tell(sink, { signal: meaning[0], value: meaning[1], code: `Action ${action}` });
  return true;
}

function read(sink: Sink, message: JsonObject) {
  const type = textOf(message.pushType, message.PushType, message.push_type) ?? '';
  const command = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (type === '1') tell(sink, { signal: 'sos', value: true });
  const noticed = readNotice(sink, message);
  readVitals(sink, message);
  readRest(sink, message, { datum: 'wgs84', ignore: IGNORE });
  return command || noticed || sink.readings.length > 0 ? { command: command ?? 'notice' } : undefined;
}

export const eldercareHub: Protocol = {
  name: 'eldercare_hub',
  title: { zh: '养老平台推送（pushType）', en: 'Elder-care hub push (pushType)' },
  http: { source: 'eldercare', contentType: 'application/json' },
  expectedEveryMs: PUSH_EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_PUSH_BYTES,
  looksLike(bytes) {
    const text = utf8(bytes.subarray(0, 2048));
    return /(?:^|[{,&"\s])[pP]ushType"?\s*[:=]/.test(text) ? 2 : 0;
  },
  decode: (session, uplink) =>
    decodePush(
      {
        idNames: [
          'imei',
          'IMEI',
          'Imei',
          'deviceId',
          'DeviceId',
          'deviceid',
          'device_id',
          'deviceNo',
          'deviceSn',
          'sn',
          'SN',
          'mac',
          'DeviceNo',
        ],
        timeNames: [
          'time',
          'Time',
          'timestamp',
          'Timestamp',
          'createTime',
          'CreateTime',
          'pushTime',
          'dataTime',
          'DataTime',
          'T',
        ],
        replies: [],
        read,
      },
      session,
      uplink,
    ),
};
