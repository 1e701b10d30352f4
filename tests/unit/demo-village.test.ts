import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import { describe, expect, it } from 'vitest';
import { parts } from '../../device-sim/credentials.ts';
import { metresBetween } from '../../device-sim/places.ts';
import { gridOfGroup, maoqi } from '../../src/demo/maoqi.ts';
import { shortId } from '../../src/demo/maoqi-elders.ts';
import { buildGridIndex, type Grid } from '../../src/people/grid-index.ts';

const grids = maoqi.grids.filter(({ level }) => level === 'grid');
const bands = maoqi.elders.flatMap(({ band }) => (band ? [band] : []));
const ringOf = (code: string) => maoqi.grids.find((grid) => grid.code === code)?.ring ?? [];

/** Twice the area that the ring goes round counter-clockwise. */
function area(ring: readonly (readonly [number, number])[]): number {
  return ring.slice(1).reduce((sum, [x, y], i) => {
    const [fromX = 0, fromY = 0] = ring[i] ?? [];
    return sum + fromX * y - x * fromY;
  }, 0);
}

describe('the demo village', () => {
  it('has 43 elders alone or moving with difficulty, 19 wristbands and 4 grids', () => {
    expect(maoqi.elders).toHaveLength(43);
    expect(new Set(maoqi.elders.map(({ name }) => name)).size).toBe(43);
    expect(maoqi.elders.filter((e) => !e.livesAlone && e.mobility === 'normal')).toEqual([]);
    expect(maoqi.elders.filter((e) => e.birthYear < 1936 || e.birthYear > 1958)).toEqual([]);
    expect(bands).toHaveLength(19);
    expect(bands.filter(({ protocol }) => protocol === 'native')).toHaveLength(4);
    expect(grids).toHaveLength(4);
  });

  it('has every home in its grid, far enough from the border for a fix beside it', () => {
    const index = buildGridIndex(
      maoqi.grids.map(
        (grid, id): Grid => ({
          id,
          parentId: null,
          level: grid.level,
          name: grid.code,
          polygon: { type: 'Polygon', coordinates: [grid.ring.map((point) => [...point])] },
        }),
      ),
    );
    for (const elder of maoqi.elders)
      for (const [north, east] of [
        [0, 0],
        [0.0004, 0],
        [-0.0004, 0],
        [0, 0.0004],
        [0, -0.0004],
      ] as const) {
        const at = { latitude: elder.latitude + north, longitude: elder.longitude + east };
        expect(index.get(index.at(at) ?? -1)?.name, elder.name).toBe(gridOfGroup(elder.group));
      }
  });

  it('has no two homes in one place', () => {
    for (const [i, a] of maoqi.elders.entries())
      for (const b of maoqi.elders.slice(i + 1)) {
        expect(metresBetween(a, b), `${a.name}, ${b.name}`).toBeGreaterThan(10);
        expect(a.address).not.toBe(b.address);
      }
  });

  it('has closed grids that together are exactly the community, which lies in the street, which lies in the city', () => {
    for (const { ring, code } of maoqi.grids) {
      expect(ring[0], code).toEqual(ring.at(-1));
      expect(area(ring), code).toBeGreaterThan(0);
    }
    const together = grids.reduce((sum, { ring }) => sum + area(ring), 0);
    expect(together).toBeCloseTo(area(ringOf('EZ-LH-MQ')), 9);
    for (const { ring, parent } of maoqi.grids)
      if (parent !== null) {
        const around = { type: 'Polygon' as const, coordinates: [ringOf(parent).map((p) => [...p])] };
        for (const point of ring) expect(booleanPointInPolygon([...point], around)).toBe(true);
      }
  });

  it('has wristbands with valid IMEIs of a test allocation, each with an id of its own on the wire', () => {
    const imeis = bands.filter(({ protocol }) => protocol === 'watch').map(({ nativeId }) => nativeId);
    for (const imei of [...imeis, maoqi.spareBand.imei]) {
      expect(imei).toMatch(/^001017\d{9}$/);
      expect(luhnSum(imei) % 10).toBe(0);
    }
    const ids = [...bands.map(({ wireId }) => wireId), maoqi.spareBand.wireId];
    expect(new Set(ids).size).toBe(20);
    expect(new Set(ids.map((id) => id.length))).toEqual(new Set([10, 13, 15]));
    expect(new Set([...imeis, maoqi.spareBand.imei].map(shortId)).size).toBe(16);
  });

  it('gives the simulator a band for each part, and the SOS to the first grid', () => {
    const cast = bands.flatMap(({ part }) => (part ? [part] : []));
    expect(cast.toSorted()).toEqual([...parts].toSorted());
    expect(maoqi.elders.find(({ band }) => band?.part === 'sos')?.group).toBe(1);
  });

  it('has families of elders who are there', () => {
    const names = maoqi.elders.map(({ name }) => name);
    for (const { elder } of maoqi.accounts.flatMap(({ familyOf = [] }) => familyOf))
      expect(names).toContain(elder);
  });
});

describe('the rosters of the demo village', () => {
  const minutes = Array.from({ length: 7 * 1440 }, (_, i) => ({
    weekday: Math.floor(i / 1440) + 1,
    minute: i % 1440,
  }));

  it.each(grids.map(({ code }) => code))(
    'have one worker and one deputy on duty every minute in %s',
    (code) => {
      for (const duty of ['worker', 'deputy'] as const) {
        const shifts = maoqi.shifts.filter((shift) => shift.grid === code && shift.duty === duty);
        const uncovered = minutes.filter(({ weekday, minute }) => {
          const on = shifts.filter(
            (s) => s.weekday === weekday && s.fromMinute <= minute && minute < s.toMinute,
          );
          return on.length !== 1;
        });
        expect(uncovered).toEqual([]);
      }
    },
  );

  it('name accounts that are there, worker1 always in the first grid', () => {
    const logins = maoqi.accounts.map(({ login }) => login);
    for (const { login } of maoqi.shifts) expect(logins).toContain(login);
    const first = maoqi.shifts.filter(({ grid, duty }) => grid === 'EZ-LH-MQ-1' && duty === 'worker');
    expect(new Set(first.map(({ login }) => login))).toEqual(new Set(['worker1']));
  });
});

function luhnSum(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, i) => {
    const value = Number(digit) * (i % 2 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
}
