import { isPlausible } from '../../src/model/signals.ts';
import { ByteReader, isSet, salvage } from '../bytes.ts';
import { add, clean, type Sink } from '../sink.ts';
import { timeOf } from './frame.ts';
import {
  ALARM_BIT,
  CABLE_TEMPERATURE,
  componentStatus,
  components,
  isElectrical,
  isGas,
  operations,
  type Place,
  quantityOf,
  RESIDUAL_CURRENT,
  type StatusWord,
  systemStatus,
  transmitterStatus,
} from './tables.ts';

/** One information object: reads its bytes into readings; what it could not read for want of bytes is left out. */
type ObjectReader = (sink: Sink, object: { reader: ByteReader; packetTime: number | undefined }) => void;

interface DataType {
  name: string;
  /** Bytes of one object without its time; absent where nothing of it is read. */
  length?: number;
  read?: ObjectReader;
}

/** Older than this and the panel's clock is not believed: many have never been set. */
const BELIEVED_MS = 24 * 3_600_000;
const AHEAD_MS = 2 * 60_000;
const TIME_LENGTH = 6;
const TEXT_LENGTH = 31;
/** The point of the transmitter itself. */
const TRANSMITTER = 'transmitter';

const gb18030 = new TextDecoder('gb18030');

/** Text of a fixed length; what stands behind the first zero was left over from another text. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return clean(gb18030.decode(end < 0 ? bytes : bytes.subarray(0, end)).replaceAll('\ufffd', ''), 48).trim();
}

/** When it happened, where the panel's clock goes with that of the packet; else when the packet was made. */
function happenedAt(reader: ByteReader, packetTime: number | undefined): number | undefined {
  if (reader.left < TIME_LENGTH) return packetTime;
  const at = timeOf(reader.take(TIME_LENGTH));
  if (at === undefined || packetTime === undefined) return at ?? packetTime;
  return at >= packetTime - BELIEVED_MS && at <= packetTime + AHEAD_MS ? at : packetTime;
}

function wordsOf(status: number, table: Readonly<Record<number, string>>): string[] {
  return Object.entries(table).flatMap(([bit, word]) => (isSet(status, Number(bit)) ? [word] : []));
}

interface Stated {
  channel: string;
  status: number;
  meaning: StatusWord;
  /** Where the panel says it is. */
  text?: string;
}

function tellFaults(
  sink: Sink,
  { channel, status, meaning, text = '' }: Stated,
  observedAt: number | undefined,
): void {
  const faults = wordsOf(status, meaning.faults);
  const code = [faults.join(', '), text].filter((part) => part !== '').join(': ');
  add(
    sink,
    {
      signal: 'sensor_fault',
      channel,
      value: faults.length > 0,
      ...(faults.length > 0 ? { code: clean(code) } : {}),
    },
    observedAt,
  );
  const notes = wordsOf(status, meaning.notes);
  if (notes.length > 0) sink.reasons.push(`${channel}: ${notes.join(', ')}`);
}

/**
 * Alarm and fault of a system or the transmitter. Bit 0 says "test" where it is 0, and panels send alarms and restorations with it 0, so it
 * says nothing: all is well where the other bits are 0.
 */
function tellState(sink: Sink, stated: Stated, observedAt: number | undefined): void {
  add(sink, { signal: 'fire', channel: stated.channel, value: isSet(stated.status, ALARM_BIT) }, observedAt);
  tellFaults(sink, stated, observedAt);
}

const causes = {
  [RESIDUAL_CURRENT]: 'residual_current',
  [CABLE_TEMPERATURE]: 'over_temperature',
} as const;

/** The alarm of a component: fire, gas, or a circuit that is to be looked at. */
function alarmOf(
  { component }: Place,
  { channel, status, text }: Stated,
): Parameters<typeof add>[1] | undefined {
  const alarm = isSet(status, ALARM_BIT);
  const code = clean(
    [components[component] ?? `component type ${component}`, text].filter(Boolean).join(': '),
  );
  if (isElectrical(component)) {
    const cause = causes[component as keyof typeof causes] ?? 'unspecified';
    return alarm
      ? { signal: 'breaker_fault', channel, value: true, cause, stage: 'warning', code }
      : undefined;
  }
  return { signal: isGas(component) ? 'gas' : 'fire', channel, value: alarm, ...(alarm ? { code } : {}) };
}

/** System address, component type and component address; of the last, most makers put the loop into the upper half. */
function readPlace(reader: ByteReader): { place: Place; channel: string } {
  const system = reader.u8();
  const address = reader.u8();
  const component = reader.u8();
  const point = reader.u16();
  const loop = reader.u16();
  return { place: { system, address, component }, channel: `${address}-${component}-${loop}.${point}` };
}

const systemState: ObjectReader = (sink, { reader, packetTime }) => {
  const system = reader.u8();
  const channel = `${system}-${reader.u8()}`;
  const status = reader.u16();
  tellState(sink, { channel, status, meaning: systemStatus }, happenedAt(reader, packetTime));
};

