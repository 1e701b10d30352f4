/**
 * Cayenne Low Power Payload: channel, type, value, one after another. Types with their sizes and steps as MyDevices published them;
 * types 100 and above are those of IPSO objects less 3200 that network servers added.
 */
import { ByteReader, salvage } from '../bytes.ts';

interface Kind {
  name: string;
  /** Bytes of one number, negative where it is signed. */
  size: number;
  step: number;
  unit?: string;
  /** Numbers that belong together. */
  parts?: readonly (readonly [name: string, step: number])[];
}

const xyz = (step: number) =>
  [
    ['x', step],
    ['y', step],
    ['z', step],
  ] as const;
const kinds: Readonly<Record<number, Kind>> = {
  0: { name: 'digital_in', size: 1, step: 1 },
  1: { name: 'digital_out', size: 1, step: 1 },
  2: { name: 'analog_in', size: -2, step: 0.01 },
  3: { name: 'analog_out', size: -2, step: 0.01 },
  100: { name: 'generic', size: 4, step: 1 },
  101: { name: 'luminosity', size: 2, step: 1 },
  102: { name: 'presence', size: 1, step: 1 },
  103: { name: 'temperature', size: -2, step: 0.1, unit: '°C' },
  104: { name: 'relative_humidity', size: 1, step: 0.5, unit: '%' },
  113: { name: 'accelerometer', size: -2, step: 0.001, parts: xyz(0.001) },
  115: { name: 'barometric_pressure', size: 2, step: 0.1, unit: 'hPa' },
  116: { name: 'voltage', size: 2, step: 0.01, unit: 'V' },
  117: { name: 'current', size: 2, step: 0.001, unit: 'A' },
  118: { name: 'frequency', size: 4, step: 1, unit: 'Hz' },
  120: { name: 'percentage', size: 1, step: 1, unit: '%' },
  121: { name: 'altitude', size: -2, step: 1 },
  125: { name: 'concentration', size: 2, step: 1 },
  128: { name: 'power', size: 2, step: 1, unit: 'W' },
  130: { name: 'distance', size: 4, step: 0.001, unit: 'm' },
  131: { name: 'energy', size: 4, step: 0.001, unit: 'kWh' },
  132: { name: 'direction', size: 2, step: 1 },
  133: { name: 'unix_time', size: 4, step: 1 },
  134: { name: 'gyrometer', size: -2, step: 0.01, parts: xyz(0.01) },
  135: {
    name: 'colour',
    size: 1,
    step: 1,
    parts: [
      ['r', 1],
      ['g', 1],
      ['b', 1],
    ],
  },
  136: {
    name: 'gps',
    size: -3,
    step: 1,
    parts: [
      ['latitude', 0.0001],
      ['longitude', 0.0001],
      ['altitude', 0.01],
    ],
  },
  142: { name: 'switch', size: 1, step: 1 },
};

function numberFrom(reader: ByteReader, size: number): number {
  switch (size) {
    case 1:
      return reader.u8();
    case 2:
      return reader.u16();
    case -2:
      return reader.i16();
    case -3: {
      const value = reader.u24();
      return value >= 0x800000 ? value - 0x1000000 : value;
    }
    default:
      return reader.u32();
  }
}

const scaled = (value: number, step: number) => Number((value * step).toPrecision(10));

/** What a payload says, as a codec would give it: `temperature_1: {value, unit}`; and whether all of it was understood. */
export function readCayenne(bytes: Uint8Array): { data: Record<string, unknown>; whole: boolean } {
  const data: Record<string, unknown> = {};
  let known = true;
  const reader = new ByteReader(bytes);
  const complete = salvage(() => {
    while (known && reader.left > 0) {
      const channel = reader.u8();
      const kind = kinds[reader.u8()];
      if (!kind) known = false;
      else if (kind.parts) {
        const parts = kind.parts.map(([name, step]) => [name, scaled(numberFrom(reader, kind.size), step)]);
        data[`${kind.name}_${channel}`] = Object.fromEntries(parts);
      } else {
        const value = scaled(numberFrom(reader, kind.size), kind.step);
        data[`${kind.name}_${channel}`] = kind.unit === undefined ? value : { value, unit: kind.unit };
      }
    }
  });
  return { data, whole: complete && known && Object.keys(data).length > 0 };
}
