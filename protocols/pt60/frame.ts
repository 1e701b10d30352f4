/** The two frames of PT60 watches: `@G#@,V01,type,…,@R#@` with commas, `@B#@|01|type|…|@E#@` with bars. */
import { latin1 } from '../bytes.ts';
import type { TextFrames } from '../text-frames.ts';

export interface Frame {
  form: 'G' | 'B';
  /** Decimal, without zeros in front. */
  type: number;
  imei: string;
  imsi: string;
  /** What stands behind the two identities. */
  fields: string[];
}

const HEAD = /^\s*(?:@?[GB]#@)?([,|])(?:V?(\d{2}))\1\s*(\d{1,3})\s*\1\s*(\d{10,20})\s*(?:\1|$)/i;
const END = /@?[RE]#@\s*$/i;

export const frames: TextFrames = {
  begins: /@[GB]#@/g,
  begun: /@(?:[GB]#?)?$/,
  ends: /@[RE]#@/g,
  maxFrameBytes: 4_096,
};

/** Reads one frame with or without its marks, and without its last field where nothing shows that it is whole; undefined where it does not begin as one. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  const received = latin1(bytes);
  const text = received.replace(END, '').trimEnd();
  const [whole = '', separator, , type = '', imei = ''] = HEAD.exec(text) ?? [];
  if (separator === undefined) return undefined;
  const [imsi = '', ...fields] = text.slice(whole.length).split(separator);
  if (!END.test(received)) fields.pop();
  return {
    form: separator === '|' ? 'B' : 'G',
    type: Number(type),
    imei,
    imsi,
    fields: fields.slice(0, 300),
  };
}

/** Every message is answered: with the time, or with the next number as its type. */
export function answerTo({ form, type, imei }: Frame, now: number): Uint8Array {
  const time = new Date(now).toISOString().replace(/\D/g, '').slice(0, 14);
  const text =
    form === 'G'
      ? `@G#@,V01,38,${time},@R#@`
      : `@B#@|01|${String(type + 1).padStart(3, '0')}|${imei}|0|${time}|@E#@`;
  return Buffer.from(text, 'latin1');
}
