export interface DemoChild {
  /** IEEE address, lower case. */
  nativeId: string;
  /** Friendly name in Zigbee2MQTT. */
  name: string;
  model: string;
  vendor: string;
  asset?: string;
  part?: string;
}

export interface DemoGateway {
  nativeId: string;
  name: string;
  asset: string;
  part?: string;
  children: readonly DemoChild[];
}

export interface DemoSensor {
  nativeId: string;
  name: string;
  kind: 'pipe' | 'manhole' | 'bin';
  asset: string;
  part?: string;
}

const vendors: Readonly<Record<string, string>> = {
  SJCGQ11LM: 'Aqara',
  TOWSMR1: 'Tongou',
  TS0601_din_4: 'Tuya',
  'STB3L-125-ZJ': 'SUTON',
};

/** gateway | asset | name | what the simulator does to it each day; then its children: name | model | asset | part */
const gateways = `
# binhu-gw-01|BH-01|湖滨花园网关|-
1栋地下室漏水|SJCGQ11LM|BH-01-1-B1|cellar_leak
2栋地下室漏水|SJCGQ11LM|BH-01-2-B1|-
3栋地下室漏水|SJCGQ11LM|BH-01-3-B1|flat_battery
4栋地下室漏水|SJCGQ11LM|BH-01-4-B1|-
水泵房漏水|SJCGQ11LM|BH-01-X|-
物业办公室漏水|SJCGQ11LM|-|-
1栋总断路器|TOWSMR1|BH-01-1-E1|-
2栋总断路器|TOWSMR1|BH-01-2-E1|-
3栋总断路器|TOWSMR1|BH-01-3-E1|-
4栋总断路器|TOWSMR1|BH-01-4-E1|-
1栋公共照明|TS0601_din_4|BH-01-1-E2|-
消防泵|STB3L-125-ZJ|BH-01-X-E|-
# binhu-gw-02|BH-04|荷塘月色网关|-
1栋总断路器|TS0601_din_4|BH-04-1-E1|-
2栋总断路器|TOWSMR1|BH-04-2-E1|overload
3栋总断路器|TS0601_din_4|BH-04-3-E1|-
4栋总断路器|TOWSMR1|BH-04-4-E1|-
1栋地下室漏水|SJCGQ11LM|BH-04-1-B1|-
2栋地下室漏水|SJCGQ11LM|BH-04-2-B1|-
3栋地下室漏水|SJCGQ11LM|BH-04-3-B1|-
4栋地下室漏水|SJCGQ11LM|BH-04-4-B1|-
水泵房漏水|SJCGQ11LM|BH-04-X|-
消防泵|STB3L-125-ZJ|BH-04-X-E|-
# binhu-gw-03|BH-07|银柳新苑网关|dies
# binhu-gw-04|BH-02|码头新村网关|restart
1栋地下室漏水|SJCGQ11LM|BH-02-1-B1|-
2栋地下室漏水|SJCGQ11LM|BH-02-2-B1|stale_leak
3栋地下室漏水|SJCGQ11LM|BH-02-3-B1|-
水泵房漏水|SJCGQ11LM|BH-02-X|-
1栋总断路器|TOWSMR1|BH-02-1-E1|stale_trip
2栋总断路器|TS0601_din_4|BH-02-2-E1|-
3栋总断路器|TOWSMR1|BH-02-3-E1|-
`;

