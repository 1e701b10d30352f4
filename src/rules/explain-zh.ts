import { type BreakerFaultCause, definitionOf, type Signal } from '../model/signals.ts';
import { formatDuration } from '../platform/duration.ts';
import { changeOf, clockTime, percentOf, type Words, withUnit } from './explain-words.ts';
import {
  type AbsencePart,
  type CountPart,
  type Ending,
  type EventPart,
  type ExpressionPart,
  type GeofencePart,
  type Limit,
  type Match,
  type NoDataPart,
  type Part,
  type Personal,
  type Said,
  type Schedule,
  type Selection,
  type ShiftPart,
  SLOWEST_MS,
  type Smoothing,
  type StatePart,
  type ThresholdPart,
} from './rule.ts';
import { signalNamesZh, traitNamesZh } from './signal-names.ts';

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
const limitOf = (signal: Signal, { op, value }: Limit): string => `${ops[op]} ${withUnit(signal, value)}`;

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
      return `${named(part.signal)}在 ${time(part.withinMs)}内${part.rises ? '上升' : '下降'} ${changeOf(part, '且 ')}（${time(part.holdsMs)}内有效）`;
    case 'count':
      return whenCount(part);
    case 'shift':
      return whenShift(part);
    case 'geofence':
      return whenAway(part);
    case 'absence':
      return whenAbsent(part);
    case 'expression':
      return `按 ${time(part.maxAgeMs)}以内的最新读数，“${part.when}”成立${held(part.forMs)}`;
    case 'no_data':
      return whenSilent(part);
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
  const limit = `${limitOf(signal, part.soft)}${part.personal ? usual(part.personal) : ''}`;
  return `${smoothed(signal, part.smooth)}${limit}${held(part.forMs)}${samples}${but}`;
}

function whenHard({ signal, smooth, hard }: ThresholdPart): string {
  if (!hard) return '';
  const limit = `${smoothed(signal, smooth)}${limitOf(signal, hard.limit)}`;
  const { forMs, minSamples } = hard;
  if (forMs === 0 && minSamples === 1) return `一旦${limit}，立即`;
  return `${limit}${held(forMs)}${minSamples > 1 ? `（至少 ${minSamples} 个读数）` : ''}`;
}

function smoothed(signal: Signal, smooth: Smoothing | undefined): string {
  if (!smooth) return named(signal);
  if (smooth.kind === 'rate')
    return `${named(signal)}在 ${time(smooth.overMs)}内平均每 ${time(smooth.perMs)}的变化`;
  return `${named(signal)}在 ${time(smooth.overMs)}内的${averages[smooth.kind]}`;
}

const averages = {
  median: '中位数',
  mean: '平均值',
  min: '最低值',
  max: '最高值',
  range: '最高最低之差',
  ewma: '加权移动平均值',
} as const;

const usual = ({ from, to, nights, margin, between: [least, most] }: Personal): string =>
  `（积累 ${nights} 夜后改用本人平时 ${clockTime(from)}–${clockTime(to)} 的水平再留 ${margin} 的余量，限值不超出 ${least}–${most}）`;

const matches = (signal: Signal, match: Match): string => {
  if ('limit' in match) return `${named(signal)}${limitOf(signal, match.limit)}`;
  return definitionOf(signal).kind === 'event'
    ? `上报${quoted(signal)}`
    : `${quoted(signal)}为${said(match.is)}`;
};

const whenCount = ({ signal, match, atLeast, withinMs }: CountPart): string =>
  `${time(withinMs)}内${atLeast > 1 ? `有 ${atLeast} 次` : '曾经'}${matches(signal, match)}`;

const directions = { up: '高于', down: '低于', both: '偏离' } as const;

const whenShift = (part: ShiftPart): string =>
  `${named(part.signal)}持续${directions[part.direction]}平时的水平（CUSUM：每个偏差扣除 ${part.drift} 倍离散度${part.driftUp === undefined ? '' : `（向上的扣除 ${part.driftUp} 倍）`}、最多计 ${part.clip} 倍，累计超过 ${part.threshold} 倍；平时的水平从 ${time(part.learnMs)}且至少 ${part.minSamples} 个平稳的读数学得，并在 ${time(part.followMs)}内随之更新；离散度至少取${leastOf(part)}；中断 ${time(part.maxGapMs)}后重新学习）`;

const leastOf = ({ signal, leastSpread, leastShare }: ShiftPart): string =>
  [
    ...(leastSpread > 0 ? [` ${withUnit(signal, leastSpread)}`] : []),
    ...(leastShare > 0 ? [`平时水平的 ${percentOf(leastShare)}`] : []),
  ].join('和');

const whenAway = (part: GeofencePart): string =>
  `佩戴者离家超过为其设定的半径（未设定时 ${part.radiusM} 米）${held(part.forMs)}，且至少有 ${part.minSamples} 次间隔不超过 ${time(part.maxGapMs)}的定位（精度差于 ${part.accuracyM} 米或需时速 ${part.maxSpeedKmh} 公里以上才能到达的定位不计）`;

const whenAbsent = ({ signs, from, by }: AbsencePart): string =>
  `${clockTime(from)} 到 ${clockTime(by)} 设备有消息，却没有任何活动迹象（${signs.map(({ signal, match }) => (match === 'rises' ? `${named(signal)}增加` : matches(signal, match))).join('、')}）`;

function whenSilent({ signals, afterMs, byRhythm }: NoDataPart): string {
  const what = signals ? `没有收到${signals.map(named).join('或')}` : '没有设备的任何消息';
  const after = afterMs === 'device_default' ? '其协议允许的时长' : ` ${time(afterMs)}`;
  const rhythm = `（上报稀疏的设备按其通常间隔的 2.2 倍，最长 ${time(SLOWEST_MS)}）`;
  return `超过${after}${byRhythm ? rhythm : ''}${what}`;
}

