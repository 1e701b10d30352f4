import { describe, expect, it } from 'vitest';
import { cleanNumbers, reasonText } from '../../src/web/band/command-text.ts';
import { distanceM } from '../../src/web/core/position.ts';
import { matchRoute, pathTo, type RouteName, routes } from '../../src/web/core/router.ts';
import { cleanBandId } from '../../src/web/family/band-id.ts';
import { emptyWearer, problemOf, toInput } from '../../src/web/family/wearer-draft.ts';
import { createLanguage } from '../../src/web/i18n/language.tsx';
import { translator } from '../../src/web/i18n/translate.ts';
import {
  ageLevel,
  byUrgency,
  isUnregistered,
  kindIcon,
  phoneHref,
  whoName,
} from '../../src/web/incidents/describe.ts';
import { fittingName } from '../../src/web/map/fitting-name.ts';
import {
  boxOf,
  frame,
  labelPoint,
  projectionAround,
  ringsOf,
  scaleLength,
} from '../../src/web/map/projection.ts';
import { grids } from './mock-data.ts';
import { raiseIncident } from './mock-incidents.ts';

describe('addresses of pages', () => {
  it('lead back to their page', () => {
    for (const name of Object.keys(routes) as RouteName[]) {
      const id = routes[name].includes(':id') ? 7 : undefined;
      const key = routes[name].includes(':key') ? 'water_leak' : undefined;
      expect(matchRoute(pathTo(name, id ?? key))).toEqual({ name, id, key });
    }
  });
  it.each(['/incidents', '/incidents/0', '/incidents/x', '/family/1/2', '/admin'])('knows no %s', (path) => {
    expect(matchRoute(path).name).toBe('unknown');
  });
});

describe('the schematic map', () => {
  const village = projectionAround({ latitude: 30.39, longitude: 114.88 });
  it('goes to metres and back', () => {
    const place = { latitude: 30.3952, longitude: 114.8731 };
    const there = village.toPoint(place);
    const back = village.toPlace(there);
    expect(back.latitude).toBeCloseTo(place.latitude, 9);
    expect(back.longitude).toBeCloseTo(place.longitude, 9);
    const straight = distanceM({ latitude: 30.39, longitude: 114.88 }, place);
    expect(Math.hypot(there.x, there.y)).toBeCloseTo(straight, 0);
  });
  it('has north at the top', () => {
    expect(village.toPoint({ latitude: 30.4, longitude: 114.88 }).y).toBeLessThan(0);
  });
  it('takes polygons of several parts, and leaves out what is none', () => {
    const square = [
      [114, 30],
      [115, 30],
      [115, 31],
      [114, 30],
    ];
    expect(ringsOf({ type: 'MultiPolygon', coordinates: [[square], [square]] })).toHaveLength(2);
    expect(ringsOf({ type: 'Polygon', coordinates: ['x', [[1]]] }).flat()).toEqual([]);
  });
  it('writes the name of each grid inside it', () => {
    for (const grid of grids) {
      const rings = ringsOf(grid.polygon);
      const box = boxOf(rings.flat().map(village.toPoint));
      const at = labelPoint(rings, village);
      expect(at && box && at.x > box.minX && at.x < box.maxX && at.y > box.minY && at.y < box.maxY).toBe(
        true,
      );
    }
  });
  it('shortens a name to what stands in brackets, and leaves it out where neither is readable', () => {
    expect(fittingName('湖滨第二网格（花园）', 10)).toBe('湖滨第二网格（花园）');
    expect(fittingName('湖滨第二网格（花园）', 6)).toBe('花园');
    expect(fittingName('湖滨第二网格（花园）', 1)).toBeUndefined();
    expect(fittingName('North (Garden)', 4)).toBe('Garden');
    expect(fittingName('湖滨社区', 2)).toBeUndefined();
  });
  it('frames a point as well as an area', () => {
    const box = frame({ minX: 5, minY: 5, maxX: 5, maxY: 5 }, 2);
    expect((box.maxX - box.minX) / (box.maxY - box.minY)).toBeCloseTo(2);
    expect(scaleLength(340)).toBe(200);
    expect(scaleLength(1000)).toBe(1000);
  });
});

