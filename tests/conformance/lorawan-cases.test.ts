import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chirpstack } from '../../protocols/chirpstack/chirpstack.ts';
import type { DecodedReading } from '../../src/model/readings.ts';
import { expectSound } from '../harness/decoding.ts';
import { sharedData } from '../harness/shared-data.ts';

interface Case {
  id: string;
  vendor: string;
  device: string;
  description: string;
  fPort: number | null;
  bytes: string;
  expected: { data?: unknown };
  semantic?: Record<string, unknown>;
}

const path = sharedData('lorawan-cases.json');
const cases: Case[] = path ? JSON.parse(readFileSync(path, 'utf8')).cases : [];
const NOW = Date.parse('2026-11-22T08:15:02Z');
const EUI = '24e124136b000101';

/** The case as an uplink whose network server has the codec. */
function heard(
  { vendor, device, fPort, bytes, expected }: Case,
  profile = `${vendor} ${device}`,
): DecodedReading[] {
  const message = {
    deduplicationId: '3ac7e3c4-4401-4b8d-9386-a5c902f9202d',
    deviceInfo: { deviceProfileName: profile, deviceName: 'it', devEui: EUI },
    fPort: fPort ?? 85,
    data: Buffer.from(bytes, 'hex').toString('base64'),
    object: expected.data,
  };
  const topic = `application/1/device/${EUI}/event/up`;
  const decoded = chirpstack.decode(
    {},
    { bytes: Buffer.from(JSON.stringify(message)), topic, receivedAt: NOW },
  );
  expectSound(decoded);
  expect(decoded.nativeId).toBe(EUI);
  return decoded.readings;
}

const pointOf = ({ signal, channel }: DecodedReading) =>
  channel === undefined ? signal : `${signal}.${channel}`;
const pointsOf = (readings: readonly DecodedReading[]) =>
  Object.fromEntries(readings.map((reading) => [pointOf(reading), reading.value]));

/** What the file says in our words must be there: `signal: value`, `{channel, value}` or the parts of a fault. */
function expectSemantic(
  readings: readonly DecodedReading[],
  { origin = 'live', note: _note, ...said }: Record<string, unknown>,
): void {
  for (const [signal, wanted] of Object.entries(said)) {
    const expected = typeof wanted === 'object' && wanted !== null ? wanted : { value: wanted };
    expect(readings).toContainEqual(expect.objectContaining({ signal, ...expected, origin }));
  }
}

/** Where the file says nothing: all that can be read of it, judged by hand. */
const judged: Record<string, Record<string, unknown>> = {
  'chir-194': { level_depth: 4232, water_temperature: 12.9, battery_voltage: 3.168 },
  'chir-195': { battery_voltage: 3.168 },
  'chir-196': { level_depth: 4232, water_temperature: 12.9, battery_voltage: 3.168 },
  'chir-197': { battery_voltage: 3.168 },
  'chir-198': { battery_voltage: 3.227 },
  'chir-199': { battery_voltage: 3.123 },
  'chir-200': { battery_voltage: 3.123 },
  'chir-201': { level_distance: 4507, battery_voltage: 2.749 },
  'chir-202': { battery_voltage: 2.749 },
  'chir-203': { level_distance: 1234, battery_voltage: 2.993 },
  'chir-204': { battery_voltage: 2.993 },
  'chir-205': { level_distance: 2025, battery_voltage: 3.338 },
  'chir-206': { battery_voltage: 2.952 },
  'chir-207': {},
  'chir-209': {},
  'chir-210': { battery_voltage: 3.594 },
  'chir-211': {},
  'chir-212': {},
  'chir-213': {},
  'chir-214': {},
  'chir-215': {},
  'chir-216': {},
  'chir-220': {},
  'chir-221': { battery_voltage: 4.19 },
  'chir-222': { smoke: false, tamper: false, battery_low: false, sensor_fault: false, battery_voltage: 3.05 },
  'chir-223': { current: 0 },
  'chir-224': { battery_voltage: 3.86274509804 },
  'chir-225': { battery_voltage: 5 },
  'chir-226': {},
  'chir-227': {},
  'chir-228': { battery_voltage: 3.3 },
  'chir-229': { energy_import: 12345, power: 1100, 'voltage.a': 230, 'current.a': 25 },
  'chir-230': { breaker_temperature: 23.45 },
  'chir-231': { energy_import: 100 },
  'chir-232': {},
  'chir-233': {},
  'chir-234': {},
  'chir-235': {},
  'chir-237': {},
  'chir-241': {},
  'chir-242': {},
  'chir-243': {},
  'chir-244': {},
  'chir-245': { power_on: true },
  'chir-246': {},
  'chir-247': {},
  'chir-249': { 'power.a': 1000, 'power.b': 2000, 'power.c': 3000, power: 6000, reactive_power: 6000 },
  'chir-250': { 'energy_import.t1': 12345678, 'energy_import.t2': 10000 },
  'chir-251': {},
  'chir-252': { power_on: true },
  'chir-254': {},
  'chir-255': {},
};

describe.skipIf(!path)('the recorded outputs of LoRaWAN codecs', () => {
  it('are each compared with what they mean or what a person read in them', () => {
    expect(cases.length).toBeGreaterThanOrEqual(62);
    const compared = cases.filter(({ id, semantic }) => semantic ?? judged[id]);
    process.stdout.write(`LoRaWAN: ${compared.length} of ${cases.length} outputs compared\n`);
    expect(compared.length).toBe(cases.length);
  });

  const named = cases.map((one) => ({
    name: `${one.id} ${one.vendor} ${one.device}: ${one.description}`,
    one,
  }));
  it.each(named)('$name', ({ one }) => {
    const readings = heard(one);
    if (one.semantic) expectSemantic(readings, one.semantic);
    else expect(pointsOf(readings)).toEqual(judged[one.id]);
  });

  it.each(named.filter(({ one }) => one.semantic))(
    '$name, from a device of which nobody says the model',
    ({ one }) => {
      expectSemantic(heard(one, ''), one.semantic ?? {});
    },
  );
});
