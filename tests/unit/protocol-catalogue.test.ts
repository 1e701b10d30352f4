import { expect, it } from 'vitest';
import { modelKinds } from '../../protocols/catalogue/model.ts';
import { catalogue } from '../../protocols/catalogue.ts';
import { protocols } from '../../protocols/index.ts';
import { isSignal, signals } from '../../src/model/signals.ts';
import { zh } from '../web/all-texts.ts';

const named = catalogue.map((model) => ({ ...model, name: `${model.vendor} ${model.model}` }));

it.each(named)('$protocol $name speaks a known language and tells known signals, each once', (model) => {
  expect(protocols.map(({ name }) => name)).toContain(model.protocol);
  expect(model.signals.filter((signal) => !isSignal(signal))).toEqual([]);
  expect(new Set(model.signals).size).toBe(model.signals.length);
  expect(model.signals.length).toBeGreaterThan(0);
  expect(model.everySeconds ?? 1).toBeGreaterThan(0);
  expect(model.batteryDays ?? 1).toBeGreaterThan(0);
});

it('names no model twice in one language', () => {
  const keys = named.map(({ protocol, name }) => `${protocol} ${name.toLowerCase()}`);
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});

it('has a word for every kind and every signal', () => {
  const words = new Set(Object.keys(zh));
  expect(modelKinds.filter((kind) => !words.has(`model.${kind}`))).toEqual([]);
  expect(Object.keys(signals).filter((signal) => !words.has(`signal.${signal}`))).toEqual([]);
});

it('knows models of the shared families that people ask for', () => {
  const of = (protocol: string) => catalogue.filter((model) => model.protocol === protocol).length;
  expect(catalogue.length).toBeGreaterThan(100);
  for (const protocol of ['watch', 'iw', 'zigbee2mqtt', 'chirpstack', 'tts', 'shelly'])
    expect(of(protocol)).toBeGreaterThan(0);
});
