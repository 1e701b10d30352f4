import type { ReadingValue } from '../../model/readings.ts';
import { formatDuration } from '../../platform/duration.ts';
import { dateOf, localTime } from '../../platform/local-time.ts';
import { enWords } from '../explain-en.ts';
import { clockTime, type Words, withUnit } from '../explain-words.ts';
import { zhWords } from '../explain-zh.ts';
import { signalNamesZh } from '../signal-names.ts';
import type { LabChange } from './lab-change.ts';
import type { Gate, Why, WhyPart, WhyPoint } from './why.ts';

interface Speaker {
  zh: boolean;
  words: Words;
  time(ms: number): string;
  lasted(ms: number): string;
}

/** One point (a device, a channel of it, an asset) in words. */
export interface PointTold {
  verdict: WhyPoint['verdict'];
  line: string;
  /** Each condition, with what it went by. */
  conditions: string[];
  /** What held it back, or would. */
  gates: string[];
}

export interface WhyTold {
  head: string;
  /** Why there is nothing to tell of any point. */
  notes: string[];
  points: PointTold[];
  /** What it told before and next. */
  told: string[];
}

/** An explanation in plain words; times as the clock on the wall shows them there. */
export function tellWhy(why: Why, language: 'zh' | 'en', timeZone: string): WhyTold {
  const say: Speaker = {
    zh: language === 'zh',
    words: language === 'zh' ? zhWords : enWords,
    time: (ms) => localText(ms, timeZone),
    lasted: (ms) => formatDuration(Math.max(0, Math.round(ms / 1000) * 1000), language),
  };
  const { rule, at, points } = why;
  const head = `${rule.title[language]} (${rule.name}), ${say.time(at)}`;
  const nothing = (notes: string[]): WhyTold => ({ head, notes, points: [], told: [] });
  if (why.isMeant === false)
    return nothing([
      say.zh ? '这条规则不适用于该设备。' : 'The rule is not meant for this device.',
      ...gatesOfSelection(why, say),
    ]);
  if (rule.parts.every((part) => part.type === 'event' && !part.stands))
    return {
      ...nothing([
        say.zh
          ? '设备每上报一次就立即报警一次：不看持续时间，也没有什么能拦下它。'
          : 'Each report of a device raises it at once: nothing is waited for, and nothing holds it back.',
      ]),
      told: toldLines(why, say),
    };
  if (points.length === 0)
    return nothing([
      say.zh
        ? '在此之前没有收到与这条规则有关的读数。'
        : 'Nothing that the rule goes by had been heard until then.',
    ]);
  return {
    head,
    notes: [],
    points: points.map((point) => tellPoint(point, why, say)),
    told: toldLines(why, say),
  };
}

/** The same, one fact per line. */
export function whyLines(why: Why, language: 'zh' | 'en', timeZone: string): string[] {
  const { head, notes, points, told } = tellWhy(why, language, timeZone);
  const lines = ({ line, conditions, gates }: PointTold) => [
    line,
    ...conditions.map((each) => `  - ${each}`),
    ...gates.map((each) => `  ! ${each}`),
  ];
  return [head, ...notes, ...points.flatMap(lines), ...told];
}

function localText(ms: number, timeZone: string): string {
  const local = localTime(timeZone);
  const seconds = String(Math.floor(ms / 1000) % 60).padStart(2, '0');
  return `${dateOf(local.dayOf(ms))} ${clockTime(local.minuteOf(ms))}:${seconds}`;
}

function gatesOfSelection({ rule }: Why, { words }: Speaker): string[] {
  return [
    ...(rule.only ? [words.only(words.selected(rule.only))] : []),
    ...(rule.except ? [words.except(words.selected(rule.except))] : []),
  ];
}

function tellPoint(point: WhyPoint, why: Why, say: Speaker): PointTold {
  const { zh } = say;
  const name = point.channel === undefined ? '' : `${point.channel}: `;
  const verdicts = {
    fires: zh
      ? `在报警，始于 ${say.time(point.since ?? 0)}。`
      : `It fires, since ${say.time(point.since ?? 0)}.`,
    held_back: zh
      ? '条件已满足，但被拦下，没有报警。'
      : 'The conditions are met, but something holds it back.',
    pending: zh
      ? '没有报警：条件已出现，但时间或次数还不够。'
      : 'It does not fire: it is not true for long enough yet.',
    idle: zh ? '没有报警：条件没有满足。' : 'It does not fire: its conditions are not met.',
  };
  const together = point.sets?.some((set) => set.length > 1);
  const rest = together ? (zh ? '以下条件须同时满足：' : ' These must be met together:') : '';
  return {
    verdict: point.verdict,
    line: `${name}${verdicts[point.verdict]}${rest}`,
    conditions: point.parts.map((part) => partLine(part, why.at, say)),
    gates: point.gates.map((gate) => gateLine(gate, say)),
  };
}

