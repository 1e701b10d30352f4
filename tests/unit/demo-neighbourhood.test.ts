import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import { describe, expect, it } from 'vitest';
import { binhu } from '../../src/demo/binhu.ts';
import { maoqi } from '../../src/demo/maoqi.ts';

type Ring = readonly (readonly [number, number])[];

const grids = binhu.grids.filter(({ level }) => level === 'grid');
const ringOf = (code: string): Ring =>
  [...maoqi.grids, ...binhu.grids].find((grid) => grid.code === code)?.ring ?? [];
const polygonOf = (code: string) => ({
  type: 'Polygon' as const,
  coordinates: [ringOf(code).map((point) => [...point])],
});
const assets = new Map(binhu.assets.map((asset) => [asset.code, asset]));
const estates = binhu.assets.filter(({ kind }) => kind === 'estate');
const children = binhu.gateways.flatMap((gateway) => gateway.children);

/** Twice the area that the ring goes round counter-clockwise. */
function area(ring: Ring): number {
  return ring.slice(1).reduce((sum, [x, y], i) => {
    const [fromX = 0, fromY = 0] = ring[i] ?? [];
    return sum + fromX * y - x * fromY;
  }, 0);
}

describe('the grids of the neighbourhood', () => {
  it('are thirteen that tile their communities, which tile the street, which lies in the city beside the village', () => {
    expect(grids).toHaveLength(13);
    for (const { ring, code } of binhu.grids) {
      expect(ring[0], code).toEqual(ring.at(-1));
      expect(area(ring), code).toBeGreaterThan(0);
    }
    for (const parent of binhu.grids.filter(({ level }) => level !== 'grid')) {
      const parts = binhu.grids.filter((grid) => grid.parent === parent.code);
      expect(parts.reduce((sum, { ring }) => sum + area(ring), 0)).toBeCloseTo(area(parent.ring), 12);
    }
    for (const point of ringOf('EZ-BH')) {
      expect(booleanPointInPolygon([...point], polygonOf('EZ'))).toBe(true);
      expect(booleanPointInPolygon([...point], polygonOf('EZ-LH'))).toBe(false);
    }
  });

  it('hold the estates that name them, with everything in these that has a place', () => {
    expect(estates).toHaveLength(9);
    for (const asset of binhu.assets)
      if (asset.latitude !== undefined && asset.longitude !== undefined) {
        const grid = assets.get(asset.code.split('-').slice(0, 2).join('-'))?.grid ?? '';
        const at = [asset.longitude, asset.latitude];
        expect(booleanPointInPolygon(at, polygonOf(grid)), asset.code).toBe(true);
      }
  });
});

describe('the estates', () => {
  it('have codes of their own, parents before children, and every kind of asset', () => {
    expect(assets.size).toBe(binhu.assets.length);
    const seen = new Set<string>();
    for (const { code, parent } of binhu.assets) {
      if (parent !== null) expect(seen, code).toContain(parent);
      seen.add(code);
    }
    const kinds = new Set(binhu.assets.map(({ kind }) => kind));
    for (const kind of ['building', 'floor', 'unit', 'pipe', 'valve', 'manhole', 'bin', 'breaker', 'panel'])
      expect(kinds).toContain(kind);
  });

  it('belong to companies with a manager who is always on duty, except one that has nobody', () => {
    const companies = new Map(binhu.companies.map((company) => [company.code, company]));
    for (const { company, code } of estates) expect(companies.get(company ?? ''), code).toBeDefined();
    const staffed = binhu.companies.filter(({ members }) => members.length > 0);
    expect(staffed).toHaveLength(3);
    for (const { members, shifts } of staffed) {
      const manager = members.find(({ duty }) => duty === 'manager')?.login;
      const own = shifts.filter(({ login }) => login === manager);
      expect(own.map(({ weekday }) => weekday)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      for (const shift of own) expect(shift).toMatchObject({ fromMinute: 0, toMinute: 1440 });
    }
  });
});

describe('the devices of the neighbourhood', () => {
  it('stand behind four gateways, one of them with sixty, or speak for themselves', () => {
    expect(binhu.gateways.map((gateway) => gateway.children.length)).toEqual([12, 10, 60, 7]);
    expect(binhu.sensors).toHaveLength(27);
    const ids = [...children, ...binhu.gateways, ...binhu.sensors].map(({ nativeId }) => nativeId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { nativeId, vendor } of children) {
      expect(nativeId).toMatch(/^0x[0-9a-f]{16}$/);
      expect(vendor).not.toBe('');
    }
  });

  it('watch assets that are there', () => {
    for (const { asset } of [...binhu.gateways, ...binhu.sensors])
      expect(assets.has(asset), asset).toBe(true);
    for (const { asset } of children) if (asset !== undefined) expect(assets.has(asset), asset).toBe(true);
    const friendly = (gateway: (typeof binhu.gateways)[number]) => gateway.children.map(({ name }) => name);
    for (const gateway of binhu.gateways)
      expect(new Set(friendly(gateway)).size).toBe(gateway.children.length);
  });

  it('burst in the estate of the company of `property`, where the cellar is wet as well', () => {
    const company = binhu.companies.find(({ members }) => members.some(({ login }) => login === 'property'));
    const pipe = binhu.sensors.find(({ part }) => part === 'burst');
    const cellar = children.find(({ part }) => part === 'cellar_leak');
    for (const code of [pipe?.asset, cellar?.asset]) {
      const estate = code?.split('-').slice(0, 2).join('-') ?? '';
      expect(assets.get(estate)?.company).toBe(company?.code);
    }
  });
});

it('the people of the neighbourhood have names and numbers of their own', () => {
  const accounts = [...maoqi.accounts, ...binhu.accounts];
  for (const key of ['login', 'phone', 'name'] as const)
    expect(new Set(accounts.map((account) => account[key])).size).toBe(accounts.length);
  for (const { phone } of accounts) expect(phone).toMatch(/^140\d{8}$/);
  const logins = accounts.map(({ login }) => login);
  for (const { login } of [...binhu.desks, ...binhu.shifts]) expect(logins).toContain(login);
  expect(new Set(binhu.shifts.map(({ grid }) => grid))).toEqual(new Set(grids.map(({ code }) => code)));
});
