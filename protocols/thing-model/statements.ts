/** Reads what was said of one device into readings. */
import { alarmsOf } from '../alarm-words.ts';
import { readModel, readRaw } from '../cloud-payload.ts';
import { nameField, purposeOf } from '../field-match.ts';
import type { Purpose } from '../field-names.ts';
import { addFindings } from '../generic-map.ts';
import { at } from '../json-frame.ts';
import { add, clean, isObject, type JsonObject, type Sink } from '../sink.ts';
import { readTimed } from '../timed-fields.ts';
import { meaningOf } from '../words.ts';
import type { Switch } from './memory.ts';
import type { Statement } from './said.ts';
import type { ProfileName } from './topics.ts';
import { named, readTuyaCode } from './tuya-codes.ts';

export interface Learnt {
  purpose?: Purpose;
  switches: Switch[];
}

const SWITCHED = /^(?:switch|fault|phase_?[abc]|powerswitch|localswitch|breaker|relay|onoff)/i;
const SENSOR = /batt|电池|sos|smoke|gas|leak$|leak_?(?:state|alarm)/i;
const PHASE_SERVICE = /^phase_?[abcn]$|^[abcn]_?phase$|^[ABC]相$/i;

/** A message of nothing but a switch and faults is a breaker's. */
function guess(fields: JsonObject): Purpose | undefined {
  const names = Object.keys(fields);
  return names.some((name) => SWITCHED.test(name)) && !names.some((name) => SENSOR.test(name))
    ? 'circuit'
    : undefined;
}

const rawOf = (given: unknown) => (isObject(given) ? given.value : given);

/** The other of two raw values of the same kind. */
const PAIRS: readonly (readonly [on: boolean | number | string, off: boolean | number | string])[] = [
  [true, false],
  [1, 0],
  ['1', '0'],
  ['on', 'off'],
  ['ON', 'OFF'],
  ['true', 'false'],
];

function switchesIn(fields: JsonObject, purpose: Purpose | undefined, service: string | undefined): Switch[] {
  return Object.entries(fields).flatMap(([property, given]): Switch[] => {
    const field = nameField(property, purpose);
    const value = rawOf(given);
    const pair = PAIRS.find((one) => one.includes(value as never));
    // What a damaged name cannot be asked for is no switch.
    if (!pair || clean(property) !== property || clean(service ?? '') !== (service ?? '')) return [];
    const { signal, channel } = field ?? {};
    if (signal !== 'breaker_position' && signal !== 'valve_position') return [];
    if (/state|status|状态/i.test(property) && !/switch|开关/i.test(property)) return [];
    const [on, off] = pair;
    // A device that calls the open circuit 1 is told apart by what the words mean.
    const turned = meaningOf(signal, on) === (signal === 'valve_position' ? 'closed' : 'open');
    return [
      {
        property,
        signal,
        on: turned ? off : on,
        off: turned ? on : off,
        ...(channel === undefined ? {} : { channel }),
        ...(service === undefined ? {} : { service }),
      },
    ];
  });
}

interface Context {
  sink: Sink;
  profile: ProfileName;
  purpose: Purpose | undefined;
  learnt: Learnt;
}

function plain(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, given]) => [name, rawOf(given)]));
}

function readProperties(context: Context, given: JsonObject, service: string | undefined): void {
  const { sink, profile, learnt } = context;
  const fields = profile === 'tuyalink' ? named(given) : given;
  const told = purposeOf(plain(fields));
  const purpose = told ?? context.purpose ?? guess(fields);
  if (told) learnt.purpose = told;
  const own = profile === 'tuyalink' ? { own: readTuyaCode } : {};
  const phase = service !== undefined && PHASE_SERVICE.test(service);
  if (phase) readModel(sink, { [service]: plain(fields) }, { purpose: 'circuit', ...own });
  else
    readTimed(sink, fields, { purpose, ...own, ...(sink.origin === 'live' ? {} : { origin: sink.origin }) });
  learnt.switches.push(...switchesIn(fields, purpose, service));
}

const BREAKER_EVENT =
  /over|short|under_?vol|phase|residual|surge|(?:^|_)arc|trip|cur_?alarm|过[流压载温]|短路|漏电|欠压|缺相|跳闸/i;
const KIND = /^(?:type|kind|name|reason|alarm|event|desc|description|level|cause)$/i;
const HARMLESS_EVENT = /report|sync|startup|register|version|ota|info$/i;

/** The name of an event tells it, and so do words and fields in it; an alarm of no known kind is one all the same. */
function readEvent({ sink, profile, purpose }: Context, id: string, given: JsonObject): void {
  const fields = profile === 'tuyalink' ? named(given) : given;
  const circuit =
    purpose === 'circuit' ||
    purposeOf(plain(fields)) === 'circuit' ||
    (purpose === undefined && BREAKER_EVENT.test(id));
  const before = sink.readings.length;
  addFindings({ sink }, alarmsOf(id, { circuit }));
  for (const [name, value] of Object.entries(fields)) {
    const word = rawOf(value);
    if (KIND.test(name) && typeof word === 'string') addFindings({ sink }, alarmsOf(word, { circuit }));
  }
  readTimed(sink, fields, {
    ...(circuit ? { purpose: 'circuit' as const } : { purpose }),
    ...(profile === 'tuyalink' ? { own: readTuyaCode } : {}),
  });
  const alarm = /alarm|alert|warn|报警|告警/i.test(id) && !HARMLESS_EVENT.test(id);
  if (alarm && sink.readings.length === before)
    add(sink, { signal: 'general_alarm', value: true, code: clean(id) });
}

/** Reads the statements about one device in their order. Returns what they tell of the device itself. */
export function readStatements(
  sink: Sink,
  statements: readonly Statement[],
  { profile, purpose }: { profile: ProfileName; purpose: Purpose | undefined },
): Learnt {
  const learnt: Learnt = { switches: [] };
  for (const statement of statements) {
    const { time, origin = sink.origin } = statement;
    const into = at(sink, { observedAt: time ?? sink.observedAt, origin });
    const context: Context = { sink: into, profile, purpose: learnt.purpose ?? purpose, learnt };
    if (statement.kind === 'properties') readProperties(context, statement.fields, statement.service);
    else if (statement.kind === 'event') readEvent(context, statement.id, statement.fields);
    else if (statement.kind === 'raw') readRaw(into, statement.text, { purpose });
    else add(into, { signal: 'online', value: statement.online });
    sink.misunderstood ||= into.misunderstood;
  }
  return learnt;
}