function over(part: Part): string | undefined {
  switch (part.type) {
    case 'event':
      return overEvent(part);
    case 'threshold':
      return overThreshold(part);
    case 'state':
      return overState(part);
    case 'drop':
      return part.rises ? '升幅回落一半' : '下降恢复一半';
    case 'count':
      return overCount(part);
    case 'shift':
      return `${time(part.clearSmoothMs)}均值回到平时水平 ${part.clearWithin} 倍离散度以内${held(part.clearForMs)}，或满 ${time(part.acceptAfterMs)}（此后重新学习平时的水平）`;
    case 'geofence':
      return `回到该半径${part.clear.radiusM < part.radiusM ? `的 ${percentOf(part.clear.radiusM / part.radiusM)}` : ''}以内${held(part.clear.forMs)}，且至少有 ${part.clear.minSamples} 次定位`;
    case 'absence':
      return '出现其中任一活动迹象';
    case 'expression':
      return overExpression(part);
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

const overThreshold = ({ signal, smooth, clear, clearForMs, personal }: ThresholdPart): string =>
  `${smoothed(signal, smooth)}${limitOf(signal, clear)}${personal ? '（随限值一起移动）' : ''}${held(clearForMs)}（缺失的读数不改变状态）`;

const overCount = ({ withinMs }: CountPart): string => `${time(withinMs)}内没有再出现`;

const overExpression = ({ clear, clearForMs }: ExpressionPart): string =>
  `${clear ? `“${clear}”成立` : '上式不再成立'}${held(clearForMs)}`;

const ended = (ending: Ending): string =>
  'is' in ending
    ? `${quoted(ending.signal)}为${said(ending.is)}`
    : `${named(ending.signal)}${limitOf(ending.signal, ending.limit)}`;

function selected(selection: Selection): string {
  const { protocols, devices, subjects, traits, models, withSubject, behindGateway, gateway } = selection;
  return [
    ...(protocols ? [`协议 ${protocols.join('、')}`] : []),
    ...(devices ? [`设备 ${devices.join('、')}`] : []),
    ...(subjects ? [`佩戴者 ${subjects.join('、')}`] : []),
    ...(traits
      ? [`健康情况有“${traits.map((trait) => traitNamesZh[trait] ?? trait).join('”或“')}”的佩戴者`]
      : []),
    ...(models ? [`型号 ${models.join('、')}`] : []),
    ...(withSubject === undefined ? [] : [withSubject ? '有人佩戴的设备' : '无人佩戴的设备']),
    ...(behindGateway === undefined ? [] : [behindGateway ? '网关下的设备' : '不在网关下的设备']),
    ...(gateway === undefined ? [] : [gateway ? '网关' : '网关以外的设备']),
  ].join('；');
}

const days = {
  mon: '周一',
  tue: '周二',
  wed: '周三',
  thu: '周四',
  fri: '周五',
  sat: '周六',
  sun: '周日',
  workday: '工作日',
  holiday: '休息日',
} as const;

const scheduled = ({ windows, timeZone }: Schedule): string =>
  windows
    .map(({ days: on, from, to }) => {
      const which = on.length === 7 ? '每天' : on.map((day) => days[day]).join('、');
      return `${which} ${clockTime(from)}–${clockTime(to)}`;
    })
    .join('；') + (timeZone === 'Asia/Shanghai' ? '' : `（${timeZone}）`);

const ignored = ({ signal, is, maxAgeMs }: Said): string =>
  `${quoted(signal)}为${said(is)}（${time(maxAgeMs)}内上报的）`;

const severities = { critical: '紧急', warning: '警告', info: '提示' } as const;
const consequences = {
  incident: '生成警情并逐级呼叫，直到有人确认',
  ticket: '生成限时工单，派给该处的责任单位',
  notice: '通知家属和值班网格员一次',
} as const;

export const zhWords: Words = {
  when,
  over,
  selected,
  outcome: ({ severity, consequence }) => `${severities[severity]}，${consequences[consequence]}`,
  alone: (clause, then) => `${clause}：${then}。`,
  hard: (part, then) => `${whenHard(part)}：${then}。`,
  together: (clauses, then) => `同时满足（${clauses.join('；')}）：${then}。`,
  ends: (clause) => `${clause}后解除。`,
  endsTogether: (clauses) => `任一条件解除即解除：${clauses.join('；')}。`,
  perAsset: '同一设施的所有设备一起判断。',
  inhibited: '所属网关失联期间不报警，网关恢复后重新计时。',
  switchOff: '设施允许时自动分闸。',
  only: (who) => `仅适用于${who}。`,
  except: (who) => `不适用于${who}。`,
  variant: (who) => `对${who}改用：`,
  shadow: '仅试运行：只记录，不通知任何人。',
  schedule: (schedule) => `只在以下时段报警：${scheduled(schedule)}。`,
  ignoreWhile: (said) => `${said.map(ignored).join('或')}期间的读数不计。`,
  inhibitedBy: (rules) => `同一设备、佩戴者或设施有以下报警时不再报警：${rules.join('、')}。`,
  again: (afterMs) => `每持续 ${time(afterMs)}再次报警。`,
  keeps: (forMs) => `解除条件满足后再保持 ${time(forMs)}。`,
  flap: ({ times, withinMs, quietMs }) =>
    `${time(withinMs)}内报警达 ${times} 次后，平静满 ${time(quietMs)}才解除。`,
};
