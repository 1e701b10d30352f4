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

const time = (ms: number): string => formatDuration(ms, 'en');
const held = (ms: number): string => (ms > 0 ? ` for ${time(ms)}` : '');
const ops = { above: 'above', at_least: 'at or above', below: 'below', at_most: 'at or below' } as const;
const limitOf: Words['limit'] = (signal, { op, value }: Limit) => `${ops[op]} ${withUnit(signal, value)}`;

function when(part: Part): string {
  switch (part.type) {
    case 'event':
      return whenEvent(part);
    case 'threshold':
      return whenThreshold(part);
    case 'state':
      return `${part.signal} is ${part.is}${part.forMs > 0 ? ` and ${time(part.forMs)} have passed` : ''}`;
    case 'drop':
      return `${part.signal} ${part.rises ? 'rose' : 'fell'} by ${change(part)} within ${time(part.withinMs)} (which counts for ${time(part.holdsMs)})`;
    case 'no_data': {
      const what = part.signals ? `no ${part.signals.join(' or ')} came` : 'the device was not heard of';
      const after = part.afterMs === 'device_default' ? 'as long as its protocol allows' : time(part.afterMs);
      const rhythm = `; longer where it seldom speaks: 2.2 times its usual interval, at most ${time(SLOWEST_MS)}`;
      return `${what} for ${after}${part.byRhythm ? rhythm : ''}`;
    }
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
  return `${signal} is ${limitOf(signal, part.soft)}${held(part.forMs)}${samples}${but}`;
}

const change = ({ signal, by: { amount, percent } }: DropPart): string =>
  [
    ...(amount === undefined ? [] : [withUnit(signal, amount)]),
    ...(percent === undefined ? [] : [`${percent} %`]),
  ].join(' and ');

function over(part: Part): string | undefined {
  switch (part.type) {
    case 'event':
      return overEvent(part);
    case 'threshold':
      return `${part.signal} is ${limitOf(part.signal, part.clear)}${held(part.clearForMs)}; missing values change nothing`;
    case 'state':
      return overState(part);
    case 'drop':
      return part.rises ? 'half of the rise is gone' : 'half of the fall is made good';
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

const ended = (ending: Ending): string =>
  `${ending.signal} is ${'is' in ending ? ending.is : limitOf(ending.signal, ending.limit)}`;

function selected(selection: Selection): string {
  const { protocols, devices, subjects, withSubject, behindGateway, gateway } = selection;
  const lists = Object.entries({ protocols, devices, subjects })
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

export const enWords: Words = {
  when,
  over,
  limit: limitOf,
  selected,
  outcome: ({ severity, consequence }) => `${severity}: ${consequences[consequence]}`,
  alone: (clause, then) => `When ${clause}: ${then}.`,
  hard: (limit, then) => `When it is ${limit}, at once: ${then}.`,
  together: (clauses, then) => `When all of this is true, ${clauses.join(', and ')}: ${then}.`,
  ends: (clause) => `Over when ${clause}.`,
  endsTogether: (clauses) => `Over when any of them is: ${clauses.join(', or ')}.`,
  perAsset: 'All devices of an asset count together.',
  inhibited: 'Not while the gateway of the device is dead; after that the whole time must pass anew.',
  switchOff: 'The breaker is switched off where its asset allows that.',
  only: (who) => `Only for ${who}.`,
  except: (who) => `Not for ${who}.`,
};
