import { expect, it } from 'vitest';
import { catalogue } from '../../protocols/catalogue.ts';
import { silencesOf } from '../../src/api/silence.ts';

const MINUTE = 60_000;
const languages = (expectedEveryMs: number) =>
  [...new Set(catalogue.map(({ protocol }) => protocol))].map((name) => ({ name, expectedEveryMs }));

it('a device may miss two of the reports of its model, by whatever name it has, and no model is silent before its language', () => {
  const known = catalogue.filter(({ everySeconds }) => everySeconds !== undefined);
  expect(known.length).toBeGreaterThan(20);
  const silences = silencesOf(languages(10 * MINUTE));
  for (const { protocol, vendor, model, everySeconds = 0 } of known) {
    const allowed = Math.max(10 * MINUTE, 3 * everySeconds * 1000);
    expect([model, silences.of({ protocol, model })]).toEqual([model, allowed]);
    const name = `${vendor} ${model}`.toUpperCase();
    expect(silences.of({ protocol, model: name })).toBe(allowed);
  }
});

it('a model that nobody knows, or none, is as its language says', () => {
  const silences = silencesOf(languages(7 * MINUTE));
  expect(silences.of({ protocol: 'zigbee2mqtt', model: 'no such model' })).toBe(7 * MINUTE);
  expect(silences.of({ protocol: 'zigbee2mqtt', model: null })).toBe(7 * MINUTE);
  expect(silences.of({ protocol: 'no such language', model: null })).toBe(0);
});
