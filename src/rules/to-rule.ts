import type {
  ConditionFile,
  DropFile,
  EndingFile,
  EventFile,
  NoDataFile,
  OneFile,
  StateFile,
} from './condition-schema.ts';
import type {
  DropPart,
  Ending,
  EventPart,
  NoDataPart,
  Part,
  Rule,
  Schedule,
  Selection,
  StatePart,
} from './rule.ts';
import type { RuleFile, ScheduleFile, SelectionFile } from './rule-schema.ts';
import {
  TIME_ZONE,
  toAbsence,
  toCount,
  toExpression,
  toGeofence,
  toLimit,
  toShift,
  toThreshold,
} from './to-part.ts';

const SAID_MAX_AGE_MS = 12 * 3_600_000;

type Raised = Pick<RuleFile, 'severity' | 'consequence'>;

/** Fills in the defaults. The file must have passed the schema and the checks; `version` is that of its text. */
export function toRule(file: RuleFile, version: string): Rule {
  const rule = {
    name: file.name,
    version,
    title: file.title,
    kind: file.kind ?? file.name,
    severity: file.severity,
    consequence: file.consequence,
    ...(file.fault_class ? { faultClass: file.fault_class } : {}),
    ...(file.action === 'switch_breaker_off' ? { switchOff: true as const } : {}),
    ...(file.per ? { per: file.per } : {}),
    ...(file.only ? { only: toSelection(file.only) } : {}),
    ...(file.except ? { except: toSelection(file.except) } : {}),
    ...toGates(file),
    ...toParts(file.condition, file),
  };
  if (!file.overrides) return rule;
  const variants = file.overrides.map(({ only, condition }) => ({
    only: toSelection(only),
    rule: { ...rule, ...toParts(condition, file) },
  }));
  return { ...rule, variants };
}

/** What stands between a condition that is true and an alert. */
function toGates(file: RuleFile): Partial<Rule> {
  const { flap } = file;
  return {
    ...(file.shadow ? { shadow: true } : {}),
    ...(file.inhibited_by_gateway ? { inhibitedByGateway: true } : {}),
    ...(file.inhibited_by ? { inhibitedBy: file.inhibited_by } : {}),
    ...(file.schedule ? { schedule: toSchedule(file.schedule) } : {}),
    ...(file.ignore_while
      ? {
          ignoreWhile: file.ignore_while.map(({ signal, is, max_age: maxAgeMs = SAID_MAX_AGE_MS }) => ({
            signal,
            is,
            maxAgeMs,
          })),
        }
      : {}),
    ...(file.raise_again_after === undefined ? {} : { againAfterMs: file.raise_again_after }),
    ...(file.keep_firing === undefined ? {} : { keepFiringMs: file.keep_firing }),
    ...(flap ? { flap: { times: flap.times, withinMs: flap.within, quietMs: flap.quiet } } : {}),
  };
}

const toSchedule = (file: ScheduleFile): Schedule => ({
  timeZone: file.time_zone ?? TIME_ZONE,
  windows: file.windows.map(({ days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from, to }) => ({
    days,
    from,
    to,
  })),
});

/** The parts in their order, and the sets of them of which one must be true as a whole. */
function toParts(condition: ConditionFile, rule: Raised): Pick<Rule, 'parts' | 'sets'> {
  const parts: Part[] = [];
  const add = (one: OneFile): number => parts.push(toPart(one, rule)) - 1;
  if (condition.all) {
    let sets: number[][] = [[]];
    for (const item of condition.all) {
      const choices = (item.any ?? [item]).map(add);
      sets = sets.flatMap((set) => choices.map((choice) => [...set, choice]));
    }
    return { parts, sets };
  }
  const sets = (condition.any ?? [condition]).map((item) =>
    ('all' in item && item.all ? item.all : [item]).map(add),
  );
  return sets.some((set) => set.length > 1) ? { parts, sets } : { parts };
}

function toPart(one: OneFile, rule: Raised): Part {
  if (one.threshold) return toThreshold(one.threshold, rule);
  if (one.state) return toState(one.state);
  if (one.event) return toEvent(one.event);
  if (one.count) return toCount(one.count);
  if (one.shift) return toShift(one.shift);
  if (one.geofence) return toGeofence(one.geofence);
  if (one.absence) return toAbsence(one.absence);
  if (one.expression) return toExpression(one.expression);
  if (one.drop) return toDrop(one.drop);
  if (one.rise) return { ...toDrop(one.rise), rises: true };
  if (one.no_data) return toNoData(one.no_data);
  if (!one.children_silent) throw new TypeError('a condition is missing');
  const { at_least: atLeast, percent } = one.children_silent;
  return { type: 'children_silent', atLeast, percent };
}

const toNoData = ({ after: afterMs, by_rhythm: byRhythm, signals }: NoDataFile): NoDataPart => ({
  type: 'no_data',
  afterMs,
  ...(byRhythm ? { byRhythm } : {}),
  ...(signals ? { signals } : {}),
});

function toState(file: StateFile): StatePart {
  return {
    type: 'state',
    signal: file.signal,
    is: file.is,
    forMs: file.for ?? 0,
    clearForMs: file.clear_for ?? 0,
    ...(file.clear_when ? { clearWhen: toEnding(file.clear_when) } : {}),
  };
}

function toEvent(file: EventFile): EventPart {
  const { until, lapses_after: lapsesAfterMs } = file;
  const stands = until || lapsesAfterMs !== undefined;
  return {
    type: 'event',
    signal: file.signal,
    ...(file.cause ? { causes: file.cause } : {}),
    ...(file.stage ? { stages: file.stage } : {}),
    ...(stands
      ? {
          stands: {
            clearForMs: until?.for ?? 0,
            ...(until ? { until: toEnding(until) } : {}),
            ...(lapsesAfterMs === undefined ? {} : { lapsesAfterMs }),
          },
        }
      : {}),
  };
}

function toDrop(file: DropFile): DropPart {
  return {
    type: 'drop',
    signal: file.signal,
    by: {
      ...(file.by === undefined ? {} : { amount: file.by }),
      ...(file.by_percent === undefined ? {} : { percent: file.by_percent }),
    },
    withinMs: file.within,
    holdsMs: file.holds ?? file.within,
  };
}

const toEnding = ({ signal, is, ...limits }: EndingFile): Ending =>
  is === undefined ? { signal, limit: toLimit(limits) } : { signal, is };

function toSelection(file: SelectionFile): Selection {
  return {
    ...(file.protocols ? { protocols: file.protocols } : {}),
    ...(file.devices ? { devices: file.devices } : {}),
    ...(file.subjects ? { subjects: file.subjects } : {}),
    ...(file.traits ? { traits: file.traits } : {}),
    ...(file.models ? { models: file.models } : {}),
    ...(file.with_subject === undefined ? {} : { withSubject: file.with_subject }),
    ...(file.behind_gateway === undefined ? {} : { behindGateway: file.behind_gateway }),
    ...(file.gateway === undefined ? {} : { gateway: file.gateway }),
  };
}
