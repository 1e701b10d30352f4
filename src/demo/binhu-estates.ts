import type { AssetKind, RemoteSwitching } from '../model/assets.ts';

export interface DemoAsset {
  code: string;
  parent: string | null;
  kind: AssetKind;
  name: string;
  /** Codes; undefined: those of the nearest ancestor which has them. */
  grid?: string;
  company?: string;
  address?: string;
  latitude?: number;
  longitude?: number;
  remoteSwitch?: RemoteSwitching;
}

/** code | name | grid | company | address | latitude longitude | buildings | floors | flats on a floor that are watched */
const estates = `
BH-01|湖滨花园|EZ-BH-HB-2|BHWY|滨湖大道8号|30.39990 114.93590|4|11|2
BH-02|码头新村|EZ-BH-HB-1|BHWY|码头路21号|30.39990 114.92870|3|6|0
BH-03|学府雅苑|EZ-BH-HB-3|BHWY|学堂街5号|30.40000 114.94360|3|11|0
BH-04|荷塘月色|EZ-BH-HT-2|HXWY|荷塘路16号|30.39300 114.93910|4|6|0
BH-05|公园里|EZ-BH-HT-3|HXWY|公园南路3号|30.39340 114.94810|3|18|0
BH-06|东门家园|EZ-BH-HT-4|HXWY|东门街40号|30.39330 114.95720|2|11|0
BH-07|银柳新苑|EZ-BH-YL-2|YLWY|银柳路12号|30.38450 114.93870|5|6|2
BH-08|车站小区|EZ-BH-YL-3|YLWY|站前路7号|30.38480 114.94840|3|6|0
BH-09|老厂宿舍|EZ-BH-YL-1|LXGL|老厂路2号|30.38430 114.92940|4|5|0
`;

interface Estate {
  code: string;
  name: string;
  grid: string;
  company: string;
  address: string;
  latitude: number;
  longitude: number;
  buildings: number;
  floors: number;
  flats: number;
}

function readEstate(line: string): Estate {
  const [code = '', name = '', grid = '', company = '', address = '', place = '', ...counts] =
    line.split('|');
  const [latitude = Number.NaN, longitude = Number.NaN] = place.split(' ').map(Number);
  const [buildings = 0, floors = 0, flats = 0] = counts.map(Number);
  return { code, name, grid, company, address, latitude, longitude, buildings, floors, flats };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** What every estate has outside its buildings; the fire pump is nothing to switch from afar. */
function groundsOf({ code, latitude, longitude }: Estate): DemoAsset[] {
  const at = (north: number, east: number) => ({ latitude: latitude + north, longitude: longitude + east });
  return [
    { code: `${code}-P`, parent: code, kind: 'pipe', name: '生活给水主管', ...at(0.0006, 0) },
    { code: `${code}-V`, parent: `${code}-P`, kind: 'valve', name: '主管总阀', ...at(0.0006, 0.0001) },
    { code: `${code}-M1`, parent: code, kind: 'manhole', name: '大门污水井', ...at(-0.0008, 0.0002) },
    { code: `${code}-M2`, parent: code, kind: 'manhole', name: '后门雨水井', ...at(0.0008, -0.0003) },
    { code: `${code}-T1`, parent: code, kind: 'bin', name: '大门垃圾投放点', ...at(-0.0007, -0.0004) },
    { code: `${code}-T2`, parent: code, kind: 'bin', name: '后门垃圾投放点', ...at(0.0007, -0.0006) },
    { code: `${code}-X`, parent: code, kind: 'room', name: '水泵房', ...at(0.0005, -0.0001) },
    {
      code: `${code}-X-E`,
      parent: `${code}-X`,
      kind: 'breaker',
      name: '消防泵断路器',
      remoteSwitch: 'never',
    },
  ];
}

function buildingOf(estate: Estate, n: number): DemoAsset[] {
  const code = `${estate.code}-${n}`;
  const cellar = `${code}-B1`;
  const column = n - (estate.buildings + 1) / 2;
  return [
    {
      code,
      parent: estate.code,
      kind: 'building',
      name: `${n}栋`,
      address: `${estate.address}${n}栋`,
      latitude: estate.latitude,
      longitude: estate.longitude + column * 0.0007,
    },
    { code: cellar, parent: code, kind: 'floor', name: '地下室' },
    { code: `${code}-R`, parent: cellar, kind: 'pipe', name: '给水立管' },
    { code: `${code}-E`, parent: cellar, kind: 'panel', name: '总配电箱' },
    { code: `${code}-E1`, parent: `${code}-E`, kind: 'breaker', name: '总断路器' },
    { code: `${code}-E2`, parent: `${code}-E`, kind: 'breaker', name: '公共照明断路器' },
    ...upTo(estate.floors).flatMap((floor): DemoAsset[] => [
      { code: `${code}-F${floor}`, parent: code, kind: 'floor', name: `${floor}层` },
      ...upTo(estate.flats).map(
        (flat): DemoAsset => ({
          code: `${code}-F${floor}-${flat}`,
          parent: `${code}-F${floor}`,
          kind: 'unit',
          name: `${floor}0${flat}室`,
        }),
      ),
    ]),
  ];
}

function assetsOf(estate: Estate): DemoAsset[] {
  const { code, name, grid, company, address, latitude, longitude } = estate;
  return [
    { code, parent: null, kind: 'estate', name, grid, company, address, latitude, longitude },
    ...groundsOf(estate),
    ...upTo(estate.buildings).flatMap((n) => buildingOf(estate, n)),
  ];
}

/** Nine invented estates, parents before their children. */
export const binhuAssets: readonly DemoAsset[] = estates
  .trim()
  .split('\n')
  .flatMap((line) => assetsOf(readEstate(line)));
