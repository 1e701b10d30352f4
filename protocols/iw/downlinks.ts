import type { DownlinkCommand, EncodedDownlink } from '../../src/model/uplinks.ts';
import { utf16Hex } from '../text-frames.ts';

type Part = readonly [name: string, ...fields: string[]];

const MEASURES = {
  heart_rate: 'BPXL',
  blood_pressure: 'BPXY',
  spo2: 'BPXZ',
  temperature: 'BPXT',
} as const;
/** Bands hold three. */
const SOS_NUMBERS = 3;
const SERIALS = 1_000_000;

/** Sensitivity is a command of its own behind the switch. */
function fallDetection(on: boolean, sensitivity: number | undefined): Part[] {
  const level: Part[] = on && sensitivity !== undefined ? [['BP77', String(sensitivity)]] : [];
  return [['BP76', on ? '1' : '0'], ...level];
}

function partsOf(command: DownlinkCommand): Part[] | undefined {
  switch (command.kind) {
    case 'locate_now':
      return [['BP16']];
    case 'measure':
      return [[MEASURES[command.what]]];
    case 'set_sos_numbers': {
      const numbers = command.numbers.map((number) => number.replace(/[^+\d]/g, ''));
      return [['BP12', ...Array.from({ length: SOS_NUMBERS }, (_, at) => numbers[at] ?? '')]];
    }
    case 'set_interval':
      return [['BP15', String(command.seconds)]];
    case 'message':
      return [['BP40', utf16Hex(command.text)]];
    case 'fall_detection':
      return fallDetection(command.on, command.sensitivity);
    case 'restart':
      return [['BP18']];
    case 'power_off':
      return [['BP31']];
    default:
      return undefined;
  }
}

/**
 * `IWBPxx,imei,serial[,…]#`: the number of fields is the format, a band ignores any other in silence. It answers with `IWAPxx,serial#`.
 * Ringing is not in the family.
 */
export function encodeDownlink(
  command: DownlinkCommand,
  to: { prefix: string; imei: string; serial: number },
): EncodedDownlink | undefined {
  const parts = partsOf(command);
  const [first] = parts ?? [];
  if (!parts || !first) return undefined;
  const serial = String(to.serial % SERIALS).padStart(6, '0');
  const text = parts.map(
    ([name, ...fields]) => `${to.prefix}${[name, to.imei, serial, ...fields].join(',')}#`,
  );
  return { bytes: Buffer.from(text.join(''), 'latin1'), answeredBy: first[0].replace(/^BP/, 'AP') };
}
