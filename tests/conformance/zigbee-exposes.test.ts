import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conversionOf } from '../../protocols/units.ts';
import { mapDefinition } from '../../protocols/zigbee2mqtt/map-device.ts';
import type { Mapping } from '../../protocols/zigbee2mqtt/mapping.ts';
import { zigbee2mqtt } from '../../protocols/zigbee2mqtt/zigbee2mqtt.ts';
import type { DecodedReading } from '../../src/model/readings.ts';
import { definitionOf, type Signal } from '../../src/model/signals.ts';
import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { sharedData } from '../harness/shared-data.ts';

interface Expose {
  property: string;
  type: string;
  unit?: string;
  access: number;
  value_on?: unknown;
  value_off?: unknown;
  values?: unknown[];
  item_values?: string[];
}
interface Model {
  categories: string[];
  vendor: string;
  model: string;
  description: string;
  exposes: Expose[];
}

const path = sharedData('zigbee-exposes.json');
const models: Model[] = path ? JSON.parse(readFileSync(path, 'utf8')).devices : [];
const NOW = Date.parse('2026-11-22T08:15:02Z');
const IEEE = '0x00158d0004500001';
const bytesOf = (payload: unknown) => Buffer.from(JSON.stringify(payload));
const named = (category: string) =>
  models
    .filter(({ categories }) => categories.includes(category))
    .map((model) => ({ name: `${model.vendor} ${model.model}`, model }));

function learn(model: Model): ProtocolSession {
  const { categories: _kinds, exposes, ...definition } = model;
  const listed = [
    { ieee_address: IEEE, type: 'EndDevice', friendly_name: 'it', definition: { ...definition, exposes } },
  ];
  const { session, children } = zigbee2mqtt.decode(
    {},
    { bytes: bytesOf(listed), topic: 'z/bridge/devices', receivedAt: NOW },
  );
  expect(children).toMatchObject([{ nativeId: IEEE, name: 'it', model: model.model, vendor: model.vendor }]);
  return session;
}

function say(model: Model, payload: Readonly<Record<string, unknown>>): DecodedReading[] {
  const uplink = { bytes: bytesOf(payload), topic: 'z/it', receivedAt: NOW };
  const decoded = zigbee2mqtt.decode(learn(model), uplink);
  expect(decoded.nativeId).toBe(IEEE);
  return decoded.readings;
}

const valuesOf = (readings: readonly DecodedReading[], signal: Signal) =>
  readings.filter((reading) => reading.signal === signal).map(({ value }) => value);

/** Every way in which the model can say that this is so, and that it is not. */
function sides(model: Model, signal: Signal): { property: string; on: unknown; off: unknown }[] {
  const mapped = mapDefinition({ ...model });
  return Object.entries(mapped).flatMap(([property, mapping]) => {
    if (mapping.signal !== signal || mapping.as === 'number') return [];
    const expose = model.exposes.find((one) => one.property === property);
    if (expose?.type === 'binary') return [{ property, on: expose.value_on, off: expose.value_off }];
    const [on] = expose?.values?.filter((word) => /yes|alarm(?!_)/.test(String(word))) ?? [];
    const [off] = expose?.values?.filter((word) => /_no$|normal|none/.test(String(word))) ?? [];
    return on === undefined ? [] : [{ property, on, off }];
  });
}