/** native id | name | kind | asset | part */
const sensors = `
bh-pipe-01|湖滨花园主管压力流量|pipe|BH-01-P|burst
bh-pipe-02|码头新村主管压力流量|pipe|BH-02-P|-
bh-pipe-03|学府雅苑主管压力流量|pipe|BH-03-P|-
bh-pipe-04|荷塘月色主管压力流量|pipe|BH-04-P|-
bh-pipe-05|公园里主管压力流量|pipe|BH-05-P|-
bh-pipe-06|东门家园主管压力流量|pipe|BH-06-P|-
bh-pipe-07|银柳新苑主管压力流量|pipe|BH-07-P|-
bh-pipe-08|车站小区主管压力流量|pipe|BH-08-P|-
bh-pipe-09|老厂宿舍主管压力流量|pipe|BH-09-P|-
bh-manhole-01|湖滨花园大门污水井|manhole|BH-01-M1|-
bh-manhole-02|码头新村大门污水井|manhole|BH-02-M1|-
bh-manhole-03|学府雅苑大门污水井|manhole|BH-03-M1|-
bh-manhole-04|荷塘月色大门污水井|manhole|BH-04-M1|-
bh-manhole-05|公园里大门污水井|manhole|BH-05-M1|cover_open
bh-manhole-06|东门家园大门污水井|manhole|BH-06-M1|-
bh-manhole-07|银柳新苑大门污水井|manhole|BH-07-M1|-
bh-manhole-08|车站小区大门污水井|manhole|BH-08-M1|-
bh-manhole-09|老厂宿舍大门污水井|manhole|BH-09-M1|blocked_sewer
bh-bin-01|湖滨花园大门垃圾桶|bin|BH-01-T1|-
bh-bin-02|码头新村大门垃圾桶|bin|BH-02-T1|-
bh-bin-03|学府雅苑大门垃圾桶|bin|BH-03-T1|bin_full
bh-bin-04|荷塘月色大门垃圾桶|bin|BH-04-T1|-
bh-bin-05|公园里大门垃圾桶|bin|BH-05-T1|-
bh-bin-06|东门家园大门垃圾桶|bin|BH-06-T1|-
bh-bin-07|银柳新苑大门垃圾桶|bin|BH-07-T1|-
bh-bin-08|车站小区大门垃圾桶|bin|BH-08-T1|-
bh-bin-09|老厂宿舍大门垃圾桶|bin|BH-09-T1|-
`;

const given = (text: string | undefined): string | undefined => (text === '-' ? undefined : text);

function optional<K extends string>(key: K, text: string | undefined): { [P in K]?: string } {
  const value = given(text);
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
}

/** Invented addresses below the vendors' prefixes: the gateway's number and the child's. */
function addressOf(model: string, gateway: string, n: number): string {
  const own = `${gateway.slice(-2)}${n.toString(16).padStart(4, '0')}`;
  return vendors[model] === 'Aqara' ? `0x00158d0008${own}` : `0xa4c138d0d0${own}`;
}

/** Every flat of the lower five floors and every cellar of the fifth gateway's estate, with its main breakers: sixty. */
function childrenOfNewEstate(): string[] {
  return [1, 2, 3, 4, 5].flatMap((building) => [
    `${building}栋地下室漏水|SJCGQ11LM|BH-07-${building}-B1|-`,
    `${building}栋总断路器|TOWSMR1|BH-07-${building}-E1|-`,
    ...[1, 2, 3, 4, 5].flatMap((floor) =>
      [1, 2].map((flat) => {
        const name = `${building}栋/${floor}0${flat}室厨房漏水`;
        return `${name}|SJCGQ11LM|BH-07-${building}-F${floor}-${flat}|-`;
      }),
    ),
  ]);
}

function readGateway(section: string): DemoGateway {
  const [head = '', ...rows] = section.trim().split('\n');
  const [nativeId = '', asset = '', name = '', part] = head.split('|');
  const lines = rows.length > 0 ? rows : childrenOfNewEstate();
  const children = lines.map((line, i) => {
    const [childName = '', model = '', place, childPart] = line.split('|');
    return {
      nativeId: addressOf(model, nativeId, i + 1),
      name: childName,
      model,
      vendor: vendors[model] ?? '',
      ...optional('asset', place),
      ...optional('part', childPart),
    };
  });
  return { nativeId, name, asset, children, ...optional('part', part) };
}

function readSensor(line: string): DemoSensor {
  const [nativeId = '', name = '', kind, asset = '', part] = line.split('|');
  return { nativeId, name, kind: kind as DemoSensor['kind'], asset, ...optional('part', part) };
}

/** Four Zigbee2MQTT gateways with their leak sensors and breakers. */
export const binhuGateways: readonly DemoGateway[] = gateways.split(/^# /m).slice(1).map(readGateway);

/** Pressure and flow, manholes and bins, each a native MQTT device of its own. */
export const binhuSensors: readonly DemoSensor[] = sensors.trim().split('\n').map(readSensor);
