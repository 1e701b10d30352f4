import { operatorCalled } from '../../model/operators.ts';
import { cellsOf } from './cells.ts';
import type { ImportFault, ImportField, ImportRow } from './import-fault.ts';

/** Columns of an import of devices. */
export const deviceFields: readonly ImportField[] = [
  { name: 'protocol', zh: '协议', en: 'protocol' },
  {
    name: 'native_id',
    zh: '设备编号',
    en: 'native_id',
    others: ['设备id', 'deviceid', 'id', 'ieee', 'imei'],
  },
  { name: 'name', zh: '名称', en: 'name', others: ['设备名称'] },
  { name: 'model', zh: '型号', en: 'model' },
  { name: 'vendor', zh: '厂商', en: 'vendor', others: ['厂家', '品牌'] },
  { name: 'asset_code', zh: '资产编码', en: 'asset_code', others: ['资产', '所属资产', 'asset'] },
  { name: 'gateway', zh: '网关编号', en: 'gateway', others: ['网关', 'gateway_id'] },
  { name: 'grid', zh: '网格编码', en: 'grid', others: ['网格', 'grid_code'] },
  { name: 'topic_prefix', zh: '主题前缀', en: 'topic_prefix', others: ['topic'] },
  { name: 'operator', zh: '运营商', en: 'operator', others: ['sim', '网络', 'carrier'] },
];

export interface DeviceLine {
  line: number;
  protocol: string;
  nativeId: string;
  name: string | undefined;
  model: string | undefined;
  vendor: string | undefined;
  assetCode: string | undefined;
  gateway: string | undefined;
  grid: string | undefined;
  topicPrefix: string | undefined;
  operator: string | undefined;
}

const operatorIn = (name: string | undefined) => (name === undefined ? undefined : operatorCalled(name));

export function readDeviceLines(rows: readonly ImportRow[]): { lines: DeviceLine[]; faults: ImportFault[] } {
  const faults: ImportFault[] = [];
  const lines = rows.flatMap((row) => {
    const cells = cellsOf(row);
    const protocol = cells.text('protocol', { most: 32, required: true });
    const nativeId = cells.text('native_id', { most: 64, required: true });
    const line = {
      name: cells.text('name', { most: 64 }),
      model: cells.text('model', { most: 64 }),
      vendor: cells.text('vendor', { most: 64 }),
      assetCode: cells.code('asset_code'),
      gateway: cells.text('gateway', { most: 64 }),
      grid: cells.code('grid'),
      topicPrefix: cells.text('topic_prefix', { most: 128 }),
      operator: operatorIn(cells.text('operator', { most: 32 })),
    };
    faults.push(...cells.faults);
    if (protocol === undefined || nativeId === undefined || cells.faults.length > 0) return [];
    return [{ line: row.line, protocol: protocol.toLowerCase(), nativeId, ...line }];
  });
  return { lines, faults };
}
