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

/** Mainland China's datum; Hong Kong, Macau and Taiwan use WGS-84 on these maps, though gcoord's box would shift them. */
function toGcj02(longitude: number, latitude: number): [number, number] {
  if (usesWgs84(longitude, latitude)) return [longitude, latitude];
  const [lon, lat] = gcoord.transform([longitude, latitude], gcoord.WGS84, gcoord.GCJ02);
  return [lon ?? longitude, lat ?? latitude];
}

function usesWgs84(longitude: number, latitude: number): boolean {
  const isTaiwan = longitude > 119.9 && longitude < 122.2 && latitude > 21.8 && latitude < 25.4;
  const isHongKong = longitude > 113.82 && longitude < 114.5 && latitude > 22.13 && latitude < 22.53;
  const isMacau = longitude > 113.52 && longitude < 113.6 && latitude > 22.1 && latitude < 22.218;
  return isTaiwan || isHongKong || isMacau;
}

/** Six decimals are 0.1 m. */
function degrees(value: number): string {
  return value.toFixed(6);
}
