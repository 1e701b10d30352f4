/** Contents of the GT06 family that are text or identity: answers to commands, information packets, address requests. */
import type { Location } from '../../src/model/signals.ts';
import { ByteReader, latin1, packedImei, salvage } from '../bytes.ts';
import { locationAt } from '../position.ts';

/** The answer of a device to a command: the mark that the command bore, and the text. */
export interface TextAnswer {
  mark?: number;
  text: string;
}

function textOf(bytes: Uint8Array, utf16: boolean): string {
  const text = utf16
    ? Buffer.from(bytes.subarray(0, bytes.length & ~1))
        .swap16()
        .toString('utf16le')
    : latin1(bytes);
  return text.replace(/\0/g, '').trim();
}

/** 15: length, mark, text, language. */
export function readShortAnswer(bytes: Uint8Array): TextAnswer {
  const reader = new ByteReader(bytes);
  const answer: TextAnswer = { text: '' };
  salvage(() => {
    const length = reader.u8();
    answer.mark = reader.u32();
    answer.text = textOf(reader.take(Math.min(Math.max(length - 4, 0), reader.left)), false);
  });
  return answer;
}

/** 21: mark, coding (1 ASCII, 2 UTF-16), text. */
export function readLongAnswer(bytes: Uint8Array): TextAnswer {
  const reader = new ByteReader(bytes);
  const answer: TextAnswer = { text: '' };
  salvage(() => {
    answer.mark = reader.u32();
    answer.text = textOf(reader.rest().subarray(1), bytes[4] === 2);
  });
  return answer;
}

const PLACE = /\bLat:([NS])\s*(\d{1,2}\.\d+),\s*Lon:([EW])\s*(\d{1,3}\.\d+)/i;

/** The place in the answer to a question for it; "Last position" is not where the wearer is. */
export function placeIn(text: string): Location | undefined {
  const found = /last position/i.test(text) ? null : PLACE.exec(text);
  if (!found) return undefined;
  const [, north = '', latitude, east = '', longitude] = found;
  const sign = (letter: string) => (/[sw]/i.test(letter) ? -1 : 1);
  return locationAt(sign(north) * Number(latitude), sign(east) * Number(longitude));
}

/** Whether a text says that the device did not do what it was told. */
export function isRefusal(text: string): boolean {
  return /\b(?:fail(?:ed|ure)?|error|invalid|unsupported|wrong)\b/i.test(text);
}

const IDENTITY = { information: 0x94, card: 0x0a } as const;

/** The IMEI that information packets tell: IMEI, IMSI, ICCID. */
export function imeiIn(type: number, bytes: Uint8Array): string | undefined {
  if (type === IDENTITY.information && bytes[0] === IDENTITY.card) return packedImei(bytes.subarray(1, 9));
  return type === 0x90 ? packedImei(bytes.subarray(0, 8)) : undefined;
}

const PHONE_BYTES = 21;

/**
 * The answer to an address request (1A, 2A), in English: length, mark, then the text `ADDRESS&&address&&phone##` with the address in UTF-16.
 * We know no address, and the device waits for one.
 */
export function addressAnswer(request: Uint8Array): Uint8Array {
  const phone =
    request.length >= PHONE_BYTES + 2 ? request.slice(-PHONE_BYTES - 2, -2) : new Uint8Array(PHONE_BYTES);
  const text = Buffer.concat([
    Buffer.from('ADDRESS&&'),
    Buffer.from('NA', 'utf16le').swap16(),
    Buffer.from('&&'),
    phone,
    Buffer.from('##'),
  ]);
  const length = text.length + 4;
  return Uint8Array.of(length >> 8, length & 0xff, 0, 0, 0, 1, ...text);
}
