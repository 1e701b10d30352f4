/** The modular packet of newer GT06 firmware: kind and length of two bytes each, then what the kind holds. */
import { ByteReader, isSet, salvage } from '../bytes.ts';
import { locationAt } from '../position.ts';
import { type Content, nothing } from './content.ts';
import { readCell } from './network.ts';

const MODULE = { cell: 0x11, battery: 0x18, fix: 0x33 } as const;
const UNITS_PER_DEGREE = 1_800_000;

/** Seconds since 1970, satellites, altitude, latitude, longitude, speed, course with the flags of other fixes. */
function readFix(reader: ByteReader, content: Content): void {
  content.clock = reader.u32() * 1000;
  const satellites = reader.u8();
  const altitude = reader.i16();
  const latitude = reader.u32() / UNITS_PER_DEGREE;
  const longitude = reader.u32() / UNITS_PER_DEGREE;
  const speedKmh = reader.u8();
  const flags = reader.u16();
  if (!isSet(flags, 12)) return;
  content.location = locationAt(
    isSet(flags, 10) ? latitude : -latitude,
    isSet(flags, 11) ? -longitude : longitude,
    {
      altitude,
      satellites,
      speedKmh,
    },
  );
}

function readModule(kind: number, reader: ByteReader, content: Content): void {
  if (kind === MODULE.fix) readFix(reader, content);
  if (kind === MODULE.cell) content.scan = { cells: readCell(reader, 'narrow'), wifi: [] };
  if (kind !== MODULE.battery) return;
  const volts = reader.u16() / 100;
  if (volts > 0 && volts <= 60) content.facts.push({ signal: 'battery_voltage', value: volts });
}

/** Every module that is known; the rest are stepped over. */
export function readModules(bytes: Uint8Array): Content {
  const content = nothing();
  const reader = new ByteReader(bytes);
  const whole = salvage(() => {
    while (reader.left >= 4) {
      const kind = reader.u16();
      const module = new ByteReader(reader.take(reader.u16()));
      salvage(() => readModule(kind, module, content));
    }
  });
  if (!whole) content.reasons.push('the record was cut');
  return content;
}
