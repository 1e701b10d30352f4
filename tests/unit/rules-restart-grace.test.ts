import { describe, expect, it } from 'vitest';
import { graced, silenceDue } from '../../src/rules/restart-grace.ts';
import type { Part } from '../../src/rules/rule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const waitMs = 20 * MINUTE;

describe('our own outage is nobody’s silence', () => {
  it('counts as before where we always listened, or were away before the device was last heard', () => {
    expect(silenceDue({ heardAt: HOUR, waitMs }, [])).toBe(HOUR + waitMs);
    expect(silenceDue({ heardAt: HOUR, waitMs }, [{ from: 0, to: HOUR - 1 }])).toBe(HOUR + waitMs);
  });

  it('does not count what passed while we were away', () => {
    const away = { from: HOUR + MINUTE, to: HOUR + 2 * MINUTE };
    expect(silenceDue({ heardAt: HOUR, waitMs }, [away])).toBe(HOUR + waitMs + MINUTE);
  });

  it('gives a device that was nearly late half of its wait after a long outage, and five minutes after a short one', () => {
    const long = { from: HOUR + 19 * MINUTE, to: 5 * HOUR };
    expect(silenceDue({ heardAt: HOUR, waitMs }, [long])).toBe(5 * HOUR + waitMs / 2);
    const short = { from: HOUR + 19 * MINUTE, to: HOUR + 20 * MINUTE };
    expect(silenceDue({ heardAt: HOUR, waitMs }, [short])).toBe(HOUR + 25 * MINUTE);
  });

  it('does not let a restart each day hide a sensor that may be silent for a day', () => {
    const day = 24 * HOUR;
    const restarts = Array.from({ length: 10 }, (_, n) => ({ from: n * day, to: n * day + MINUTE }));
    expect(silenceDue({ heardAt: 2 * HOUR, waitMs: 25 * HOUR }, restarts)).toBeLessThan(28 * HOUR);
  });

  it('counts several outages one after the other, the second because of the first', () => {
    const gaps = [
      { from: HOUR + MINUTE, to: 2 * HOUR },
      { from: 2 * HOUR + 15 * MINUTE, to: 3 * HOUR },
    ];
    expect(silenceDue({ heardAt: HOUR, waitMs }, gaps)).toBe(3 * HOUR + 10 * MINUTE);
  });
});

describe('the state of a rule', () => {
  const noData: Part = { type: 'no_data', afterMs: 'device_default' };
  const offline: Part = { type: 'state', signal: 'online', is: false, forMs: 10 * MINUTE, clearForMs: 0 };
  const facts = { gaps: [{ from: HOUR + MINUTE, to: 3 * HOUR }], expectedEveryMs: waitMs };

  it('is put off once: asked again it stays as it is', () => {
    const state = { heard: HOUR, last: HOUR, due: HOUR + waitMs };
    const once = graced(noData, state, facts);
    expect(once).toEqual({ ...state, due: 3 * HOUR + 19 * MINUTE });
    expect(graced(noData, once, facts)).toBe(once);
  });

  it('is put off where a device had said that it was going', () => {
    const state = { heard: HOUR, last: HOUR, since: HOUR, due: HOUR + 10 * MINUTE };
    expect(graced(offline, state, facts)?.due).toBe(3 * HOUR + 9 * MINUTE);
  });

  it('stays as it is where it is true already, waits for nothing, or waits for something else', () => {
    const fires = { heard: HOUR, last: HOUR, level: 1 as const, due: HOUR };
    expect(graced(noData, fires, facts)).toBe(fires);
    const idle = { heard: HOUR, last: HOUR };
    expect(graced(noData, idle, facts)).toBe(idle);
    const leak = { heard: HOUR, last: HOUR, since: HOUR, due: HOUR + MINUTE };
    expect(graced({ ...offline, signal: 'water_leak', is: true }, leak, facts)).toBe(leak);
    expect(graced(noData, null, facts)).toBeNull();
  });
});
