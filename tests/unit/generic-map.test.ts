import { describe, expect, it } from 'vitest';
import { alarmsOf } from '../../protocols/alarm-words.ts';
import { fields } from '../../protocols/field-names.ts';
import { readFields } from '../../protocols/generic-map.ts';
import { newSink } from '../../protocols/json-frame.ts';
import { squash } from '../../protocols/place-fields.ts';
import { conversionOf } from '../../protocols/units.ts';
import { definitionOf } from '../../src/model/signals.ts';

function read(message: Record<string, unknown>): Record<string, unknown> {
  const sink = newSink();
  readFields(sink, message);
  return Object.fromEntries(
    sink.readings.map(({ signal, channel, value }) => [
      channel === undefined ? signal : `${signal}.${channel}`,
      value,
    ]),
  );
}

describe('the table of names', () => {
  it('has no name twice on one kind of device, and units that its signals are measured in', () => {
    const seen = new Map<string, string>();
    for (const { signal, names, unit, of } of fields) {
      if (unit !== undefined && unit !== '')
        expect(conversionOf(signal, unit), `${signal} in ${unit}`).toBeDefined();
      if (unit !== undefined) expect(definitionOf(signal).kind).toBe('number');
      for (const name of names.split(/\s+/)) {
        for (const purpose of of ?? ['any']) {
          const key = `${squash(name)} of ${purpose}`;
          expect(seen.get(key), key).toBeUndefined();
          seen.set(key, signal);
        }
      }
    }
  });
});

describe('fields that nobody has described', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'in whichever spelling',
      { HeartRate: 72, 'heart-rate': 72, blood_oxygen: '97%' },
      { heart_rate: 72, spo2: 97 },
    ],
    [
      'units in the name',
      { BAT_mV: 3600, water_pressure_MPa: 0.3, temp_c: 20 },
      { battery_voltage: 3.6, water_pressure: 300 },
    ],
    [
      'units beside the value',
      { pressure: { value: 3.5, unit: 'bar' }, distance: '150 mm' },
      { water_pressure: 350, level_distance: 150 },
    ],
    [
      'phases',
      { Ua: 220, voltage_b: 221, C相电压: 219, Ia: 1 },
      { 'voltage.a': 220, 'voltage.b': 221, 'voltage.c': 219, 'current.a': 1 },
    ],
    [
      'phases in lists',
      { voltage: [220, 221, 222], current: [1, 2, 3] },
      {
        'voltage.a': 220,
        'voltage.b': 221,
        'voltage.c': 222,
        'current.a': 1,
        'current.b': 2,
        'current.c': 3,
      },
    ],
    ['a leak of water and one of current', { leak: 1, battery: 90 }, { water_leak: true, battery: 90 }],
    ['the same name on a circuit', { leak: 12, current: 3 }, { residual_current: 12, current: 3 }],
    [
      'a temperature of a person',
      { temperature: 36.6, heartRate: 70 },
      { body_temperature: 36.6, heart_rate: 70 },
    ],
    ['and of a room, which is nobody’s', { temperature: 21, humidity: 40 }, {}],
    ['a voltage of a battery', { voltage: 3600 }, { battery_voltage: 3.6 }],
    [
      'scaled integers',
      { voltage: 2203, current: 2, power_factor: 985, frequency: 5001 },
      { voltage: 220.3, current: 2, power_factor: 0.985, frequency: 50.01 },
    ],
    ['both pressures in one', { bloodPressure: '80/120' }, { systolic: 120, diastolic: 80 }],
    [
      'what is not measured',
      { heartRate: 0, spo2: 255, battery: 0, level_distance: 65_535, steps: 0 },
      { steps: 0 },
    ],
    ['a state that is its opposite', { takeOff: 1, heartRate: 70 }, { worn: false, heart_rate: 70 }],
    ['the air, which is no pipe', { pressure: 1006.7 }, {}],
    ['a telephone number that is no press', { sos: '13800138000' }, {}],
    ['a press in words that nobody knows', { sos: 'pressed twice' }, { sos: true }],
  ])('%s', (_name, message, readings) => {
    expect(read(message)).toEqual(readings);
  });

  it('takes what was logged before as history with its own time', () => {
    const sink = newSink();
    readFields(sink, { water_leak: 0, history: [{ timestamp: 1_700_000_000, water_leak: 1 }] });
    expect(sink.readings).toEqual([
      { signal: 'water_leak', value: false, origin: 'live' },
      { signal: 'water_leak', value: true, observedAt: 1_700_000_000_000, origin: 'history' },
    ]);
  });
});

describe('what an alarm is called', () => {
  it.each([
    ['SOS', [['sos', true]]],
    ['求救信息', [['sos', true]]],
    ['晕倒', [['fall', true]]],
    ['waterLeakAlarm', [['water_leak', true]]],
    ['漏水恢复', [['water_leak', false]]],
    ['sos_cancel', []],
    ['take_off_alarm', [['worn', false]]],
    ['low battery', [['battery_low', true]]],
    ['power_off', [['power_off', true]]],
    ['firmware upgraded', []],
  ])('%s', (text, found) => {
    expect(alarmsOf(text).map(({ signal, value }) => [signal, value])).toEqual(found);
  });

  it('is a fault of a breaker on a breaker alone', () => {
    expect(alarmsOf('过载报警', { circuit: true })).toMatchObject([
      { signal: 'breaker_fault', cause: 'overload', stage: 'warning' },
    ]);
    expect(alarmsOf('over_voltage_trip', { circuit: true })).toMatchObject([
      { cause: 'over_voltage', stage: 'trip' },
    ]);
  });
});
