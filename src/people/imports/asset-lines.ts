import type { AssetKind, RemoteSwitching } from '../../model/assets.ts';
import { cellsOf, wordsOf } from './cells.ts';
import type { ImportFault, ImportField, ImportRow } from './import-fault.ts';
import { placeFields, readPlace, type ToWgs84 } from './places.ts';

/** Columns of an import of assets. */
export const assetFields: readonly ImportField[] = [
  { name: 'code', zh: '编码', en: 'code', others: ['编号', '资产编码'] },
  { name: 'name', zh: '名称', en: 'name', others: ['资产名称'] },
  { name: 'kind', zh: '类型', en: 'kind', others: ['类别', 'type'] },
  { name: 'parent', zh: '上级编码', en: 'parent', others: ['上级', '所属', 'parent_code'] },
  { name: 'company', zh: '物业公司编码', en: 'company', others: ['物业公司', '物业', 'company_code'] },
  { name: 'grid', zh: '网格编码', en: 'grid', others: ['网格', '所属网格', 'grid_code'] },
  { name: 'address', zh: '地址', en: 'address' },
  ...placeFields,
  { name: 'remote_switch', zh: '远程分合闸', en: 'remote_switch', others: ['远程控制'] },
];

const kinds = wordsOf<AssetKind>({
  estate: ['小区', '住宅小区', '园区'],
  building: ['楼栋', '楼', '栋', '建筑'],
  floor: ['楼层', '层'],
  unit: ['单元'],
  pipe: ['管道', '管', '水管'],
  valve: ['阀门', '阀'],
  manhole: ['井盖', '窨井', '检查井'],
  bin: ['垃圾桶', '垃圾箱'],
  breaker: ['断路器', '空开', '智能空开'],
  panel: ['配电箱', '配电柜', '电箱'],
  room: ['房间', '户', '室'],
});

const remoteSwitching = wordsOf<RemoteSwitching>({
  never: ['禁止', '否', '不允许'],
  manual: ['人工', '手动', '允许人工'],
  automatic: ['自动', '允许自动'],
});

/** A line as it was understood; what it leaves out stays as it is. */
export interface AssetLine {
  line: number;
  code: string;
  name: string | undefined;
  kind: AssetKind | undefined;
  parent: string | undefined;
  company: string | undefined;
  grid: string | undefined;
  address: string | undefined;
  latitude: number | undefined;
  longitude: number | undefined;
  remoteSwitch: RemoteSwitching | undefined;
}

/** Every line that says what it means, and every fault of the others. */
export function readAssetLines(
  rows: readonly ImportRow[],
  toWgs84: ToWgs84,
): { lines: AssetLine[]; faults: ImportFault[] } {
  const faults: ImportFault[] = [];
  const lines = rows.flatMap((row) => {
    const cells = cellsOf(row);
    const code = cells.code('code', true);
    const line = {
      name: cells.text('name', { most: 100 }),
      kind: cells.choice('kind', kinds),
      parent: cells.code('parent'),
      company: cells.code('company'),
      grid: cells.code('grid'),
      address: cells.text('address', { most: 200 }),
      remoteSwitch: cells.choice('remote_switch', remoteSwitching),
    };
    const place = readPlace(row, cells, toWgs84);
    faults.push(...cells.faults);
    if (code === undefined || cells.faults.length > 0) return [];
    return [{ line: row.line, code, ...line, latitude: place?.latitude, longitude: place?.longitude }];
  });
  return { lines, faults };
}
