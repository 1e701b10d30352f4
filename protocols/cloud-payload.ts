/** What clouds of operators carry for a device: its own JSON, JSON as text, or its bytes as base64 or hex. */
import { alarmsOf } from './alarm-words.ts';
import { fromHex, utf8 } from './bytes.ts';
import { purposeOf } from './field-match.ts';
import type { FieldOptions } from './field-values.ts';
import { addFindings, readFields } from './generic-map.ts';
import { asObject, parseJson, savePairs } from './json-frame.ts';
import { isObject, type JsonObject, type Sink } from './sink.ts';

const MAX_RAW = 65_536;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const HEX = /^(?:[0-9a-f]{2})+$/i;
/** Text, and no more than a stray byte that is none. */
const TEXT = /^[\t\r\n\x20-\x7e\p{L}\p{N}\p{P}\p{S}]+$/u;

function readable(bytes: Uint8Array): string | undefined {
  const text = utf8(bytes).replace(/\0+$/, '');
  return text !== '' && TEXT.test(text) && !text.includes('\uFFFD') ? text : undefined;
}

/** `heart:72;sos:1`, one field after another. */
function pairsIn(text: string): JsonObject | undefined {
  const found = [
    ...text.slice(0, 4000).matchAll(/([\p{L}_][\p{L}\p{N}_]{0,31})\s*[:=]\s*([^,;&|\s]{1,64})/gu),
  ];
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map(([, key = '', value = '']) => [key, value]));
}

function readText(sink: Sink, text: string, options: FieldOptions): void {
  const parsed = parseJson(text);
  const object = isObject(parsed) ? parsed : (savePairs(text) ?? pairsIn(text));
  if (object) readFields(sink, object, options);
  else addFindings({ sink }, alarmsOf(text));
}

/**
 * Reads a payload whose device the cloud does not know: text or JSON in base64 or hex. Bytes of another kind are told as such and are
 * nothing.
 */
export function readRaw(sink: Sink, raw: string, options: FieldOptions = {}): void {
  const given = raw.trim().slice(0, MAX_RAW);
  const decoded = HEX.test(given)
    ? [fromHex(given), Buffer.from(given, 'base64')]
    : [Buffer.from(given, 'base64')];
  const text = BASE64.test(given) ? decoded.map(readable).find((one) => one !== undefined) : undefined;
  if (text === undefined && BASE64.test(given) && given.length > 8) {
    sink.misunderstood = true;
    sink.reasons.push(`the payload is ${decoded[0]?.length ?? 0} bytes of the device's own language`);
    return;
  }
  readText(sink, text ?? given, options);
}

const RAW_NAME = /^(?:appdata|data|raw|rawdata|payload|hexdata|content|body)$/i;

/** Reads the fields of a model, and what stands as raw text among them. `extra` tells a purpose where the fields do not. */
export function readModel(sink: Sink, object: JsonObject, options: FieldOptions = {}): void {
  const purpose = purposeOf(object) ?? options.purpose;
  const own = (into: Sink, name: string, value: unknown): boolean => {
    if (options.own?.(into, name, value)) return true;
    if (typeof value !== 'string' || !RAW_NAME.test(name)) return false;
    const inner = asObject(value);
    if (inner) readFields(into, inner, options);
    else if (value.length > 3) readRaw(into, value, options);
    return true;
  };
  readFields(sink, object, { ...options, purpose, own });
}
