import type { Decoded, ProtocolSession } from '../../src/model/uplinks.ts';
import { utf8 } from '../bytes.ts';
import { isObject, type JsonObject } from '../sink.ts';

const MAX_REASON = 500;
const parsed = new WeakMap<Uint8Array, JsonObject | string>();

/** The JSON object in a message, or why it holds none. The same bytes are parsed once, though several ask. */
export function messageIn(bytes: Uint8Array, maxBytes: number): JsonObject | string {
  const known = parsed.get(bytes);
  if (known !== undefined) return known;
  const found = parse(bytes, maxBytes);
  parsed.set(bytes, found);
  return found;
}

function parse(bytes: Uint8Array, maxBytes: number): JsonObject | string {
  if (bytes.byteLength > maxBytes) return `${bytes.byteLength} bytes are more than ${maxBytes}`;
  const text = utf8(bytes).replace(/^\ufeff/, '');
  if (text.trim() === '') return 'the message is empty';
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : 'expected a JSON object';
  } catch {
    return 'not JSON';
  }
}

type Said = Partial<Pick<Decoded, 'nativeId' | 'readings' | 'sequence' | 'downlinkAnswer' | 'introduces'>> & {
  reasons?: readonly string[];
  /** It was not understood, as opposed to understood and carrying nothing. */
  misunderstood?: boolean;
};

/** What was heard as the outcome of an uplink. */
export function outcomeOf(session: ProtocolSession, command: string, said: Said): Decoded {
  const {
    readings = [],
    reasons = [],
    misunderstood = false,
    nativeId,
    sequence,
    downlinkAnswer,
    introduces = [],
  } = said;
  const reason = reasons.join('; ').slice(0, MAX_REASON).toWellFormed();
  const understood = readings.length > 0 || downlinkAnswer !== undefined;
  return {
    session,
    outcome: understood ? 'ok' : misunderstood ? 'undecodable' : 'empty',
    ...(nativeId === undefined || nativeId === '' ? {} : { nativeId }),
    readings,
    replies: [],
    command,
    ...(sequence === undefined ? {} : { sequence }),
    ...(reason === '' ? {} : { reason }),
    ...(downlinkAnswer ? { downlinkAnswer } : {}),
    ...(introduces.length > 0 ? { introduces } : {}),
  };
}