function partLine(part: WhyPart, at: number, say: Speaker): string {
  const { zh, words, time, lasted } = say;
  const { since, samples } = part;
  const for_ = since === undefined ? '' : lasted(at - since);
  const count = samples === undefined ? '' : zh ? `，${samples} 个读数` : `, ${samples} samples`;
  const stands = {
    true: zh
      ? `满足${since === undefined ? '' : `，自 ${time(since)}`}`
      : `met${since === undefined ? '' : ` since ${time(since)}`}`,
    hard: zh
      ? `超过硬限值${since === undefined ? '' : `，自 ${time(since)}`}`
      : `beyond the hard limit${since === undefined ? '' : ` since ${time(since)}`}`,
    pending: zh ? `已出现 ${for_}${count}，还不够` : `true for ${for_}${count}, not long enough yet`,
    ending: zh ? `正在恢复，已 ${for_}` : `on its way out for ${for_}`,
    not: zh ? '不满足' : 'not met',
    unheard: zh ? '从未收到读数' : 'never heard',
  };
  const heard = part.heard.map(
    ({ signal, value, at: when }) =>
      `${zh ? signalNamesZh[signal] : signal} ${valueText(signal, value, zh)} (${time(when)})`,
  );
  return [`${words.when(part.part)} → ${stands[part.stands]}`, ...heard].join(zh ? '；最后 ' : '; last ');
}

function valueText(signal: WhyPart['heard'][number]['signal'], value: ReadingValue, zh: boolean): string {
  if (typeof value === 'number') return withUnit(signal, value);
  if (zh && typeof value === 'boolean') return value ? '是' : '否';
  if (typeof value !== 'object') return String(value);
  return 'latitude' in value ? `${value.latitude.toFixed(5)}, ${value.longitude.toFixed(5)}` : '…';
}

function gateLine(gate: Gate, { zh, time }: Speaker): string {
  switch (gate.gate) {
    case 'schedule':
      return zh ? '现在不在规则的时间段内。' : 'It is outside of the times of the rule.';
    case 'ignored':
      return zh
        ? `读数不计：${signalNamesZh[gate.signal]}为 ${gate.is}，自 ${time(gate.since)}。`
        : `Samples do not count: ${gate.signal} is ${gate.is} since ${time(gate.since)}.`;
    case 'inhibited':
      return zh ? `规则 ${gate.by} 正在报警，这条规则让位。` : `It gives way to ${gate.by}, which fires.`;
    case 'backlog':
      return zh ? '来自补传的数据，等待实时数据确认。' : 'It came true in a backlog and waits for live data.';
    case 'gateway':
      return zh
        ? '网关失联时不报警；这里按网关在线推算。'
        : 'A dead gateway would hold it back; it is taken to be alive here.';
    case 'not_live':
      return zh
        ? `${gate.readings} 个读数不是实时的，不计。`
        : `${gate.readings} readings were not live and do not count.`;
  }
}

function toldLines({ before, next }: Why, { zh, time }: Speaker): string[] {
  const told = ({ state, rise, eased, again, at, evidence }: LabChange): string => {
    const words = zh
      ? { firing: '报警', resolved: '解除', rise: '升级', eased: '降级', again: '再次报警' }
      : { firing: 'fired', resolved: 'ended', rise: 'rose', eased: 'eased', again: 'raised again' };
    const step = rise ? words.rise : eased ? words.eased : again ? words.again : words[state];
    const { value, limit } = evidence;
    const what =
      value === undefined || typeof value === 'object'
        ? ''
        : ` (${zh && typeof value === 'boolean' ? (value ? '是' : '否') : value}${limit === undefined ? '' : ` / ${limit}`})`;
    return `${time(at)} ${step}${what}`;
  };
  return [
    ...(before.length > 0 ? [`${zh ? '此前' : 'before'}: ${before.map(told).join('; ')}`] : []),
    ...(next ? [`${zh ? '此后' : 'next'}: ${told(next)}`] : []),
  ];
}
