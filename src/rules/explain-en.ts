import { definitionOf, type Signal } from '../model/signals.ts';
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
  type Schedule,
  type Selection,
  type ShiftPart,
  SLOWEST_MS,
  type Smoothing,
  type StatePart,
  type ThresholdPart,
} from './rule.ts';

const time = (ms: number): string => formatDuration(ms, 'en');
const held = (ms: number): string => (ms > 0 ? ` for ${time(ms)}` : '');
const ops = { above: 'above', at_least: 'at or above', below: 'below', at_most: 'at or below' } as const;
const limitOf = (signal: Signal, { op, value }: Limit): string => `${ops[op]} ${withUnit(signal, value)}`;

function when(part: Part): string {
  switch (part.type) {
    case 'event':
      return whenEvent(part);
    case 'threshold':
      return whenThreshold(part);
    case 'state':
      return `${part.signal} is ${part.is}${part.forMs > 0 ? ` and ${time(part.forMs)} have passed` : ''}`;
    case 'drop':
      return `${part.signal} ${part.rises ? 'rose' : 'fell'} by ${changeOf(part, ' and ')} within ${time(part.withinMs)} (which counts for ${time(part.holdsMs)})`;
    case 'count':
      return whenCount(part);
    case 'shift':
      return whenShift(part);
    case 'geofence':
      return whenAway(part);
    case 'absence':
      return whenAbsent(part);
    case 'expression':
      return `“${part.when}” is true of the latest values (none older than ${time(part.maxAgeMs)})${held(part.forMs)}`;
    case 'no_data':
      return whenSilent(part);
    case 'children_silent':
      return `of the devices behind the gateway at least ${part.atLeast} and ${part.percent} % fell silent together`;
  }
}

function whenEvent({ signal, causes, stages, stands }: EventPart): string {
  const which = [
    ...(causes ? [`cause ${causes.join(', ')}`] : []),
    ...(stages ? [`stage ${stages.join(', ')}`] : []),
  ].join('; ');
  return `the device reports ${signal}${which ? ` (${which})` : ''}${stands ? '' : ', each time and at once'}`;
}

function whenThreshold(part: ThresholdPart): string {
  const { signal, minSamples, maxGapMs, ignore } = part;
  const samples =
    minSamples > 1 ? ` (at least ${minSamples} samples, no more than ${time(maxGapMs)} apart)` : '';
  const but = ignore ? `, not counting what is ${limitOf(signal, ignore)}` : '';
  const limit = `${limitOf(signal, part.soft)}${part.personal ? usual(part.personal) : ''}`;
  return `${smoothed(signal, part.smooth)} is ${limit}${held(part.forMs)}${samples}${but}`;
}

function whenHard({ signal, smooth, hard }: ThresholdPart): string {
  if (!hard) return '';
  const { limit, forMs, minSamples } = hard;
  const waits = forMs > 0 || minSamples > 1;
  const samples = minSamples > 1 ? ` (at least ${minSamples} samples)` : '';
  return `${smoothed(signal, smooth)} is ${limitOf(signal, limit)}${waits ? held(forMs) + samples : ', at once'}`;
}

function smoothed(signal: Signal, smooth: Smoothing | undefined): string {
  if (!smooth) return signal;
  if (smooth.kind === 'rate')
    return `the change of ${signal} per ${time(smooth.perMs)} over ${time(smooth.overMs)}`;
  return `the ${averages[smooth.kind]} of ${signal} over ${time(smooth.overMs)}`;
}

const averages = {
  median: 'median',
  mean: 'mean',
  min: 'lowest',
  max: 'highest',
  range: 'range (highest less lowest)',
  ewma: 'weighted moving average',
} as const;

const usual = ({ from, to, nights, margin, between: [least, most] }: Personal): string =>
  ` (or, after ${nights} nights, ${margin} from what is usual for the wearer between ${clockTime(from)} and ${clockTime(to)}, never outside ${least} to ${most})`;