describe.skipIf(!path)('the models of the recorded exposes', () => {
  it('are many', () => expect(models.length).toBeGreaterThan(150));

  const detectors: [string, Signal][] = [
    ['leak', 'water_leak'],
    ['smoke', 'smoke'],
    ['gas', 'gas'],
    ['co', 'carbon_monoxide'],
  ];
  for (const [category, signal] of detectors) {
    it.each(named(category))(`${category}: $name says ${signal} and takes it back`, ({ model }) => {
      const meters = model.exposes.some(({ property, unit }) => property === category && unit === 'm³');
      const silent =
        category === 'co' && !model.exposes.some(({ property }) => /^(?:carbon|co_state)/.test(property));
      const ways = sides(model, signal);
      if (!meters && !silent) expect(ways.length).toBeGreaterThan(0);
      for (const { property, on, off } of ways) {
        expect(valuesOf(say(model, { [property]: on }), signal), property).toEqual([true]);
        expect(valuesOf(say(model, { [property]: off }), signal), property).toEqual([false]);
        expect(say(model, { [property]: null }), property).toEqual([]);
      }
    });
  }

  it.each(named('sos'))('sos: $name calls for help, and only with the words for it', ({ model }) => {
    const calls = model.exposes.flatMap(({ property, type, values = [], access }) => {
      if (property === 'action') return values.map((value) => ({ property, value }));
      return /^sos/.test(property) && type === 'binary' && access === 1 ? [{ property, value: true }] : [];
    });
    const raised = calls.filter(
      ({ property, value }) => valuesOf(say(model, { [property]: value }), 'sos').length > 0,
    );
    expect(raised.length).toBeGreaterThan(0);
    for (const { value } of raised) expect(String(value)).toMatch(/^(?:emergency|panic|sos|true)$/);
    for (const { value } of calls) {
      if (/emergency|panic|sos/.test(String(value)))
        expect(raised.map((call) => call.value)).toContain(value);
    }
  });

  it.each(named('breaker'))('breaker: $name tells its position and why it opened', ({ model }) => {
    expect(valuesOf(say(model, { state: 'ON' }), 'breaker_position')).toEqual(['closed']);
    expect(valuesOf(say(model, { state: 'OFF' }), 'breaker_position')).toEqual(['open']);
    const why = model.exposes.filter(({ property }) => /^(?:faults?|event|alarm|trip)$/.test(property));
    for (const { property, type, values = [], item_values: items = [] } of why) {
      const words = [...values, ...items].map(String).filter((word) => !/^(?:clear|normal)$/.test(word));
      const said = property === 'trip' ? ['trip'] : type === 'text' ? ['over voltage threshold'] : words;
      expect(said.length).toBeGreaterThan(0);
      for (const word of said) {
        const readings = say(model, { [property]: type === 'list' ? [word] : word });
        const silent = /_on$|_off$|restore|closing/i.test(word);
        expect(valuesOf(readings, 'breaker_fault'), word).toEqual(silent ? [] : [true]);
        const known = word === 'trip' || /frequency/.test(word) || silent;
        expect(readings.some(({ cause }) => cause === 'unspecified') && !known, word).toBe(false);
      }
    }
  });

  it.each(named('fall').filter(({ name }) => !name.startsWith('YOKIS')))(
    'fall: $name tells of one',
    ({ model }) => {
      const said = model.exposes.flatMap(({ property, values = [], access }) =>
        values
          .filter((value) => /^fall(?:ing|_alarm)?$/.test(String(value)) && access === 1)
          .map((value) => ({ property, value })),
      );
      expect(said.length).toBeGreaterThan(0);
      for (const { property, value } of said)
        expect(valuesOf(say(model, { [property]: value }), 'fall')).toEqual([true]);
    },
  );

  it.each([...named('flow/valve'), ...named('level')])(
    'water: $name measures or tells its position',
    ({ model }) => {
      const signals = Object.values(mapDefinition({ ...model })).map(({ signal }) => signal);
      const wanted: Signal[] = ['valve_position', 'water_flow', 'water_volume', 'level_depth', 'fill'];
      expect(signals.some((signal) => signal && wanted.includes(signal))).toBe(true);
    },
  );

  const everything = models.map((model) => ({ name: `${model.vendor} ${model.model}`, model }));
  it.each(everything)('$name: no number in a unit that does not measure it', ({ model }) => {
    const mapped: [string, Mapping][] = Object.entries(mapDefinition({ ...model }));
    for (const [property, { as, signal, factor = 1 }] of mapped) {
      if (as !== 'number' || !signal) continue;
      const { unit, type } = model.exposes.find((one) => one.property === property) ?? {};
      expect(definitionOf(signal).kind).toBe('number');
      expect(type).toBe('numeric');
      expect(conversionOf(signal, unit ?? '')?.factor, `${property} in ${unit} as ${signal}`).toBe(factor);
    }
  });
});
