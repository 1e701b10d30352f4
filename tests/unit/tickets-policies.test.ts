import { describe, expect, it } from 'vitest';
import { faultClasses, levelRank, ticketLevels } from '../../src/model/tickets.ts';
import { formatProblem } from '../../src/platform/problem.ts';
import { readTicketPolicies } from '../../src/tickets/policies.ts';
import { readProjectFile } from '../harness/source.ts';
import { DAY, HOUR, MINUTE, shippedPolicies } from '../harness/ticket-estate.ts';

const shipped = readProjectFile('alert-rules/policies/tickets.yaml');

describe('the deadlines that are shipped', () => {
  const policies = shippedPolicies();
  it('give urgent water 30 minutes and 2 hours, general work 24 hours, batteries 7 working days', () => {
    expect(policies.of('water_leak', 'critical')).toMatchObject({
      pauseAtMostMs: null,
      levels: {
        property: {
          accept: { unit: 'round_the_clock', limitMs: 30 * MINUTE },
          finish: { unit: 'round_the_clock', limitMs: 2 * HOUR },
        },
        community: { finish: { limitMs: 4 * HOUR } },
      },
    });
    expect(policies.of('power_quality', 'warning').levels.property.finish).toEqual({
      unit: 'round_the_clock',
      limitMs: 24 * HOUR,
    });
    expect(policies.of('device_battery', 'warning').levels.property.finish).toEqual({
      unit: 'working_days',
      limitMs: 7 * DAY,
    });
    expect(policies.settings).toEqual({ reopenWithinMs: 7 * DAY, closeAfterMs: 3 * DAY, remindEveryMs: DAY });
  });

  it('fit every fault class and severity at every level, and nothing critical is ever paused', () => {
    for (const faultClass of faultClasses)
      for (const severity of ['critical', 'warning', 'info'] as const) {
        const { levels, pauseAtMostMs } = policies.of(faultClass, severity);
        if (severity === 'critical') expect(pauseAtMostMs).toBeNull();
        for (const level of ticketLevels) {
          expect(levelRank[level]).toBeGreaterThanOrEqual(0);
          expect(levels[level].accept.limitMs).toBeGreaterThan(0);
          expect(levels[level].finish.limitMs).toBeGreaterThan(0);
        }
      }
  });
});

describe('deadlines with a fault', () => {
  it.each([
    [
      'a limit without a unit',
      'accept: 30m round_the_clock, finish: 2h round_the_clock',
      'accept: 30m, finish: 2h round_the_clock',
      /counted by/,
    ],
    ['a unit that nobody knows', '4h working_hours }', '4h lunar_months }', /counted by one of/],
    ['a duration that is none', 'reopen_within: 7d', 'reopen_within: soon', /:16 .*duration/],
    ['a fault class that nobody knows', '[bin_full]', '[bin_empty]', /fault_classes/],
    [
      'an urgent pause',
      'finish: 8h round_the_clock }',
      'finish: 8h round_the_clock }\n    pause_at_most: 1d',
      /:20 .*never paused/,
    ],
    [
      'urgent work in office hours',
      'finish: 8h round_the_clock',
      'finish: 8h working_hours',
      /counts round_the_clock/,
    ],
    ['longer to accept than to finish', 'accept: 30m round', 'accept: 3h round', /longer than finish/],
    ['a reminder that never comes', 'remind_every: 24h', 'remind_every: 48h', /more than 24 hours/],
    [
      'a general one in the middle',
      '  - name: rubbish\n    fault_classes: [bin_full]',
      '  - name: rubbish',
      /never used/,
    ],
    ['none for the rest', '  - name: rest', '  - name: rest\n    severities: [info]', /must fit everything/],
    ['a key that nobody knows', 'close_after: 3d', 'close_after: 3d\nmute: true', /mute.*unknown key/],
  ])('%s are refused with the place', (_name, good, bad, expected) => {
    expect(shipped).toContain(good);
    const read = readTicketPolicies('tickets.yaml', shipped.replace(good, bad));
    if (!('problems' in read)) throw new Error('they were taken');
    expect(read.problems.map((problem) => formatProblem(problem, 'en')).join('\n')).toMatch(expected);
    const [problem] = read.problems;
    const from = shipped.slice(0, shipped.indexOf(good)).split('\n').length;
    expect(problem?.line).toBeGreaterThanOrEqual(from);
    expect(problem?.line).toBeLessThan(from + bad.split('\n').length);
    expect(problem?.message.zh).toMatch(/\p{Script=Han}|：/u);
  });
});
