/** What languages of JSON share: a body that may be damaged, and the outcome of a message. */
import type { Decoded, ProtocolSession } from '../src/model/uplinks.ts';
import { utf8 } from './bytes.ts';
import { isObject, type JsonObject, type Sink } from './sink.ts';

export interface Body {
  /** JSON, or the fields of a form, or what could be saved of a damaged text. */
  value: unknown;
  reason?: string;
}

const MAX_REASON = 500;
const MAX_SAVED = 200;
const PAIR =
  /"([^"\\]{1,64})"\s*:\s*(?:"((?:[^"\\]|\\.){0,256})"|(-?\d{1,20}(?:\.\d{1,12})?)(?=[\s,}\]])|(true|false)(?!\w))/g;

/** Every `"key": value` of a text that was cut or damaged, the first of a name: identity and alarms stand in front. */
export function savePairs(text: string): JsonObject | undefined {
  const saved: [string, unknown][] = [];
  for (const [, key = '', word, number, flag] of text.matchAll(PAIR)) {
    const value = word ?? (number === undefined ? flag === 'true' : Number(number));
    if (saved.length < MAX_SAVED && !saved.some(([known]) => known === key)) saved.push([key, value]);
  }
  return saved.length === 0 ? undefined : Object.fromEntries(saved);
}

function fromForm(text: string): JsonObject | undefined {
  if (!/^[\w.[\]-]{1,64}=/.test(text)) return undefined;
  return Object.fromEntries([...new URLSearchParams(text)].slice(0, MAX_SAVED));
}

/** Reads a body as JSON, as a form, or as what is left of JSON. Never throws; `value` is undefined where there is nothing. */
export function readBody(bytes: Uint8Array, maxBytes: number): Body {
  const long = bytes.byteLength > maxBytes;
  const text = utf8(bytes.subarray(0, maxBytes))
    .replace(/^\uFEFF/, '')
    .trim();
  if (!long) {
    const whole = parseJson(text);
    if (whole !== undefined) return { value: whole };
    const form = fromForm(text);
    if (form) return { value: form };
  }
  const reason = long
    ? `${bytes.byteLength} bytes are more than ${maxBytes}`
    : text === ''
      ? 'the message is empty'
      : 'not JSON';
  return { value: savePairs(text), reason };
}

/** JSON of a text; undefined for anything else, and for nothing. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An object as it is, or as the text of one: clouds wrap JSON into JSON. */
export function asObject(value: unknown): JsonObject | undefined {
  if (isObject(value)) return value;
  if (typeof value !== 'string' || value.length > 200_000 || !/^\s*\{/.test(value)) return undefined;
  const parsed = parseJson(value);
  return isObject(parsed) ? parsed : undefined;
}

export function newSink(observedAt?: number, origin: Sink['origin'] = 'live'): Sink {
  return { readings: [], reasons: [], misunderstood: false, observedAt, origin };
}

/** The same sink, whose next readings were taken at another time or come from elsewhere. */
export function at(sink: Sink, change: { observedAt?: number | undefined; origin?: Sink['origin'] }): Sink {
  return {
    ...sink,
    ...('observedAt' in change ? { observedAt: change.observedAt } : {}),
    ...(change.origin ? { origin: change.origin } : {}),
  };
}

export function reasonOf(reasons: readonly (string | undefined)[]): { reason?: string } {
  const reason = reasons
    .filter((one) => one !== undefined && one !== '')
    .join('; ')
    .slice(0, MAX_REASON)
    .toWellFormed();
  return reason === '' ? {} : { reason };
}

type Facts = Omit<Partial<Decoded>, 'outcome' | 'readings' | 'nativeId' | 'sequence'> & {
  session: ProtocolSession;
  command: string;
  nativeId: string | undefined;
  sequence?: string | undefined;
};

/** A message that was read into a sink: `ok` where it says something of anybody. */
export function decodedOf(
  sink: Sink,
  { nativeId, sequence, reason, replies = [], ...facts }: Facts,
): Decoded {
  const { downlinkAnswer, children, introduces, others = [] } = facts;
  const told =
    sink.readings.length > 0 ||
    downlinkAnswer !== undefined ||
    children !== undefined ||
    introduces !== undefined;
  const understood = told || others.some(({ readings }) => readings.length > 0);
  return {
    ...facts,
    outcome: understood ? 'ok' : sink.misunderstood ? 'undecodable' : 'empty',
    ...(nativeId === undefined || nativeId === '' ? {} : { nativeId }),
    readings: sink.readings,
    replies,
    ...(sequence === undefined ? {} : { sequence }),
    ...reasonOf([
      reason,
      ...sink.reasons,
      sink.misunderstood && !reason && sink.reasons.length === 0 ? 'not understood' : undefined,
    ]),
  };
}

/** The first of several values that is a text or number with something in it. */
export function textOf(...values: unknown[]): string | undefined {
  for (const value of values) {
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
    if (typeof value === 'string' && value.trim() !== '' && value.length <= 256) return value.trim();
  }
  return undefined;
}

const NO_ID = /^(?:undefined|null|none|unknown|0+)$/i;

/** An identity as a device has it: short, printable, without spaces. */
export function idOf(...values: unknown[]): string | undefined {
  for (const value of values) {
    const text = textOf(value);
    if (text !== undefined && /^[\w.:@-]{1,64}$/.test(text) && !NO_ID.test(text)) return text;
  }
  return undefined;
}