const matches = (signal: Signal, match: Match): string => {
  if ('limit' in match) return `${signal} is ${limitOf(signal, match.limit)}`;
  return definitionOf(signal).kind === 'event' ? `${signal} is reported` : `${signal} is ${match.is}`;
};

const whenCount = ({ signal, match, atLeast, withinMs }: CountPart): string =>
  `${matches(signal, match)}${atLeast > 1 ? ` at least ${atLeast} times` : ''} within ${time(withinMs)}`;

const directions = { up: 'above', down: 'below', both: 'above or below' } as const;

const whenShift = (part: ShiftPart): string =>
  `${part.signal} stays ${directions[part.direction]} its usual value (CUSUM: the sum of deviations beyond ${part.drift} spreads${part.driftUp === undefined ? '' : ` (upwards ${part.driftUp})`}, each counted as at most ${part.clip}, passes ${part.threshold}; what is usual is learned from ${time(part.learnMs)} and ${part.minSamples} steady samples and follows within ${time(part.followMs)}, the spread counts as at least ${leastOf(part)}; learned anew after a gap of ${time(part.maxGapMs)})`;

const leastOf = ({ signal, leastSpread, leastShare }: ShiftPart): string =>
  [
    ...(leastSpread > 0 ? [withUnit(signal, leastSpread)] : []),
    ...(leastShare > 0 ? [`${percentOf(leastShare)} of it`] : []),
  ].join(' and ');

const whenAway = (part: GeofencePart): string =>
  `the wearer is farther from home than its radius (${part.radiusM} m where none is set)${held(part.forMs)}, by at least ${part.minSamples} fixes no more than ${time(part.maxGapMs)} apart (one that is less accurate than ${part.accuracyM} m, or would need more than ${part.maxSpeedKmh} km/h, says nothing)`;

const whenAbsent = ({ signs, from, by }: AbsencePart): string =>
  `nothing of this was seen from ${clockTime(from)} to ${clockTime(by)}, though the device tells them: ${signs.map(({ signal, match }) => (match === 'rises' ? `${signal} rises` : matches(signal, match))).join('; ')}`;

function whenSilent({ signals, afterMs, byRhythm }: NoDataPart): string {
  const what = signals ? `no ${signals.join(' or ')} came` : 'the device was not heard of';
  const after = afterMs === 'device_default' ? 'as long as its protocol allows' : time(afterMs);
  const rhythm = `; longer where it seldom speaks: 2.2 times its usual interval, at most ${time(SLOWEST_MS)}`;
  return `${what} for ${after}${byRhythm ? rhythm : ''}`;
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
      return part.rises ? 'half of the rise is gone' : 'half of the fall is made good';
    case 'count':
      return overCount(part);
    case 'shift':
      return `its mean over ${time(part.clearSmoothMs)} is back within ${part.clearWithin} spreads of its usual value${held(part.clearForMs)}, or after ${time(part.acceptAfterMs)}: then it learns anew what is usual`;
    case 'geofence':
      return `the wearer is back within ${part.clear.radiusM < part.radiusM ? `${percentOf(part.clear.radiusM / part.radiusM)} of ` : ''}that radius${held(part.clear.forMs)}, by at least ${part.clear.minSamples} fixes`;
    case 'absence':
      return 'one of these signs is seen';
    case 'expression':
      return overExpression(part);
    case 'no_data':
      return 'the next sign of life comes';
    case 'children_silent':
      return 'fewer of them are silent';
  }
}

function overEvent({ stands }: EventPart): string | undefined {
  if (!stands) return undefined;
  const { until, lapsesAfterMs } = stands;
  return [
    ...(until ? [`${ended(until)}${held(stands.clearForMs)}`] : []),
    ...(lapsesAfterMs === undefined ? [] : [`it was not reported again for ${time(lapsesAfterMs)}`]),
  ].join(', or ');
}

const overState = ({ clearForMs, clearWhen }: StatePart): string =>
  `the device reports that it is not${clearWhen ? `, or ${ended(clearWhen)}` : ''}${held(clearForMs)}`;

