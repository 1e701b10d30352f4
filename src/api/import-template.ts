import { assetFields } from '../people/imports/asset-lines.ts';
import { deviceFields } from '../people/imports/device-lines.ts';
import type { ImportField } from '../people/imports/import-fault.ts';
import { wearerFields } from '../people/imports/wearer-lines.ts';
import type { Locale } from './schemas.ts';

interface Template {
  fields: readonly ImportField[];
  lines: Readonly<Record<Locale, readonly Readonly<Record<string, string>>[]>>;
}

const point = { latitude: '30.3921', longitude: '114.8893' };

export type ImportTemplate = 'assets' | 'devices' | 'subjects';

const templates: Readonly<Record<ImportTemplate, Template>> = {
  assets: {
    fields: assetFields,
    lines: {
      'zh-CN': [
        {
          code: 'XQ-01',
          name: '湖景花园',
          kind: '小区',
          company: 'WY-01',
          grid: 'EZ-BH-01',
          ...point,
          datum: 'WGS84',
        },
        { code: 'XQ-01-3-B1', name: '3 栋总断路器', kind: '断路器', parent: 'XQ-01', remote_switch: '人工' },
      ],
      en: [
        {
          code: 'XQ-01',
          name: 'Lake View Garden',
          kind: 'estate',
          company: 'WY-01',
          grid: 'EZ-BH-01',
          ...point,
          datum: 'wgs84',
        },
        {
          code: 'XQ-01-3-B1',
          name: 'Main breaker of building 3',
          kind: 'breaker',
          parent: 'XQ-01',
          remote_switch: 'manual',
        },
      ],
    },
  },
  subjects: {
    fields: wearerFields,
    lines: {
      'zh-CN': [
        {
          name: '王桂英',
          kind: '老人',
          sex: '女',
          birth_year: '1946',
          phone: '13800000001',
          address: '茅圻村一组 17 号',
          ...point,
          datum: 'WGS84',
          lives_alone: '是',
          mobility: '正常',
          traits: '慢阻肺；高血压',
          watch_home: '是',
          home_radius_m: '300',
        },
        {
          name: '李建国',
          phone: '13800000002',
          address: '茅圻村二组 3 号',
          grid: 'EZ-BH-01',
          traits: '长期卧床',
        },
      ],
      en: [
        {
          name: 'Wang Guiying',
          kind: 'elder',
          sex: 'female',
          birth_year: '1946',
          phone: '13800000001',
          address: '17 Maoqi village',
          ...point,
          datum: 'wgs84',
          lives_alone: 'yes',
          mobility: 'normal',
          traits: 'copd; hypertension',
          watch_home: 'yes',
          home_radius_m: '300',
        },
        {
          name: 'Li Jianguo',
          phone: '13800000002',
          address: '3 Maoqi village',
          grid: 'EZ-BH-01',
          traits: 'bedridden',
        },
      ],
    },
  },
  devices: {
    fields: deviceFields,
    lines: {
      'zh-CN': [
        { protocol: 'zigbee2mqtt', native_id: 'gw-01', name: '1 号网关', asset_code: 'XQ-01' },
        {
          protocol: 'zigbee2mqtt',
          native_id: '0x00158d0001a2b3c4',
          name: '3 栋水浸',
          model: 'SJCGQ11LM',
          vendor: 'Aqara',
          asset_code: 'XQ-01-3-B1',
          gateway: 'gw-01',
        },
        {
          protocol: 'chirpstack',
          native_id: '24e124535b316056',
          name: '3 栋水表井水浸',
          model: 'EM300-ZLD',
          vendor: 'Milesight',
          asset_code: 'XQ-01',
        },
        {
          protocol: 'iw',
          native_id: '861200000001077',
          model: 'CARE',
          vendor: 'Vivistar',
          grid: 'EZ-BH-01',
          operator: '中国移动',
        },
      ],
      en: [
        { protocol: 'zigbee2mqtt', native_id: 'gw-01', name: 'Gateway 1', asset_code: 'XQ-01' },
        {
          protocol: 'zigbee2mqtt',
          native_id: '0x00158d0001a2b3c4',
          name: 'Leak, building 3',
          model: 'SJCGQ11LM',
          vendor: 'Aqara',
          asset_code: 'XQ-01-3-B1',
          gateway: 'gw-01',
        },
        {
          protocol: 'chirpstack',
          native_id: '24e124535b316056',
          name: 'Leak, meter pit of building 3',
          model: 'EM300-ZLD',
          vendor: 'Milesight',
          asset_code: 'XQ-01',
        },
        {
          protocol: 'iw',
          native_id: '861200000001077',
          model: 'CARE',
          vendor: 'Vivistar',
          grid: 'EZ-BH-01',
          operator: 'China Mobile',
        },
      ],
    },
  },
};

/** A CSV file to fill in. Spreadsheets tell by the byte order mark that it is UTF-8. */
export function importTemplate(what: ImportTemplate, locale: Locale): string {
  const { fields, lines } = templates[what];
  const header = fields.map(({ zh, en }) => (locale === 'en' ? en : zh));
  const rows = lines[locale].map((line) => fields.map(({ name }) => line[name] ?? ''));
  return `\uFEFF${[header, ...rows].map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}