const componentState: ObjectReader = (sink, { reader, packetTime }) => {
  const { place, channel } = readPlace(reader);
  const status = reader.u16();
  const text = textOf(reader.take(Math.min(reader.left, TEXT_LENGTH)));
  const observedAt = happenedAt(reader, packetTime);
  const stated = { channel, status, meaning: componentStatus, text };
  const alarm = alarmOf(place, stated);
  if (alarm) add(sink, alarm, observedAt);
  tellFaults(sink, stated, observedAt);
};

const analogue: ObjectReader = (sink, { reader, packetTime }) => {
  const { place, channel } = readPlace(reader);
  const { name, signal, factor = 1 } = quantityOf(reader.u8(), place);
  const low = reader.u8();
  const high = reader.i8();
  const swapped = (((low << 8) | (high & 0xff)) << 16) >> 16;
  const raw = (high << 8) | low;
  const observedAt = happenedAt(reader, packetTime);
  if (signal === undefined) {
    sink.reasons.push(`${channel}: ${name} ${raw}`);
    return;
  }
  // The standard sends the low byte first; a maker that does not shows it by a value that cannot be.
  const values = [raw, swapped].map((value) => Number((value * factor).toPrecision(9)));
  const value = values.find((one) => isPlausible(signal, one));
  if (value === undefined) sink.reasons.push(`${channel}: ${name} ${values[0]} is not plausible`);
  else add(sink, { signal, channel, value }, observedAt);
};

function tellOperation(
  sink: Sink,
  { channel, flags, operator }: { channel: string; flags: number; operator: number },
  observedAt: number | undefined,
): void {
  const done = operations.filter((_, bit) => isSet(flags, bit));
  sink.reasons.push(`${channel}: ${done.join(', ') || 'nothing done'} by operator ${operator}`);
  const before = sink.origin;
  if (done.includes('test')) sink.origin = 'test';
  if (done.includes('manual alarm'))
    add(sink, { signal: 'fire', channel, value: true, code: 'manual alarm' }, observedAt);
  else if (done.includes('alarm cleared')) add(sink, { signal: 'fire', channel, value: false }, observedAt);
  sink.origin = before;
}

const systemOperation: ObjectReader = (sink, { reader, packetTime }) => {
  const system = reader.u8();
  const channel = `${system}-${reader.u8()}`;
  const flags = reader.u8();
  const operator = reader.u8();
  tellOperation(sink, { channel, flags, operator }, happenedAt(reader, packetTime));
};

const transmitterState: ObjectReader = (sink, { reader, packetTime }) => {
  const status = reader.u8();
  const stated = { channel: TRANSMITTER, status, meaning: transmitterStatus };
  tellState(sink, stated, happenedAt(reader, packetTime));
};

const transmitterOperation: ObjectReader = (sink, { reader, packetTime }) => {
  const flags = reader.u8();
  const operator = reader.u8();
  tellOperation(sink, { channel: TRANSMITTER, flags, operator }, happenedAt(reader, packetTime));
};

/** Table 3; 61 and above are questions to the panel. */
const dataTypes: Readonly<Record<number, DataType>> = {
  1: { name: 'system state', length: 4, read: systemState },
  2: { name: 'component state', length: 40, read: componentState },
  3: { name: 'analogue value', length: 10, read: analogue },
  4: { name: 'operation', length: 4, read: systemOperation },
  5: { name: 'software version' },
  6: { name: 'system configuration' },
  7: { name: 'component configuration' },
  8: { name: 'system time' },
  21: { name: 'transmitter state', length: 1, read: transmitterState },
  24: { name: 'transmitter operation', length: 2, read: transmitterOperation },
  25: { name: 'transmitter software version' },
  26: { name: 'transmitter configuration' },
  28: { name: 'transmitter time' },
};

/** Bytes of each object: with its time, unless the length shows that the panel leaves it out. */
function strideOf(length: number, count: number, available: number): number {
  const bare = count > 0 && available === count * length && available % (length + TIME_LENGTH) !== 0;
  return bare ? length : length + TIME_LENGTH;
}

/** Reads a data unit: its kind, how many objects, and the objects, as far as the bytes go. */
export function readData(sink: Sink, data: Uint8Array, packetTime: number | undefined): void {
  if (data.length < 2) {
    if (data.length === 1) sink.reasons.push(`a data unit of one byte, ${data[0]}`);
    return;
  }
  const [type = 0, count = 0] = data;
  const known = dataTypes[type];
  if (!known) {
    sink.misunderstood = true;
    sink.reasons.push(`data type ${type} is not known`);
    return;
  }
  const { name, length, read } = known;
  if (length === undefined || !read) {
    sink.reasons.push(name);
    return;
  }
  const objects = data.subarray(2);
  const stride = strideOf(length, count, objects.length);
  const most = count === 0 ? Math.ceil(objects.length / stride) : count;
  let whole = most > 0;
  for (let i = 0; i < most && whole; i += 1) {
    const reader = new ByteReader(objects.subarray(i * stride, (i + 1) * stride), { littleEndian: true });
    whole = salvage(() => read(sink, { reader, packetTime }));
  }
  if (!whole) sink.reasons.push(`${name}: fewer bytes than ${most} objects need`);
}