const overThreshold = ({ signal, smooth, clear, clearForMs, personal }: ThresholdPart): string =>
  `${smoothed(signal, smooth)} is ${limitOf(signal, clear)}${personal ? ' (which keeps its distance from the limit)' : ''}${held(clearForMs)}; missing values change nothing`;

const overCount = ({ withinMs }: CountPart): string => `it did not come for ${time(withinMs)}`;

const overExpression = ({ clear, clearForMs }: ExpressionPart): string =>
  `${clear ? `“${clear}” is true` : 'it is not true'}${held(clearForMs)}`;

const ended = (ending: Ending): string =>
  `${ending.signal} is ${'is' in ending ? ending.is : limitOf(ending.signal, ending.limit)}`;

function selected(selection: Selection): string {
  const { protocols, devices, subjects, traits, models, withSubject, behindGateway, gateway } = selection;
  const lists = Object.entries({ protocols, devices, subjects, traits, models })
    .filter(([, values]) => values)
    .map(([key, values]) => `${key}: ${values?.join(', ')}`);
  return [
    ...lists,
    ...(withSubject === undefined ? [] : [`devices ${withSubject ? 'with' : 'without'} a wearer`]),
    ...(behindGateway === undefined ? [] : [`devices ${behindGateway ? '' : 'not '}behind a gateway`]),
    ...(gateway === undefined ? [] : [gateway ? 'gateways' : 'no gateways']),
  ].join('; ');
}

const consequences = {
  incident: 'an incident is opened and people are called, one after another, until somebody acknowledges',
  ticket: 'a ticket with a deadline goes to those in charge of the place',
  notice: 'family and the grid worker on duty are told once',
} as const;

const days = {
  mon: 'Mondays',
  tue: 'Tuesdays',
  wed: 'Wednesdays',
  thu: 'Thursdays',
  fri: 'Fridays',
  sat: 'Saturdays',
  sun: 'Sundays',
  workday: 'working days',
  holiday: 'days off',
} as const;

const scheduled = ({ windows, timeZone }: Schedule): string =>
  windows
    .map(
      ({ days: on, from, to }) =>
        `${on.length === 7 ? 'every day' : on.map((day) => days[day]).join(', ')} ${clockTime(from)}–${clockTime(to)}`,
    )
    .join('; ') + (timeZone === 'Asia/Shanghai' ? '' : ` (${timeZone})`);

export const enWords: Words = {
  when,
  over,
  selected,
  outcome: ({ severity, consequence }) => `${severity}: ${consequences[consequence]}`,
  alone: (clause, then) => `When ${clause}: ${then}.`,
  hard: (part, then) => `When ${whenHard(part)}: ${then}.`,
  together: (clauses, then) => `When all of this is true, ${clauses.join(', and ')}: ${then}.`,
  ends: (clause) => `Over when ${clause}.`,
  endsTogether: (clauses) => `Over when any of them is: ${clauses.join(', or ')}.`,
  perAsset: 'All devices of an asset count together.',
  inhibited: 'Not while the gateway of the device is dead; after that the whole time must pass anew.',
  switchOff: 'The breaker is switched off where its asset allows that.',
  only: (who) => `Only for ${who}.`,
  except: (who) => `Not for ${who}.`,
  variant: (who) => `For ${who} instead:`,
  shadow: 'It only records: nobody is told.',
  schedule: (schedule) => `Only at these times: ${scheduled(schedule)}.`,
  ignoreWhile: (said) =>
    `Values do not count while ${said.map(({ signal, is, maxAgeMs }) => `${signal} is ${is} (said within ${time(maxAgeMs)})`).join(' or ')}.`,
  inhibitedBy: (rules) =>
    `Not while one of these fires for the same device, wearer or asset: ${rules.join(', ')}.`,
  again: (afterMs) => `Raised again each time that it has been true for ${time(afterMs)} more.`,
  keeps: (forMs) => `It goes on for ${time(forMs)} after it would be over.`,
  flap: ({ times, withinMs, quietMs }) =>
    `Raised ${times} times within ${time(withinMs)}, it ends only after ${time(quietMs)} without a change.`,
};
