import { describe, expect, it } from 'vitest';
import { isAnswerTo } from '../../src/devices/downlink-answers.ts';

describe('an answer', () => {
  const sent = { id: 7_000_042, answered_by: 'AP16' };

  it('without a serial is told by its name', () => {
    expect(isAnswerTo(sent, { command: 'AP16' })).toBe(true);
    expect(isAnswerTo(sent, { command: 'AP12' })).toBe(false);
    expect(isAnswerTo({ id: 1, answered_by: null }, { command: 'AP16' })).toBe(false);
  });

  it('with a serial is to that command alone', () => {
    expect(isAnswerTo(sent, { command: 'x', serial: '7000042' })).toBe(true);
    expect(isAnswerTo(sent, { command: 'AP16', serial: '43' })).toBe(false);
  });

  it('may tell the last six digits of a serial, under the name of the command', () => {
    expect(isAnswerTo(sent, { command: 'AP16', serial: '42' })).toBe(true);
    expect(isAnswerTo(sent, { command: 'AP12', serial: '42' })).toBe(false);
  });
});