describe('incidents in a list', () => {
  it('stand with the longest unanswered first', () => {
    const at = 1_000_000;
    const one = { ...raiseIncident({ id: 1, at }), ringsForMe: false };
    const two = { ...raiseIncident({ id: 2, at: at - 5 }), ringsForMe: false };
    const taken = {
      ...raiseIncident({ id: 3, at: at - 50 }),
      ringsForMe: false,
      status: 'on_scene' as const,
    };
    expect([taken, one, two].sort(byUrgency).map(({ id }) => id)).toEqual([2, 1, 3]);
  });
  it('are named after the place of a sensor, which is no unregistered band', () => {
    const unknown = raiseIncident({ id: 1, at: 0, nativeId: 'x' });
    const asset = { id: 11, name: '地下室', path: '湖滨花园 / 1栋 / 地下室' };
    const smoke = { ...unknown, kind: 'smoke', asset, device: { ...unknown.device, id: 143 } };
    const display = createLanguage('zh-CN');
    expect([unknown, smoke].map(isUnregistered)).toEqual([true, false]);
    expect(whoName(unknown, display)).toBe('未登记手环 x');
    expect(whoName(smoke, display)).toBe('湖滨花园 › 1栋 › 地下室');
    expect(whoName({ ...smoke, asset: null }, display)).toBe('没有绑定人或位置的设备 x');
  });
  it('about many silent devices are named after what these have in common', () => {
    const silent = { ...raiseIncident({ id: 1, at: 0, nativeId: 'cmcc' }), kind: 'mass_offline' };
    const named = (outage: NonNullable<(typeof silent)['outage']>, more: Partial<typeof silent> = {}) =>
      whoName({ ...silent, ...more, outage }, createLanguage('zh-CN'));
    expect(named({ scope: 'operator', key: 'cmcc', label: '' })).toBe('中国移动');
    expect(named({ scope: 'operator', key: '铁通', label: '铁通' })).toBe('铁通');
    expect(named({ scope: 'platform', key: 'watch', label: 'watch' })).toBe('接入方式 watch');
    const grid = { id: 12, name: '滨湖网格' };
    expect(named({ scope: 'grid', key: '12', label: '' }, { grid })).toBe('滨湖网格');
    const asset = { id: 11, name: '1栋', path: '湖滨花园 / 1栋' };
    expect(named({ scope: 'building', key: '11', label: '' }, { asset })).toBe('湖滨花园 › 1栋');
  });
  it('age in the steps of the escalation', () => {
    expect([0, 44_999, 45_000, 179_999, 180_000].map(ageLevel)).toEqual([0, 0, 1, 1, 2]);
  });
  it('have an icon whatever their kind', () => {
    expect(kindIcon('sos')).toBe('sos');
    expect(kindIcon('heart_rate_high')).toBe('heart');
    expect(kindIcon('something_new')).toBe('alert');
  });
  it('dial digits only', () => expect(phoneHref('+86 139-0711 0001')).toBe('tel:+8613907110001'));
});

describe('a registration', () => {
  it.each([
    ['861200000001077', '861200000001077'],
    ['86 1200 0000 0107-7', '861200000001077'],
    ['1200000001', '1200000001'],
    ['12345', undefined],
    ['86120000000107', undefined],
    ['13812345678', '13812345678'],
    ['AA:bb:01:02:03:04', 'AAbb01020304'],
    ['SOS 编号 1', undefined],
  ])('reads %s as the number of a band', (typed, id) => expect(cleanBandId(typed)).toBe(id));

  it('says what of a wearer cannot be sent', () => {
    const named = { ...emptyWearer, name: '王桂英' };
    expect(problemOf(emptyWearer)).toBe('name');
    expect(problemOf(named)).toBeUndefined();
    expect(problemOf({ ...named, birthYear: '46' })).toBe('birthYear');
    expect(problemOf({ ...named, latitude: '30.39' })).toBe('coordinates');
    expect(problemOf({ ...named, latitude: '95', longitude: '114' })).toBe('coordinates');
    expect(problemOf({ ...named, latitude: 'x', longitude: '114' })).toBe('coordinates');
  });
  it('sends what was left empty as null', () => {
    expect(toInput({ ...emptyWearer, name: ' 王桂英 ' })).toMatchObject({
      name: '王桂英',
      birthYear: null,
      phone: null,
    });
  });
});

describe('what a band is told', () => {
  it('takes numbers as people write them, leaves empty ones out and says which are none', () => {
    expect(cleanNumbers(['138-0711 0001', '', '+86 (714) 12345678'])).toEqual({
      numbers: ['13807110001', '+8671412345678'],
      wrong: [],
    });
    expect(cleanNumbers(['12', 'mother', '110']).wrong).toEqual([0, 1]);
  });
  it('says in the words of the reader why it was not done', () => {
    const t = translator('zh-CN');
    expect(reasonText('the device says no', t)).toBe('设备拒绝了');
    expect(reasonText('h02 has no power_off', t)).toBe('这种设备不会执行这个指令');
    expect(reasonText('something new', t)).toBe('something new');
  });
});
