import type { Consequence, Severity } from '../model/alerts.ts';
import { definitionOf, type Signal } from '../model/signals.ts';
import { formatDuration } from '../platform/duration.ts';
import type { Limit, NoDataPart, Part, Rule, Selection, StatePart, ThresholdPart } from './rule.ts';
import { signalNamesZh } from './signal-names.ts';

type Language = 'zh' | 'en';

/** A rule in plain words: when it is true, what happens then, when it is over. One sentence per line. */
export function explainRule(rule: Rule, language: Language): string[] {
  const say = language === 'zh' ? zh : en;
  return [
    `${rule.title[language]} (${rule.name})`,
    ...rule.parts.flatMap((part) => say.part(part, rule)),
    ...(rule.only ? [say.only(selected(rule.only))] : []),
    ...(rule.except ? [say.except(selected(rule.except))] : []),
  ];
}

const selected = (selection: Selection): string =>
  Object.entries(selection)
    .map(([key, values]) => `${key}: ${values.join(', ')}`)
    .join('; ');

function withUnit(signal: Signal, value: number): string {
  const { unit } = definitionOf(signal);
  return unit && unit !== 'count' ? `${value} ${unit}` : String(value);
}

interface Words {
  part(part: Part, rule: Rule): string[];
  only(who: string): string;
  except(who: string): string;
}

const en: Words = {
  part: (part, rule) => {
    const then = consequenceEn(rule.severity, rule.consequence);
    switch (part.type) {
      case 'event':
        return [`When the device reports ${part.signal}: ${then}, each time and at once.`];
      case 'threshold':
        return thresholdEn(part, then);
      case 'state':
        return stateEn(part, then);
      case 'no_data':
        return noDataEn(part, then);
    }
  },
  only: (who) => `Only for ${who}.`,
  except: (who) => `Not for ${who}.`,
};

const consequenceEn = (severity: Severity, consequence: Consequence): string =>
  consequence === 'incident'
    ? `${severity}: an incident is opened and people are called, one after another, until somebody acknowledges`
    : `${severity}: family and the grid worker on duty are told once`;

const opEn = { above: 'above', at_least: 'at or above', below: 'below', at_most: 'at or below' } as const;
const limitEn = (signal: Signal, { op, value }: Limit): string => `${opEn[op]} ${withUnit(signal, value)}`;

function thresholdEn(part: ThresholdPart, then: string): string[] {
  const { signal, hard } = part;
  const held = part.forMs > 0 ? ` for ${formatDuration(part.forMs, 'en')}` : '';
  const samples =
    part.minSamples > 1
      ? ` (at least ${part.minSamples} samples, no more than ${formatDuration(part.maxGapMs, 'en')} apart)`
      : '';
  const calm = part.clearForMs > 0 ? ` for ${formatDuration(part.clearForMs, 'en')}` : '';
  return [
    `When ${signal} is ${limitEn(signal, part.soft)}${held}${samples}: ${then}.`,
    ...(hard
      ? [
          `When it is ${limitEn(signal, hard.limit)}, at once: ${consequenceEn(hard.severity, hard.consequence)}.`,
        ]
      : []),
    `Over when it is ${limitEn(signal, part.clear)}${calm}; missing values change nothing.`,
  ];
}

function stateEn(part: StatePart, then: string): string[] {
  const held = part.forMs > 0 ? ` and ${formatDuration(part.forMs, 'en')} have passed` : '';
  const { clearWhen } = part;
  const or = clearWhen
    ? `, or when ${clearWhen.signal} is ${limitEn(clearWhen.signal, clearWhen.limit)}`
    : '';
  return [
    `When ${part.signal} is ${part.is}${held}: ${then}.`,
    `Over when the device reports that it is not${or}.`,
  ];
}

function noDataEn(part: NoDataPart, then: string): string[] {
  const what = part.signals ? `no ${part.signals.join(' or ')} came` : 'the device was not heard of';
  const after =
    part.afterMs === 'device_default' ? 'as long as its protocol allows' : formatDuration(part.afterMs, 'en');
  return [`When ${what} for ${after}: ${then}.`, 'Over with the next sign of life.'];
}

const zh: Words = {
  part: (part, rule) => {
    const then = consequenceZh(rule.severity, rule.consequence);
    switch (part.type) {
      case 'event':
        return [`设备上报 “${named(part.signal)}”时，每次立即：${then}。`];
      case 'threshold':
        return thresholdZh(part, then);
      case 'state':
        return stateZh(part, then);
      case 'no_data':
        return noDataZh(part, then);
    }
  },
  only: (who) => `仅适用于 ${who}。`,
  except: (who) => `不适用于 ${who}。`,
};

const named = (signal: Signal): string => signalNamesZh[signal];
const stateZhOf = (is: boolean | string): string => (typeof is === 'string' ? is : is ? '是' : '否');

const severityZh = { critical: '紧急', warning: '警告', info: '提示' } as const;
const consequenceZh = (severity: Severity, consequence: Consequence): string =>
  consequence === 'incident'
    ? `${severityZh[severity]}，生成警情并逐级呼叫，直到有人确认`
    : `${severityZh[severity]}，通知家属和值班网格员一次`;

const opZh = { above: '高于', at_least: '达到或高于', below: '低于', at_most: '达到或低于' } as const;
const limitZh = (signal: Signal, { op, value }: Limit): string => `${opZh[op]} ${withUnit(signal, value)}`;

function thresholdZh(part: ThresholdPart, then: string): string[] {
  const { signal, hard } = part;
  const held = part.forMs > 0 ? `，并持续 ${formatDuration(part.forMs, 'zh')}` : '';
  const samples =
    part.minSamples > 1
      ? `（至少 ${part.minSamples} 个读数，间隔不超过 ${formatDuration(part.maxGapMs, 'zh')}）`
      : '';
  const calm = part.clearForMs > 0 ? `，并持续 ${formatDuration(part.clearForMs, 'zh')}` : '';
  return [
    `${named(signal)}${limitZh(signal, part.soft)}${held}${samples}：${then}。`,
    ...(hard
      ? [`一旦${limitZh(signal, hard.limit)}，立即：${consequenceZh(hard.severity, hard.consequence)}。`]
      : []),
    `${limitZh(signal, part.clear)}${calm}后解除；缺失的读数不改变状态。`,
  ];
}

function stateZh(part: StatePart, then: string): string[] {
  const held = part.forMs > 0 ? `满 ${formatDuration(part.forMs, 'zh')}` : '';
  const { clearWhen } = part;
  const or = clearWhen ? `，或${named(clearWhen.signal)}${limitZh(clearWhen.signal, clearWhen.limit)}` : '';
  return [`“${named(part.signal)}”为${stateZhOf(part.is)}${held}：${then}。`, `设备上报已恢复${or}后解除。`];
}

function noDataZh(part: NoDataPart, then: string): string[] {
  const what = part.signals ? `没有收到 ${part.signals.map(named).join('或')}` : '没有设备的任何消息';
  const after = part.afterMs === 'device_default' ? '其协议允许的时长' : formatDuration(part.afterMs, 'zh');
  return [`超过${after}${what}：${then}。`, '再次收到消息即解除。'];
}
