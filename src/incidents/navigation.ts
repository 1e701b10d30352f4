import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import commonJs from 'gcoord';

// Its types describe an ES module, but Node gets the CommonJS build, whose exports are the default import itself.
const gcoord = commonJs as unknown as typeof commonJs.default;

/** A link that opens a map app with the way to the wearer. */
export interface NavigationLink {
  app: 'amap' | 'baidu' | 'tencent' | 'apple' | 'geo';
  url: string;
}

interface Place {
  /** WGS-84 degrees. */
  latitude: number;
  longitude: number;
  name: string;
}

/** Name under which map providers count our calls. */
const CALLER = 'gridguard';

/**
 * Links to the map apps in use in China, each in the datum and order that its documentation asks for: AMap and Tencent
 * GCJ-02, Baidu told that it gets GCJ-02 (its default would be BD-09, 1,140 m off), Apple and `geo:` WGS-84.
 */
export function navigationLinks({ latitude, longitude, name }: Place): NavigationLink[] {
  const [lon, lat] = toGcj02(longitude, latitude).map(degrees) as [string, string];
  const wgs = `${degrees(latitude)},${degrees(longitude)}`;
  const title = encodeURIComponent(name.replaceAll(',', ' '));
  return [
    {
      app: 'amap',
      url: `https://uri.amap.com/navigation?to=${lon},${lat},${title}&mode=walk&src=${CALLER}&callnative=1`,
    },
    {
      app: 'baidu',
      url: `https://api.map.baidu.com/direction?origin=${encodeURIComponent('我的位置')}&destination=${encodeURIComponent(`latlng:${lat},${lon}|name:${name}`)}&mode=walking&coord_type=gcj02&output=html&src=webapp.${CALLER}`,
    },
    {
      app: 'tencent',
      url: `https://apis.map.qq.com/uri/v1/routeplan?type=walk&to=${title}&tocoord=${lat},${lon}&coord_type=2&referer=${CALLER}`,
    },
    { app: 'apple', url: `https://maps.apple.com/?daddr=${wgs}&dirflg=w` },
    { app: 'geo', url: `geo:${wgs}?q=${encodeURIComponent(`${wgs}(${name})`)}` },
  ];
}

/** Hong Kong along the Shenzhen River and its bays, Macau, Taiwan: roughly, longitude first. */
const wgs84Places = [
  [
    [113.82, 22.13],
    [113.82, 22.2],
    [113.87, 22.42],
    [113.95, 22.47],
    [114.02, 22.5],
    [114.05, 22.512],
    [114.08, 22.525],
    [114.12, 22.535],
    [114.16, 22.56],
    [114.22, 22.555],
    [114.45, 22.56],
    [114.51, 22.45],
    [114.51, 22.13],
    [113.82, 22.13],
  ],
  [
    [113.528, 22.185],
    [113.55, 22.217],
    [113.6, 22.217],
    [113.6, 22.1],
    [113.548, 22.1],
    [113.545, 22.155],
    [113.528, 22.185],
  ],
  [
    [119.9, 21.8],
    [119.9, 25.4],
    [122.2, 25.4],
    [122.2, 21.8],
    [119.9, 21.8],
  ],
];

/** Mainland China's datum. The maps use WGS-84 where gcoord, which goes by one box around China, would shift all the same. */
function toGcj02(longitude: number, latitude: number): [number, number] {
  const polygon = (ring: number[][]) => ({ type: 'Polygon' as const, coordinates: [ring] });
  const isWgs84 = wgs84Places.some((ring) => booleanPointInPolygon([longitude, latitude], polygon(ring)));
  if (isWgs84) return [longitude, latitude];
  const [lon, lat] = gcoord.transform([longitude, latitude], gcoord.WGS84, gcoord.GCJ02);
  return [lon ?? longitude, lat ?? latitude];
}

/** Six decimals are 0.1 m. */
function degrees(value: number): string {
  return value.toFixed(6);
}
