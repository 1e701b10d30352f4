/**
 * Decoded messages of devices whose fields nobody has described: what a field means by its name, its unit and what else stands beside
 * it. Names are data (`field-names.ts`), units too (`units.ts`); a vendor's own map goes before it.
 */
import { definitionOf } from '../src/model/signals.ts';
import { alarmsOf, type Finding } from './alarm-words.ts';
import { faultOf, faultWords, isBreakerWord } from './faults.ts';
import { nameField, purposeOf } from './field-match.ts';
import type { Purpose } from './field-names.ts';
import { type FieldOptions, type Reader, readNamed } from './field-values.ts';
import { PLACE_NAME, placeIn, squash, toNumber } from './place-fields.ts';
import { add, isObject, type JsonObject, type Sink } from './sink.ts';
import { parseTime } from './time.ts';
import { truthOf } from './words.ts';

const MAX_FIELDS = 400;
const MAX_DEPTH = 4;
const FAULTS =
  /^(?:fault|faults|faultcode|faultstatus|faultbits|alarmcode|alarmbits|breakerfault|故障码|故障代码)$/;
const ALARM_NAME =
  /(?:alarm|alert|event|warning|desc|description|报警|告警|事件)(?:type|name|kind|info|desc|msg|content|reason|类型)?$/;
const SETTING =
  /enable|setting|switch|threshold|value$|limit|config|protect|count|times|level$|time$|_set$|阈值|使能|次数/i;

/** Adds what is not there yet. */
export function addFindings({ sink }: { sink: Sink }, findings: readonly Finding[]): void {
  for (const finding of findings) {
    const same = sink.readings.some(
      ({ signal, channel, cause, value, observedAt }) =>
        signal === finding.signal &&
        channel === finding.channel &&
        cause === finding.cause &&
        value === finding.value &&
        observedAt === sink.observedAt,
    );
    if (!same) add(sink, finding);
  }
}

/** Faults of a breaker: bits, a list, words, or a flag that bears the fault's name. */
function readFault(reader: Reader, name: string, value: unknown): boolean {
  if (reader.purpose !== 'circuit') return false;
  const listed = FAULTS.test(squash(name));
  const flag = !listed && isBreakerWord(name) && !SETTING.test(name) && truthOf(value) !== undefined;
  if (!listed && !flag) return false;
  const words = listed ? (faultWords(value) ?? []) : truthOf(value) ? [name] : [];
  const faults = words.flatMap((word) => faultOf(word) ?? []).filter(({ test }) => !test);
  const stage = /trip|跳闸|脱扣/i.test(name) ? { stage: 'trip' as const } : {};
  addFindings(
    reader,
    faults.map((fault) => ({
      signal: 'breaker_fault',
      value: true,
      cause: fault.cause,
      ...stage,
      ...(fault.code === undefined ? {} : { code: fault.code }),
    })),
  );
  return true;
}

function readAlarmWord({ sink, purpose }: Reader, name: string, value: unknown): boolean {
  if (typeof value !== 'string' || !ALARM_NAME.test(squash(name))) return false;
  const findings = alarmsOf(value, { circuit: purpose === 'circuit' });
  addFindings({ sink }, findings);
  return findings.length > 0;
}

const HISTORY = /^(?:history|his|datalog|records?|log)(?:_?(?:data|list|records?))?$/i;
const PHASE = /^(?:phase_?)?([abcn])(?:_?phase|相)?$|^([ABCN])相$/i;

function readObject(reader: Reader, name: string, value: JsonObject): undefined {
  const { value: own, data = own, unit } = value;
  const inner = own ?? (typeof unit === 'string' ? data : undefined);
  if (inner !== undefined && !isObject(inner)) {
    readField(
      { ...reader, depth: reader.depth + 1 },
      typeof unit === 'string' ? `${name}\0${unit}` : name,
      inner,
    );
    return;
  }
  const [, plain, marked] = PHASE.exec(name) ?? [];
  const channel = plain ?? marked;
  readLevel(
    {
      ...reader,
      depth: reader.depth + 1,
      ...(channel === undefined ? {} : { channel: channel.toLowerCase() }),
    },
    value,
  );
}

