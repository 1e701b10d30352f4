import type { BreakerFaultCause, Signal } from '../model/signals.ts';
import { formatDuration } from '../platform/duration.ts';
import { type Words, withUnit } from './explain-words.ts';
import {
  type DropPart,
  type Ending,
  type EventPart,
  type Limit,
  type Part,
  type Selection,
  SLOWEST_MS,
  type StatePart,
  type ThresholdPart,
} from './rule.ts';
import { signalNamesZh } from './signal-names.ts';

const time = (ms: number): string => formatDuration(ms, 'zh');
const named = (signal: Signal): string => signalNamesZh[signal];
const quoted = (signal: Signal): string => `“${named(signal)}”`;
const held = (ms: number): string => (ms > 0 ? `，并持续 ${time(ms)}` : '');
const wordsZh: Readonly<Record<string, string>> = {
  open: '打开',
  closed: '闭合',
  moving: '动作中',
  fault: '故障',
  trip: '跳闸',
  remote: '远程',
  local: '就地',
  schedule: '定时',
  prepay: '预付费',
  unknown: '未知',
};
const said = (is: boolean | string): string =>
  typeof is === 'string' ? (wordsZh[is] ?? is) : is ? '是' : '否';
const ops = { above: '高于', at_least: '达到或高于', below: '低于', at_most: '达到或低于' } as const;
const limitOf: Words['limit'] = (signal, { op, value }: Limit) => `${ops[op]} ${withUnit(signal, value)}`;

const causesZh: Readonly<Record<BreakerFaultCause, string>> = {
  short_circuit: '短路',
  overload: '过载',
  over_current: '过流',
  over_voltage: '过压',
  under_voltage: '欠压',
  phase_loss: '缺相',
  phase_unbalance: '三相不平衡',
  residual_current: '漏电',
  over_temperature: '过热',
  arc_fault: '电弧',
  surge: '浪涌',
  fire: '火警',
  high_power: '功率过大',
  power_outage: '停电',
  negative_power: '反向功率',
  self_test_failed: '自检失败',
  credit: '欠费',
  unspecified: '未说明',
};
const stagesZh = { warning: '预警', trip: '跳闸' } as const;

function when(part: Part): string {
  switch (part.type) {
    case 'event':
      return whenEvent(part);
    case 'threshold':
      return whenThreshold(part);
    case 'state':
      return `${quoted(part.signal)}为${said(part.is)}${part.forMs > 0 ? `满 ${time(part.forMs)}` : ''}`;
    case 'drop':
      return `${named(part.signal)}在 ${time(part.withinMs)}内${part.rises ? '上升' : '下降'} ${change(part)}（${time(part.holdsMs)}内有效）`;
    case 'no_data': {
      const what = part.signals ? `没有收到${part.signals.map(named).join('或')}` : '没有设备的任何消息';
      const after = part.afterMs === 'device_default' ? '其协议允许的时长' : ` ${time(part.afterMs)}`;
      const rhythm = `（上报稀疏的设备按其通常间隔的 2.2 倍，最长 ${time(SLOWEST_MS)}）`;
      return `超过${after}${part.byRhythm ? rhythm : ''}${what}`;
    }
    case 'children_silent':
      return `网关下至少 ${part.atLeast} 台且不少于 ${part.percent} % 的设备同时失联`;
  }
}

function whenEvent({ signal, causes, stages, stands }: EventPart): string {
  const which = [
    ...(causes ? [`原因：${causes.map((cause) => causesZh[cause]).join('、')}`] : []),
    ...(stages ? [`阶段：${stages.map((stage) => stagesZh[stage]).join('、')}`] : []),
  ].join('；');
  return `设备上报 ${quoted(signal)}${which ? `（${which}）` : ''}${stands ? '' : '时，每次立即'}`;
}

function whenThreshold(part: ThresholdPart): string {
  const { signal, minSamples, maxGapMs, ignore } = part;
  const samples = minSamples > 1 ? `（至少 ${minSamples} 个读数，间隔不超过 ${time(maxGapMs)}）` : '';
  const but = ignore ? `（${limitOf(signal, ignore)}的读数不计）` : '';
  return `${named(signal)}${limitOf(signal, part.soft)}${held(part.forMs)}${samples}${but}`;
}

const change = ({ signal, by: { amount, percent } }: DropPart): string =>
  [
    ...(amount === undefined ? [] : [withUnit(signal, amount)]),
    ...(percent === undefined ? [] : [`${percent} %`]),
  ].join('且 ');

function over(part: Part): string | undefined {
  switch (part.type) {
    case 'event':
      return overEvent(part);
    case 'threshold':
      return `${named(part.signal)}${limitOf(part.signal, part.clear)}${held(part.clearForMs)}（缺失的读数不改变状态）`;
    case 'state':
      return overState(part);
    case 'drop':
      return part.rises ? '升幅回落一半' : '下降恢复一半';
    case 'no_data':
      return '再次收到消息';
    case 'children_silent':
      return '失联的设备减少';
  }
}

function overEvent({ stands }: EventPart): string | undefined {
  if (!stands) return undefined;
  const { until, lapsesAfterMs } = stands;
  return [
    ...(until ? [`${ended(until)}${held(stands.clearForMs)}`] : []),
    ...(lapsesAfterMs === undefined ? [] : [`${time(lapsesAfterMs)}内没有再次上报`]),
  ].join('，或');
}

const overState = ({ clearForMs, clearWhen }: StatePart): string =>
  `设备上报已恢复${clearWhen ? `，或${ended(clearWhen)}` : ''}${held(clearForMs)}`;

const ended = (ending: Ending): string =>
  'is' in ending
    ? `${quoted(ending.signal)}为${said(ending.is)}`
    : `${named(ending.signal)}${limitOf(ending.signal, ending.limit)}`;

function selected(selection: Selection): string {
  const { protocols, devices, subjects, withSubject, behindGateway, gateway } = selection;
  return [
    ...(protocols ? [`协议 ${protocols.join('、')}`] : []),
    ...(devices ? [`设备 ${devices.join('、')}`] : []),
    ...(subjects ? [`佩戴者 ${subjects.join('、')}`] : []),
    ...(withSubject === undefined ? [] : [withSubject ? '有人佩戴的设备' : '无人佩戴的设备']),
    ...(behindGateway === undefined ? [] : [behindGateway ? '网关下的设备' : '不在网关下的设备']),
    ...(gateway === undefined ? [] : [gateway ? '网关' : '网关以外的设备']),
  ].join('；');
}

const severities = { critical: '紧急', warning: '警告', info: '提示' } as const;
const consequences = {
  incident: '生成警情并逐级呼叫，直到有人确认',
  ticket: '生成限时工单，派给该处的责任单位',
  notice: '通知家属和值班网格员一次',
} as const;

export const zhWords: Words = {
  when,
  over,
  limit: limitOf,
  selected,
  outcome: ({ severity, consequence }) => `${severities[severity]}，${consequences[consequence]}`,
  alone: (clause, then) => `${clause}：${then}。`,
  hard: (limit, then) => `一旦${limit}，立即：${then}。`,
  together: (clauses, then) => `同时满足（${clauses.join('；')}）：${then}。`,
  ends: (clause) => `${clause}后解除。`,
  endsTogether: (clauses) => `任一条件解除即解除：${clauses.join('；')}。`,
  perAsset: '同一设施的所有设备一起判断。',
  inhibited: '所属网关失联期间不报警，网关恢复后重新计时。',
  switchOff: '设施允许时自动分闸。',
  only: (who) => `仅适用于${who}。`,
  except: (who) => `不适用于${who}。`,
};
