import {
  type BreakerFaultCause,
  breakerFaultCauses,
  definitionOf,
  isLifeSignal,
  isPlausible,
  isSignal,
  type Signal,
  type SignalDefinition,
  signals,
} from '../../src/model/signals.ts';
import { add, clean, discard, isObject, type JsonObject, refuse, type Sink } from '../sink.ts';
import { readLocation, readNetworkScan } from './places.ts';

/** Where a value belongs: the signal, and the channel and code that came with it. */
interface Place {
  signal: Signal;
  channel?: string;
  code?: string;
}

type ScalarValue = number | boolean | string;
/** The value of a reading, or undefined where there is none; why not is noted in the sink. */
type ParseScalar = (sink: Sink, place: Place, given: unknown) => ScalarValue | undefined;
type ReadPlace = (sink: Sink, place: Place, given: unknown) => void;
type ReadSignal = (sink: Sink, given: unknown) => void;

const CHANNEL = /^[\w.-]{1,32}$/;
const NO = /^(?:|false|0|no|off|none)$/i;
const FAULT_KEYS = ['cause', 'stage', 'code'];

function nameOf({ signal, channel }: Place): string {
  return channel === undefined ? signal : `${signal}.${channel}`;
}

/** True, and the ways in which firmware says true. */
export function isYes(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(?:true|1)$/i.test(value));
}

function isNo(value: unknown): boolean {
  return value === false || value === 0 || (typeof value === 'string' && NO.test(value.trim()));
}

function numberParser({ range, unit = '' }: SignalDefinition): ParseScalar {
  const [min, max] = range ?? [null, null];
  const limits = `${min ?? ''}–${max ?? ''} ${unit}`.trim();
  return (sink, place, given) => {
    if (typeof given !== 'number') return refuse(sink, nameOf(place), 'a number', given);
    if (isPlausible(place.signal, given)) return given;
    return discard(sink, nameOf(place), `${given} is outside ${limits}`);
  };
}

function enumParser({ values = [] }: SignalDefinition): ParseScalar {
  return (sink, place, given) => {
    if (typeof given === 'string' && values.includes(given)) return given;
    return refuse(sink, nameOf(place), values.join(', '), given);
  };
}

/** A state is true or false and nothing else, save that what may save a life is believed in other spellings too. */
const parseState: ParseScalar = (sink, place, given) => {
  if (typeof given === 'boolean') return given;
  refuse(sink, nameOf(place), 'true or false', given);
  return isLifeSignal(place.signal) && isYes(given) ? true : undefined;
};

/**
 * An event is true when it happens; false says nothing. A call for help (`sos`, `fall`, `service_call`) in a form that is
 * neither is raised all the same: a firmware that says it wrongly still says it.
 */
const parseEvent: ParseScalar = (sink, place, given) => {
  if (isYes(given)) return true;
  if (isNo(given)) return undefined;
  refuse(sink, nameOf(place), 'true', given);
  return isLifeSignal(place.signal) ? true : undefined;
};

function parserOf(definition: SignalDefinition): ParseScalar {
  switch (definition.kind) {
    case 'number':
      return numberParser(definition);
    case 'enum':
      return enumParser(definition);
    case 'event':
      return parseEvent;
    default:
      return parseState;
  }
}

function codeOf(value: unknown): { code?: string } {
  return typeof value === 'string' || typeof value === 'number' ? { code: clean(String(value)) } : {};
}

/** One value per channel: `{"a": …, "b": …}`. */
function readChannels(sink: Sink, signal: Signal, given: JsonObject, read: ReadPlace): void {
  for (const channel of Object.keys(given)) {
    if (given[channel] === null) continue;
    if (CHANNEL.test(channel)) read(sink, { signal, channel }, given[channel]);
    else refuse(sink, signal, 'channel names of letters, digits, dot and dash', channel);
  }
}

/** A scalar, `{"value": …, "code": …}`, or one of them per channel. */
function scalarReader(signal: Signal): ReadSignal {
  const parse = parserOf(definitionOf(signal));
  const readPlain: ReadPlace = (sink, place, given) => {
    const value = parse(sink, place, given);
    if (value !== undefined) add(sink, { ...place, value });
  };
  const readPlace: ReadPlace = (sink, place, given) => {
    if (!isObject(given) || !Object.hasOwn(given, 'value')) readPlain(sink, place, given);
    else if (given.value !== null) readPlain(sink, { ...place, ...codeOf(given.code) }, given.value);
  };
  return (sink, given) => {
    const isMap = isObject(given) && !Object.hasOwn(given, 'value') && Object.keys(given).length > 0;
    if (isMap) readChannels(sink, signal, given, readPlace);
    else readPlace(sink, { signal }, given);
  };
}

function isCause(value: unknown): value is BreakerFaultCause {
  return breakerFaultCauses.some((cause) => cause === value);
}

/** `{"cause", "stage", "code"}`; an unknown cause is `unspecified` and keeps what was said as its code. */
const readFault: ReadPlace = (sink, place, given) => {
  if (isNo(given)) return;
  const fault: JsonObject = isYes(given) ? {} : isObject(given) ? given : { cause: given };
  const cause = isCause(fault.cause) ? fault.cause : 'unspecified';
  const code = codeOf(fault.code ?? (cause === 'unspecified' ? fault.cause : undefined));
  const stage = fault.stage === 'warning' || fault.stage === 'trip' ? fault.stage : undefined;
  if (fault.stage !== undefined && !stage)
    refuse(sink, `${nameOf(place)}.stage`, 'warning or trip', fault.stage);
  add(sink, { ...place, value: true, cause, ...(stage ? { stage } : {}), ...code });
};

/** One fault, an array of them, or one per channel. */
const readFaults: ReadSignal = (sink, given) => {
  const signal = 'breaker_fault';
  if (Array.isArray(given)) {
    for (const fault of given) readFault(sink, { signal }, fault);
    return;
  }
  const keys = isObject(given) ? Object.keys(given) : [];
  const isMap = keys.length > 0 && !keys.some((key) => FAULT_KEYS.includes(key));
  if (isMap && isObject(given)) readChannels(sink, signal, given, readFault);
  else readFault(sink, { signal }, given);
};

function readerOf(signal: Signal): ReadSignal {
  switch (signal) {
    case 'location':
      return readLocation;
    case 'network_scan':
      return readNetworkScan;
    case 'breaker_fault':
      return readFaults;
    default:
      return scalarReader(signal);
  }
}

const readers: ReadonlyMap<string, ReadSignal> = new Map(
  Object.keys(signals)
    .filter(isSignal)
    .map((signal) => [signal, readerOf(signal)]),
);

/**
 * Reads the value of one key; null is "not measured". An unknown key is named in the reason; a call for help in other
 * letters is heard.
 */
export function readKey(sink: Sink, key: string, given: unknown): void {
  const reader =
    readers.get(key) ?? (isLifeSignal(key.toLowerCase()) ? readers.get(key.toLowerCase()) : undefined);
  if (!readers.has(key)) {
    sink.misunderstood = true;
    sink.reasons.push(`${clean(key, 32)}: unknown key`);
  }
  if (given !== null) reader?.(sink, given);
}
