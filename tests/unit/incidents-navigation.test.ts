import { describe, expect, it } from 'vitest';
import { navigationLinks } from '../../src/incidents/navigation.ts';
import { distanceM } from '../../src/model/geo.ts';

const urlOf = (place: { latitude: number; longitude: number; name?: string }, app: string): string =>
  navigationLinks({ name: '王奶奶', ...place }).find((link) => link.app === app)?.url ?? '';
const numbers = (text: string | null | undefined): number[] =>
  (text ?? '').match(/-?\d+\.\d+/g)?.map(Number) ?? [];

const SHANGHAI = { latitude: 31.2304, longitude: 121.4737 };

describe('links to map apps', () => {
  it('give AMap, Baidu and Tencent the shifted datum in the order of each', () => {
    const amap = numbers(new URL(urlOf(SHANGHAI, 'amap')).searchParams.get('to'));
    const tencent = numbers(new URL(urlOf(SHANGHAI, 'tencent')).searchParams.get('tocoord'));
    const baidu = new URL(urlOf(SHANGHAI, 'baidu')).searchParams;
    const [longitude = 0, latitude = 0] = amap;
    expect(distanceM(SHANGHAI, { latitude, longitude })).toBeCloseTo(481, -1);
    expect(tencent).toEqual([latitude, longitude]);
    expect(numbers(baidu.get('destination'))).toEqual([latitude, longitude]);
    expect(baidu.get('coord_type')).toBe('gcj02');
    expect(new URL(urlOf(SHANGHAI, 'tencent')).searchParams.get('coord_type')).toBe('2');
  });

  it('give Apple and geo: WGS-84', () => {
    expect(new URL(urlOf(SHANGHAI, 'apple')).searchParams.get('daddr')).toBe('31.230400,121.473700');
    expect(urlOf(SHANGHAI, 'geo')).toMatch(/^geo:31\.230400,121\.473700\?q=/);
  });

  it.each([
    ['Hong Kong', 22.3, 114.17],
    ['Macau', 22.19, 113.54],
    ['Taipei', 25.04, 121.56],
    ['Berlin', 52.52, 13.4],
  ])('do not shift %s', (_name, latitude, longitude) => {
    const to = numbers(new URL(urlOf({ latitude, longitude }, 'amap')).searchParams.get('to'));
    expect(to).toEqual([longitude, latitude]);
  });

  it('shift Shenzhen, Zhuhai and Xiamen, which lie beside what is not shifted', () => {
    for (const place of [
      { latitude: 22.54, longitude: 114.06 },
      { latitude: 22.48, longitude: 113.92 },
      { latitude: 22.12, longitude: 113.53 },
      { latitude: 24.48, longitude: 118.09 },
    ]) {
      const [longitude = 0, latitude = 0] = numbers(new URL(urlOf(place, 'amap')).searchParams.get('to'));
      expect(distanceM(place, { latitude, longitude })).toBeGreaterThan(200);
    }
  });

  it('keep a name with commas and ampersands in its place', () => {
    const url = new URL(urlOf({ ...SHANGHAI, name: 'A,B&C' }, 'amap'));
    expect(url.searchParams.get('to')?.split(',')).toHaveLength(3);
    expect(url.searchParams.get('mode')).toBe('walk');
  });
});
