import { assetFields } from '../people/imports/asset-lines.ts';
import { deviceFields } from '../people/imports/device-lines.ts';
import type { ImportField } from '../people/imports/import-fault.ts';
import type { Locale } from './schemas.ts';

interface Template {
  fields: readonly ImportField[];
  lines: Readonly<Record<Locale, readonly Readonly<Record<string, string>>[]>>;
}

const point = { latitude: '30.3921', longitude: '114.8893' };

const templates: Readonly<Record<'assets' | 'devices', Template>> = {
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
        { protocol: 'iw', native_id: '861200000001077', model: 'CARE', vendor: 'Vivistar', grid: 'EZ-BH-01' },
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
        { protocol: 'iw', native_id: '861200000001077', model: 'CARE', vendor: 'Vivistar', grid: 'EZ-BH-01' },
      ],
    },
  },
};

/** A CSV file to fill in. Spreadsheets tell by the byte order mark that it is UTF-8. */
export function importTemplate(what: 'assets' | 'devices', locale: Locale): string {
  const { fields, lines } = templates[what];
  const header = fields.map(({ zh, en }) => (locale === 'en' ? en : zh));
  const rows = lines[locale].map((line) => fields.map(({ name }) => line[name] ?? ''));
  return `\uFEFF${[header, ...rows].map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}
