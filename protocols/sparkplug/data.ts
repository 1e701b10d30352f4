import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import { clean, type Sink } from '../sink.ts';
import { parseTime } from '../time.ts';
import { meaningsOf, tellMetric } from './meanings.ts';
import { type Metric, metricValue, type Payload } from './payload.ts';
import { indexOf, isSilent, type Known, type Memory, own, stand, taughtOf } from './session.ts';

export interface Heard {
  memory: Memory;
  readings: DecodedReading[];
  reasons: string[];
  /** Something was said that only a birth explains. */
  puzzled: boolean;
}

const MOST_REASONS = 12;

interface Message {
  device: string;
  payload: Payload;
  /** Values of a birth are those of now, whenever they last changed. */
  birth: boolean;
  retained: boolean;
}

/** A metric that says its whole name though no birth told of it. */
function byItsName(device: string, { name = '', datatype, unit }: Metric): Known | undefined {
  const [meaning] = meaningsOf([{ name, ...(unit === undefined ? {} : { unit }) }]);
  if (!meaning) return { device };
  return {
    device,
    metric: { name: clean(name, 128), ...(datatype === undefined ? {} : { datatype }), meaning },
  };
}

/** What is known of a metric; undefined for an alias of which no birth told. */
function knownOf(memory: Memory, device: string, metric: Metric): Known | undefined {
  const taught = taughtOf(memory);
  const { name, alias } = metric;
  if (name) return indexOf(taught).byName.get(`${device}/${clean(name, 128)}`) ?? byItsName(device, metric);
  if (alias === undefined || memory.dead) return undefined;
  return indexOf(taught).byAlias.get(alias) ?? (isSilent(taught, alias) ? { device } : undefined);
}

/** The moment of a value; what a birth tells holds at the birth. */
function timeOf({ timestamp, historical }: Metric, { payload, birth }: Message): number | undefined {
  const own = birth && !historical ? payload.timestamp : (timestamp ?? payload.timestamp);
  return parseTime(own);
}

function originOf({ historical }: Metric, { retained }: Message): Origin {
  if (retained) return 'retained';
  return historical ? 'history' : 'live';
}

interface Reading {
  memory: Memory;
  readings: DecodedReading[];
  reasons: string[];
}

/** A fault that stands is told once; one of the past does not stand. */
function tellFault(state: Reading, sink: Sink, { key, text }: { key: string; text: string }): Reading {
  const stands = own(taughtOf(state.memory).standing, key) === text;
  const past = sink.origin !== 'live';
  const memory = past ? state.memory : stand(state.memory, key, sink.readings.length > 0 ? text : undefined);
  return { ...state, memory, readings: [...state.readings, ...(stands && !past ? [] : sink.readings)] };
}

function readMetric(
  state: Reading,
  metric: Metric,
  { message, known }: { message: Message; known: Known },
): Reading {
  const { metric: taught } = known;
  if (!taught || metric.isNull) return state;
  const value = metricValue(metric, metric.datatype ?? taught.datatype);
  if (value === undefined) return state;
  const sink: Sink = {
    readings: [],
    reasons: [],
    misunderstood: false,
    observedAt: timeOf(metric, message),
    origin: originOf(metric, message),
  };
  tellMetric(sink, { name: taught.name, value, meaning: taught.meaning });
  const reasons = [...state.reasons, ...sink.reasons];
  if (taught.meaning.as !== 'fault')
    return { memory: state.memory, readings: [...state.readings, ...sink.readings], reasons };
  const key = `${known.device}/${taught.name}`;
  return tellFault({ ...state, reasons }, sink, { key, text: clean(String(value)) });
}

/** An unexplained opening is `unspecified`; a metric that names the cause in the same message says it better. */
function withoutVague(readings: readonly DecodedReading[]): DecodedReading[] {
  const causes = readings.filter(({ cause }) => cause !== undefined && cause !== 'unspecified');
  return readings.filter(
    ({ cause, channel, origin }) =>
      cause !== 'unspecified' ||
      !causes.some((other) => other.channel === channel && other.origin === origin),
  );
}

/** Reads the values of a message about one device. */
export function readMetrics(memory: Memory, message: Message): Heard {
  let state: Reading = { memory, readings: [], reasons: [] };
  const unknown: (number | string)[] = [];
  for (const metric of message.payload.metrics) {
    const known = knownOf(state.memory, message.device, metric);
    if (known) state = readMetric(state, metric, { message, known });
    else unknown.push(metric.alias ?? 'a metric without name and alias');
  }
  const reasons = state.reasons.slice(0, MOST_REASONS);
  if (unknown.length > 0) reasons.push(`no birth told of ${unknown.slice(0, 5).join(', ')}`);
  return {
    memory: state.memory,
    readings: withoutVague(state.readings),
    reasons,
    puzzled: unknown.length > 0,
  };
}
