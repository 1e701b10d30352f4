import type { DownlinkCommand } from '../../src/model/uplinks.ts';
import { gbk } from '../gbk.ts';

/** Message number and body. */
export interface Command {
  id: number;
  body: Uint8Array;
}

/** Parameter: seconds between two position reports. */
const REPORT_INTERVAL = 0x29;
const CONTROL = { powerOff: 3, restart: 4 } as const;
/** Show it on the screen and read it aloud. */
const TEXT_FLAGS = { display: 1 << 2, speak: 1 << 3 };
/** In the edition of 2019 the low bits say what it is (3, a notice), and a byte behind them the same again. */
const NOTICE_2019 = [3 | TEXT_FLAGS.display | TEXT_FLAGS.speak, 1] as const;
const MOST_TEXT = 1_000;
const MOST_CONTACTS = 10;
const CONTACT = { replaceAll: 1, bothWays: 3 } as const;
const NAME = 'SOS';

function u32(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** 8401: the phone book, each entry for calls in both directions. */
function phoneBook(numbers: readonly string[]): Uint8Array {
  const contacts = numbers.slice(0, MOST_CONTACTS).map((number, at) => {
    const digits = Buffer.from(number.replace(/[^\d+*#]/g, '').slice(0, 20), 'latin1');
    const name = Buffer.from(`${NAME}${at + 1}`, 'latin1');
    return [CONTACT.bothWays, digits.length, ...digits, name.length, ...name];
  });
  return Uint8Array.of(CONTACT.replaceAll, contacts.length, ...contacts.flat());
}

/** A command in the words of the standard; it has none for a measurement, for ringing or for falls. */
export function commandOf(command: DownlinkCommand, is2019: boolean): Command | undefined {
  switch (command.kind) {
    case 'locate_now':
      return { id: 0x8201, body: new Uint8Array() };
    case 'set_interval':
      return { id: 0x8103, body: Uint8Array.of(1, ...u32(REPORT_INTERVAL), 4, ...u32(command.seconds)) };
    case 'set_sos_numbers':
      return { id: 0x8401, body: phoneBook(command.numbers) };
    case 'message': {
      const flags = is2019 ? NOTICE_2019 : [TEXT_FLAGS.display | TEXT_FLAGS.speak];
      return { id: 0x8300, body: Uint8Array.of(...flags, ...gbk(command.text, MOST_TEXT)) };
    }
    case 'power_off':
      return { id: 0x8105, body: Uint8Array.of(CONTROL.powerOff) };
    case 'restart':
      return { id: 0x8105, body: Uint8Array.of(CONTROL.restart) };
    default:
      return undefined;
  }
}
