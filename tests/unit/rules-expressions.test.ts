import { describe, expect, it } from 'vitest';
import { compileExpression, readExpression } from '../../src/rules/expressions.ts';

const said = (text: string, values: Record<string, unknown>): boolean | undefined =>
  compileExpression(text).evaluate(values);

describe('an expression of a rule', () => {
  it.each([
    ['heart_rate > 120 && spo2 < 92.0', { heart_rate: 121, spo2: 91 }, true],
    ['heart_rate > 120 && spo2 < 92.0', { heart_rate: 120, spo2: 91 }, false],
    [
      'max(voltage_a, voltage_b, voltage_c) - min(voltage_a, voltage_b) > 20.0',
      { voltage_a: 220, voltage_b: 231, voltage_c: 241 },
      true,
    ],
    ['abs(tilt) >= 20.0 || cover_open', { tilt: -20, cover_open: false }, true],
    [
      'breaker_position in ["open", "unknown"] ? !worn : worn',
      { breaker_position: 'open', worn: false },
      true,
    ],
    ['power / voltage > 10.0', { power: 2300, voltage: 0 }, true],
  ])('says of the latest values what it means: %s', (text, values, truth) => {
    expect(said(text, values)).toBe(truth);
  });

  it('reads signals and channels by their names, each once', () => {
    expect(compileExpression('voltage_a > voltage && voltage_a > battery_voltage').reads).toEqual([
      { name: 'voltage_a', signal: 'voltage', channel: 'a' },
      { name: 'voltage', signal: 'voltage' },
      { name: 'battery_voltage', signal: 'battery_voltage' },
    ]);
  });

  it('says nothing while a value is missing or of another kind, however the rest may be', () => {
    const text = 'heart_rate > 120.0 || worn';
    expect(said(text, { heart_rate: 130 })).toBeUndefined();
    expect(said(text, { heart_rate: 110, worn: 1 })).toBeUndefined();
    expect(said(text, { heart_rate: 110, worn: true })).toBe(true);
  });

  it.each([
    ['a loop', '[1.0, 2.0].all(x, [1.0, 2.0].all(y, x > y))'],
    ['a regular expression', 'breaker_position.matches("(a+)+$")'],
    ['a text that is split', 'size(breaker_position.split("")) > 3'],
    ['a map', '{"a": 1.0}["a"] > heart_rate'],
    ['a list that is made', '[heart_rate][0] > 1.0'],
    ['a type that is dropped', 'dyn(heart_rate) > 1'],
    ['time of its own', 'timestamp("2026-01-01T00:00:00Z").getHours() > 2'],
    ['what every object has', 'constructor == "x"'],
    ['brackets without end', `${'('.repeat(5_000)}worn${')'.repeat(5_000)}`],
    ['hundreds of parts', Array.from({ length: 300 }, () => 'worn').join('&&')],
    ['nothing', ' '],
    ['garbage', '\u0000\ud800 }{ """'],
  ])('refuses %s', (_name, text) => {
    const read = readExpression(text);
    expect('fault' in read && read.fault.message.zh).toMatch(/[一-鿿]/);
    expect(() => compileExpression(text)).toThrow(TypeError);
  });
});