function readField(reader: Reader, given: string, value: unknown): undefined {
  reader.budget.left -= 1;
  if (value === null || value === undefined || reader.budget.left < 0 || given.length > 200) return;
  const [name = '', unit] = given.split('\0');
  if (reader.own?.(reader.sink, name, value)) return;
  if (readFault(reader, name, value)) return;
  const named = nameField(name, reader.purpose);
  const field = named && (unit === undefined || unit === '' ? named : { ...named, unitTold: unit });
  if (field && !isObject(value) && !Array.isArray(value)) return readNamed(reader, field, { name, value });
  if (field && definitionOf(field.signal).kind === 'event') readNamed(reader, field, { name, value });
  if (isObject(value) && reader.depth < MAX_DEPTH) return readObject(reader, name, value);
  if (Array.isArray(value)) return readList(reader, name, value);
  readAlarmWord(reader, name, value);
}

/** What was logged and sent later has its own time, in seconds or milliseconds, and raises nothing. */
function ofHistory(reader: Reader, item: JsonObject): Reader {
  const at = toNumber(item.timestamp ?? item.time ?? item.ts);
  const sink: Sink = {
    ...reader.sink,
    origin: 'history',
    observedAt: at === undefined ? undefined : parseTime(at < 1e11 ? at * 1000 : at),
  };
  return { ...reader, sink };
}

/** Three numbers are the three phases; objects are read one by one. */
function readList(reader: Reader, name: string, list: readonly unknown[]): undefined {
  const field = nameField(name, reader.purpose);
  const numbers = list.length <= 4 && list.every((item) => typeof item === 'number');
  list.slice(0, 32).forEach((item, at) => {
    if (isObject(item) && reader.depth < MAX_DEPTH)
      readObject(HISTORY.test(name) ? ofHistory(reader, item) : reader, name, item);
    else if (numbers && field && list.length > 1)
      readNamed(reader, { ...field, channel: 'abcn'[at] ?? String(at + 1) }, { name, value: item });
    else if (typeof item === 'string') readAlarmWord(reader, name, item);
  });
}

function readLevel(reader: Reader, object: JsonObject): void {
  const position = placeIn(object, reader.datum ?? 'wgs84');
  if (position) addFindings(reader, [position]);
  for (const [name, value] of Object.entries(object)) {
    if (position && PLACE_NAME.test(squash(name))) continue;
    readField(reader, name, value);
  }
}

/** A fault of a breaker that stands open has tripped it, one of a closed breaker is a warning; a short circuit is never one. */
function stageFaults(sink: Sink, from: number): void {
  const said = sink.readings.slice(from);
  const positions = said.filter(({ signal }) => signal === 'breaker_position');
  const open = positions.length === 0 ? undefined : positions.some(({ value }) => value === 'open');
  const staged = said.map((reading) => {
    if (reading.signal !== 'breaker_fault' || reading.stage !== undefined) return reading;
    if (reading.cause === 'short_circuit' || open === true) return { ...reading, stage: 'trip' as const };
    return open === undefined ? reading : { ...reading, stage: 'warning' as const };
  });
  sink.readings.splice(from, said.length, ...staged);
  const tripped = open && staged.some(({ signal, stage }) => signal === 'breaker_fault' && stage === 'trip');
  const told = said.some(({ signal }) => signal === 'breaker_opened_by');
  if (tripped && !told) add(sink, { signal: 'breaker_opened_by', value: 'trip' });
}

/**
 * Reads every field that a name gives away into `sink`, several levels deep; what nobody knows is passed over. Bounded for any input.
 * Returns what the device seems to be, for a message that tells too little by itself.
 */
export function readFields(sink: Sink, object: JsonObject, options: FieldOptions = {}): Purpose | undefined {
  const purpose = options.purpose ?? purposeOf(object);
  const from = sink.readings.length;
  readLevel({ ...options, purpose, sink, depth: 0, budget: { left: MAX_FIELDS } }, object);
  if (purpose === 'circuit') stageFaults(sink, from);
  return purpose;
}
