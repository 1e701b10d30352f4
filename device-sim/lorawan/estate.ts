import type { Noise } from '../noise.ts';

/** What stands in a residential estate behind one LoRaWAN network server: a device of each kind, by different makers. */

export interface LorawanDevice {
  id: string;
  eui: string;
  /** Device profile, as an administrator of the network server names it. */
  model: string;
  fPort: number;
  /** What its codec makes of a report on a quiet day; `at` tells one moment from another. */
  quietDay(noise: Noise, at: number): Readonly<Record<string, unknown>>;
}

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
const warm = (noise: Noise, at: number) => ({
  temperature: rounded(16 + noise.normal(`temperature/${at}`), 1),
  humidity: rounded(58 + 2 * noise.normal(`humidity/${at}`), 1),
});

export const estate: readonly LorawanDevice[] = [
  {
    id: 'riser_rope',
    eui: '24e124136d000101',
    model: 'Milesight EM300-ZLD',
    fPort: 85,
    quietDay: (noise, at) => ({ battery: 92, ...warm(noise, at), leakage_status: 'normal' }),
  },
  {
    id: 'garage_rope',
    eui: '24e124136d000102',
    model: 'Milesight EM300-SLD',
    fPort: 85,
    quietDay: (noise, at) => ({ battery: 81, ...warm(noise, at), leakage_status: 'normal' }),
  },
  {
    id: 'inlet_pipe',
    eui: '24e124413d000103',
    model: 'Milesight EM500-PP',
    fPort: 85,
    quietDay: (noise, at) => ({
      battery: 88,
      pressure: Math.round(318 + 3 * noise.normal(`pressure/${at}`)),
    }),
  },
  {
    id: 'manhole',
    eui: 'a84041d0a1000104',
    model: 'Dragino LDDS75',
    fPort: 2,
    quietDay: (noise, at) => ({
      Bat: 3.338,
      Distance: Math.round(2025 + 12 * noise.normal(`distance/${at}`)),
      Interrupt_flag: 0,
      TempC_DS18B20: '0.00',
      Sensor_flag: 1,
    }),
  },
  {
    id: 'stairs_smoke',
    eui: '70b3d58ff1000105',
    model: 'Yobiiq SD-1001',
    fPort: 8,
    quietDay: () => ({
      batteryLevelInPercentage: 95,
      lowBatteryAlarm: 'Normal',
      faultAlarm: 'Normal',
      smokeAlarm: 'Normal',
      interconnectAlarm: 'Normal',
      testButtonPressed: 'Not pushed',
      deviceModel: 'SD-1001',
    }),
  },
  {
    id: 'help_button',
    eui: '24e124535d000106',
    model: 'Milesight WS101 SOS',
    fPort: 85,
    quietDay: () => ({ battery: 97 }),
  },
  {
    id: 'roof_tank',
    eui: '24e124713d000108',
    model: 'Milesight EM500-SWL',
    fPort: 85,
    quietDay: (noise, at) => ({ battery: 90, water_level: Math.round(62 + noise.normal(`tank/${at}`)) }),
  },
  {
    id: 'pump_rope',
    eui: '00137a1000000107',
    model: 'Netvox R718WB',
    fPort: 6,
    quietDay: () => ({ Device: 'R718WB', Volt: 3.1, WaterLeak: 'NoLeak' }),
  },
];
