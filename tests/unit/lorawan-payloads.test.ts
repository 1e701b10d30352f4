import { describe, expect, it } from 'vitest';
import { readCayenne } from '../../protocols/lorawan/cayenne.ts';
import { readPayload } from '../../protocols/lorawan/read-payload.ts';
import { checkSignalMap, readSignalMap } from '../../protocols/lorawan/signal-map.ts';
import type { DecodedReading } from '../../src/model/readings.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');

const points = (readings: readonly DecodedReading[]) =>
  Object.fromEntries(
    readings.map(({ signal, channel, value, cause, stage }) => [
      channel === undefined ? signal : `${signal}.${channel}`,
      cause === undefined ? value : `${cause} ${stage}`,
    ]),
  );
const read = (data: unknown, ...models: string[]) =>
  readPayload({ data, models, receivedAt: NOW, origin: 'live' });

describe('what codecs of many vendors mean', () => {
  const cases: [what: string, model: string, data: unknown, readings: Record<string, unknown>][] = [
    [
      'an emergency button of Netvox',
      'RB02I',
      { Device: 'RB02I', Volt: 3, Alarm: 1 },
      { battery_voltage: 3, sos: true },
    ],
    ['a Netvox that is no call button', '', { Device: 'R718B', Volt: 3, Alarm: 1 }, { battery_voltage: 3 }],
    [
      'sensors of the Netvox R315 as its manual spells them',
      '',
      { Device: 'R315', EmergenceButtonAlarmState: 'Alarm', ExternalWaterLeakSenorState: 'ON' },
      { sos: true, water_leak: true },
    ],
    [
      'an over-current as an event',
      'arwin lrs2m',
      { event: 'over_current', channel: 1, current: 12 },
      { current: 12, breaker_fault: 'over_current warning' },
    ],
    [
      'the letters of a three-phase meter',
      'ADW300',
      { Ua: 230.1, Ub: 231, Uc: 229, Ia: 1.2, Ib: 1.3, Ic: 1.4, Pa: 100 },
      {
        'voltage.a': 230.1,
        'voltage.b': 231,
        'voltage.c': 229,
        'current.a': 1.2,
        'current.b': 1.3,
        'current.c': 1.4,
        'power.a': 100,
      },
    ],
    [
      'water that is present',
      'RBS301-WAT',
      { Event: 'Water Sensor', WaterPresent: true },
      { water_leak: true },
    ],
    [
      'reports of a strip, each in an object',
      '',
      { flood: { value: false }, tamperReport: { value: true } },
      { water_leak: false, tamper: true },
    ],
    ['letters alone are no phases', '', { ua: 230, pa: 5 }, {}],
    [
      'a press of SenseCAP, each degree an item of its own',
      'T1000',
      {
        messages: [
          [
            { type: 'Event Status', measurementValue: [{ id: 7, eventName: 'SOS event.' }] },
            { type: 'Longitude', measurementValue: 113.9 },
            { type: 'Latitude', measurementValue: 22.5 },
          ],
        ],
        valid: true,
      },
      { sos: true, location: { latitude: 22.5, longitude: 113.9, source: 'gps' } },
    ],
    ['a flow with its unit in several words', '', { flow_rate_l_h: 100 }, { water_flow: 100 }],
    ['a flow of cubic metres an hour', '', { flow_m3_per_hour: 1.2 }, { water_flow: 1200 }],
    [
      'the mains of a Netvox socket',
      '',
      { Device: 'R809A', Energy: 100, Vol: 230, Current: 1000, Power: 200 },
      { energy_import: 100, voltage: 230, current: 1, power: 200 },
    ],
    ['a leak as a number', 'aqua-scope', { leak: 1 }, { water_leak: true }],
    [
      'no leak as a letter',
      'aqua-scope valve',
      { leak: 'N', valve: 'open' },
      { water_leak: false, valve_position: 'open' },
    ],
    ['a leak as an event', 'arwin', { event: 'water_leak_alert', waterLeakLevel: 70 }, { water_leak: true }],
    [
      'a leak as a bit of the status',
      'browan tbwl100',
      { status: 1, battery: 3.6 },
      { water_leak: true, battery_voltage: 3.6 },
    ],
    [
      'four ropes',
      '',
      { alarmChannel1: true, alarmChannel4: false },
      { 'water_leak.1': true, 'water_leak.4': false },
    ],
    [
      'a flood and an open box',
      '',
      { flood: true, boxTamper: true, battery: 3.1 },
      { water_leak: true, tamper: true, battery_voltage: 3.1 },
    ],
    [
      'two ropes of Netvox',
      '',
      { Device: 'R718WA2', Volt: 3.1, WaterLeak_1: 'Leak', WaterLeak_2: 'NoLeak' },
      { 'water_leak.1': true, 'water_leak.2': false, battery_voltage: 3.1 },
    ],
    [
      'a leak as the status of Netvox, its battery low',
      '',
      { Device: 'R718WBA', Volt: '3.0V(low battery)', Status: 'ON' },
      { water_leak: true, battery_low: true, battery_voltage: 3 },
    ],
    [
      'where along the rope',
      '',
      { Device: 'RA07W', WaterLeak: 'Leak', WaterLeakLocation: 2570 },
      { water_leak: true, leak_position: 2570 },
    ],
    ['versions are no telemetry', '', { Device: 'R718WA', SWver: 1.2, HWver: 1, Datecode: '20200101' }, {}],
    [
      'how strong a leak is',
      'elsys',
      { waterleak: 17, vdd: 3600 },
      { water_leak: true, battery_voltage: 3.6 },
    ],
    [
      'counts of leaks are none',
      '',
      { BAT_V: 3.1, WATER_LEAK_STATUS: 0, WATER_LEAK_TIMES: 4, LAST_WATER_LEAK_DURATION: 3 },
      { water_leak: false, battery_voltage: 3.1 },
    ],
    [
      'digits as texts',
      'strega',
      { Leak: '0', Valve: '1', Tamper: '0', Battery: '97' },
      { water_leak: false, valve_position: 'open', tamper: false, battery: 97 },
    ],
    [
      'bar with its unit',
      '',
      { pressure: { displayName: 'Pressure', value: 1.5, unit: 'bar' } },
      { water_pressure: 150 },
    ],
    ['kilopascal without one', 'milesight em500-pp', { pressure: 250 }, { water_pressure: 250 }],
    ['the pressure of the air', 'milesight am307', { pressure: 1006.5, humidity: 40, temperature: 20 }, {}],
    ['a unit beside the last value', 'moirelabs', { unit: 'MPa', last_value: 0.35 }, { water_pressure: 350 }],
    ['a raw pressure', 'ellenex', { pressure: -1192 }, {}],
    [
      'text with a unit',
      'dingtek',
      { level: '850 mm', alarmLevel: true, alarmFire: false, alarmFall: true, alarmBattery: false },
      { level_distance: 850, fill: 100, fire: false, tamper: true, battery_low: false },
    ],
    ['a distance of zero', '', { Bat: 3.3, Distance: '0' }, { battery_voltage: 3.3 }],
    ['a measurement that is not valid', 'teneo', { valid: false, distance: 1234 }, {}],
    [
      'centimetres and megapascals in the names',
      'dragino ps-lb',
      { Water_deep_cm: 55, Water_pressure_MPa: 0.312 },
      { level_depth: 550, water_pressure: 312 },
    ],
    [
      'how much is left',
      'milesight ws201',
      { distance: 60, remaining: 30 },
      { level_distance: 60, fill: 70 },
    ],
    [
      'a current over its threshold',
      'milesight ct101',
      {
        current: 30,
        total_current: 900,
        current_alarm: { current_threshold_alarm: 'yes', current_threshold_alarm_release: 'no' },
      },
      { current: 30, breaker_fault: 'over_current warning' },
    ],
    [
      'three clamps',
      'milesight ct305',
      { current_chn1: 30, current_chn2: 20, current_chn3: 10 },
      { 'current.a': 30, 'current.b': 20, 'current.c': 10 },
    ],
    [
      'a clamp that cannot be read',
      'milesight ct303',
      { current_chn1: 0, current_chn1_sensor_status: 'read failed' },
      { sensor_fault: true },
    ],
    [
      'milliamperes before a transformer',
      '',
      { Device: 'R718N3', Volt: 3.6, Current1: 1000, Current2: 2000, Current3: 50, Multiplier1: 10 },
      { 'current.a': 10, 'current.b': 20, 'current.c': 0.5, battery_voltage: 3.6 },
    ],
    [
      'a socket that has switched itself off',
      '',
      { Device: 'R809A', Status: 'Off', Voltage: 230, Current: 0, OverCurrentAlarm: 1, DashCurrentAlarm: 0 },
      { breaker_position: 'open', voltage: 230, current: 0, breaker_fault: 'over_current trip' },
    ],
    [
      'a socket with its meter',
      'milesight ws523',
      {
        voltage: 221.7,
        active_power: 5,
        power_factor: 75,
        power_consumption: 8,
        current: 23,
        socket_status: 'on',
      },
      {
        voltage: 221.7,
        power: 5,
        power_factor: 0.75,
        energy_import: 8,
        current: 0.023,
        breaker_position: 'closed',
      },
    ],
    [
      'faults of phases and of circuits',
      'arwin lrs2m',
      { over_voltage_a: true, under_voltage_b: false, ch1_over_current: true },
      { 'breaker_fault.a': 'over_voltage warning', 'breaker_fault.1': 'over_current warning' },
    ],
    [
      'a relay with a number',
      'yobiiq rm200',
      { relay1Status: 'CLOSED', relay2Status: 'OPEN' },
      { 'breaker_position.1': 'closed', 'breaker_position.2': 'open' },
    ],
    [
      'a relay that a person opened',
      'yobiiq em2101',
      { relaySwitchingOffReason: 'Manual control' },
      { breaker_opened_by: 'local', breaker_position: 'open' },
    ],
    [
      'smoke, and what it has counted',
      'sept-s',
      { status: { smokeAlarm: 1, mounted: 0, batteryLow: 0, buzzerFailure: 1 }, smokeAlarmCounter: 9 },
      { smoke: true, tamper: true, battery_low: false, sensor_fault: true },
    ],
    [
      'gas and its valve',
      'milesight gs101',
      { gas_status: 'alarm', valve_status: 'close', relay_output_status: 'off' },
      { gas: true, valve_position: 'closed' },
    ],
    [
      'a tracker that calls for help',
      'dragino lgt92',
      { Latitude: 30.4, Longitude: 114.9, Alarm_status: 'TRUE', BatV: 3.9 },
      { sos: true, battery_voltage: 3.9, location: { latitude: 30.4, longitude: 114.9, source: 'gps' } },
    ],
    [
      'a button of any kind',
      'milesight ws101',
      { battery: 100, press: 'short' },
      { service_call: true, battery: 100 },
    ],
    ['a button for emergencies', 'netvox', { Device: 'R312A', EmergencyAlarm: 'Alarm' }, { sos: true }],
    ['a test', 'yobiiq', { testButtonPressed: 'Pushed', smokeAlarm: 'Normal' }, { smoke: false }],
    [
      'angles',
      'milesight em320',
      { angle_x: 3.5, angle_y: -2, threshold_x: 'normal' },
      { 'tilt.x': 3.5, 'tilt.y': -2 },
    ],
    [
      'the schema of normalized payloads',
      '',
      {
        water: { leak: true, temperature: { min: 1, max: 2, avg: 1.5 } },
        metering: { water: { total: 1000 } },
      },
      { water_leak: true, water_temperature: 1.5, water_volume: 1000 },
    ],
    [
      'access points around',
      'milesight at101',
      { wifi: [{ mac: 'A0:C5:F2:B0:7A:D0', rssi: -60 }] },
      { network_scan: { cells: [], wifi: [{ mac: 'a0:c5:f2:b0:7a:d0', rssi: -60 }] } },
    ],
    [
      'settings and unknown words',
      '',
      {
        report_interval: 600,
        config: { pressure: 3 },
        leak: 'unknown',
        currentLimitFallback: { data: 10, unit: 'A' },
      },
      {},
    ],
  ];
  it.each(cases)('%s', (_what, model, data, readings) => {
    expect(points(read(data, model).readings)).toEqual(readings);
  });

  it('a log has its own times and raises nothing', () => {
    const log = {
      history: [
        { timestamp: 1763799300, distance: 300 },
        { timestamp: 1763799900, distance: 310 },
      ],
      battery: 90,
    };
    expect(read(log, 'milesight').readings).toEqual([
      { signal: 'battery', value: 90, origin: 'live' },
      { signal: 'level_distance', value: 300, origin: 'history', observedAt: 1763799300000 },
      { signal: 'level_distance', value: 310, origin: 'history', observedAt: 1763799900000 },
    ]);
  });

  it('is bounded, whatever is nested', () => {
    const wide = { list: Array.from({ length: 5000 }, (_, i) => ({ timestamp: 1763799300 + i, leak: 1 })) };
    expect(read(wide).readings.length).toBeLessThanOrEqual(500);
    let deep: unknown = { leak: 1 };
    for (let i = 0; i < 500; i += 1) deep = { a: deep };
    expect(read(deep).readings).toEqual([]);
  });
});

