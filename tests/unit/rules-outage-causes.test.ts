import { describe, expect, it } from 'vitest';
import { operatorCalled } from '../../src/model/operators.ts';
import { causeOf, type Group, isOver } from '../../src/rules/outage-causes.ts';

const group = (scope: Group['scope'], quiet: number, alive = 0): Group => ({ scope, key: '1', quiet, alive });
const cause = (...groups: Group[]) => causeOf(groups)?.scope;

describe('what failed', () => {
  it('is nothing while few are silent, or most of what can be told speaks', () => {
    expect(cause(group('building', 4), group('estate', 4))).toBeUndefined();
    expect(cause(group('building', 6, 20), group('platform', 12, 500))).toBeUndefined();
  });

  it('is the building where the estate around it speaks, and where it stands alone in its estate', () => {
    expect(cause(group('building', 30), group('estate', 31, 200))).toBe('building');
    expect(cause(group('building', 30), group('estate', 31), group('everything', 31, 4))).toBe('building');
  });

  it('is the network of an operator where buildings have only their part in it', () => {
    const groups = [group('building', 6), group('grid', 40, 40), group('operator', 180, 5)];
    expect(cause(...groups, group('everything', 200, 300))).toBe('operator');
  });

  it('is no outage where one gateway explains it: that has a rule of its own', () => {
    expect(cause(group('gateway', 31), group('building', 31), group('estate', 33))).toBeUndefined();
    expect(cause(group('gateway', 31), group('building', 90), group('estate', 92, 300))).toBe('building');
  });

  it('does not depend on the order in which groups were found', () => {
    const groups = [group('everything', 60, 2), group('estate', 58), group('building', 20)];
    expect(cause(...groups)).toBe('estate');
    expect(cause(...groups.toReversed())).toBe('estate');
  });
});

describe('an outage', () => {
  const now = 10 * 3_600_000;
  it('is over when four of five are back', () => {
    expect(isOver({ members: 30, back: 23, resolvedAt: null }, now)).toBe(false);
    expect(isOver({ members: 30, back: 24, resolvedAt: null }, now)).toBe(true);
  });

  it('is over when somebody resolved it half an hour ago and most are back, and not while most are silent', () => {
    const resolvedAt = now - 30 * 60_000;
    expect(isOver({ members: 30, back: 16, resolvedAt }, now)).toBe(true);
    expect(isOver({ members: 30, back: 16, resolvedAt: resolvedAt + 1 }, now)).toBe(false);
    expect(isOver({ members: 30, back: 15, resolvedAt }, now)).toBe(false);
  });
});

it('an operator is known by its code and by its names', () => {
  expect(['cmcc', ' 移动', '中国移动', 'China Mobile', 'mobile'].map(operatorCalled)).toEqual(
    Array(5).fill('cmcc'),
  );
  expect(operatorCalled(' 铁通 ')).toBe('铁通');
});