describe("an operator's map", () => {
  const map = readSignalMap({
    signals: {
      p: { signal: 'water_pressure', unit: 'bar', factor: 0.1 },
      'door.state': { signal: 'cover_open', values: { auf: true, zu: false } },
      leak: null,
    },
  });
  const mapped = (data: unknown) =>
    points(readPayload({ data, models: [], receivedAt: NOW, origin: 'live', map }).readings);

  it('goes before what we know, which fills in the rest', () => {
    expect(mapped({ p: 32, door: { state: 'auf' }, leak: 1, battery: 50 })).toEqual({
      water_pressure: 320,
      cover_open: true,
      battery: 50,
    });
    expect(mapped({ door: { state: 'halb' } })).toEqual({});
  });

  it('is refused with the place of each fault', () => {
    const faults = checkSignalMap({
      signals: { a: 'no_such', b: { signal: 'voltage', unit: 'bar' }, c: { signal: 'sos', unti: 1 } },
    });
    expect(faults.map(({ path, message }) => [path.join('.'), message.en])).toEqual([
      ['signals.a', 'no_such is no signal'],
      ['signals.b.unit', 'bar is no unit of voltage'],
      ['signals.c.unti', 'unknown key unti'],
    ]);
    expect(checkSignalMap({ models: ['x'], signals: { a: 'voltage', b: null } })).toEqual([]);
  });
});

describe('Cayenne LPP', () => {
  it('reads every part, and as much as is there', () => {
    const bytes = Buffer.from('0167ffd70268900374014a058806765ff2960a0003e8', 'hex');
    expect(readCayenne(bytes)).toEqual({
      whole: true,
      data: {
        temperature_1: { value: -4.1, unit: '°C' },
        relative_humidity_2: { value: 72, unit: '%' },
        voltage_3: { value: 3.3, unit: 'V' },
        gps_5: { latitude: 42.3519, longitude: -87.9094, altitude: 10 },
      },
    });
    expect(readCayenne(bytes.subarray(0, 9))).toMatchObject({
      whole: false,
      data: { temperature_1: { value: -4.1 } },
    });
    expect(readCayenne(Buffer.from('01ff00', 'hex'))).toEqual({ whole: false, data: {} });
  });
});
