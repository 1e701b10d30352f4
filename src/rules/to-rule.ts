import type {
  DropPart,
  Ending,
  EventPart,
  Limit,
  Part,
  Rule,
  Selection,
  StatePart,
  ThresholdPart,
} from './rule.ts';
import {
  type ConditionFile,
  type EndingFile,
  type LimitsFile,
  limitOps,
  type OneFile,
  type RuleFile,
  type SelectionFile,
} from './rule-schema.ts';

const MAX_GAP_MS = 20 * 60_000;
const MIN_SAMPLES = 1;

type Raised = Pick<RuleFile, 'severity' | 'consequence'>;

/** Fills in the defaults. The file must have passed the schema and the checks; `version` is that of its text. */
export function toRule(file: RuleFile, version: string): Rule {
  return {
    name: file.name,
    version,
    title: file.title,
    kind: file.kind ?? file.name,
    severity: file.severity,
    consequence: file.consequence,
    ...(file.fault_class ? { faultClass: file.fault_class } : {}),
    ...(file.action === 'switch_breaker_off' ? { switchOff: true } : {}),
    ...(file.per ? { per: file.per } : {}),
    ...(file.inhibited_by_gateway ? { inhibitedByGateway: true } : {}),
    ...(file.only ? { only: toSelection(file.only) } : {}),
    ...(file.except ? { except: toSelection(file.except) } : {}),
    ...toParts(file.condition, file),
  };
}

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
  if (one.drop) return toDrop(one.drop);
  if (one.rise) return { ...toDrop(one.rise), rises: true };
  if (one.children_silent) {
    const { at_least: atLeast, percent } = one.children_silent;
    return { type: 'children_silent', atLeast, percent };
  }
  if (!one.no_data) throw new TypeError('a condition is missing');
  const { after: afterMs, by_rhythm: byRhythm, signals } = one.no_data;
  return { type: 'no_data', afterMs, ...(byRhythm ? { byRhythm } : {}), ...(signals ? { signals } : {}) };
}

function toThreshold(file: NonNullable<OneFile['threshold']>, rule: Raised): ThresholdPart {
  const hard = file.hard && {
    limit: toLimit(file.hard),
    severity: file.hard.severity ?? rule.severity,
    consequence: file.hard.consequence ?? rule.consequence,
    forMs: 0,
    minSamples: 1,
  };
  return {
    type: 'threshold',
    signal: file.signal,
    soft: toLimit(file),
    forMs: file.for,
    minSamples: file.min_samples ?? MIN_SAMPLES,
    maxGapMs: file.max_gap ?? MAX_GAP_MS,
    clear: toLimit(file.clear),
    clearForMs: file.clear.for ?? 0,
    ...(file.ignore ? { ignore: toLimit(file.ignore) } : {}),
    ...(hard ? { hard } : {}),
  };
}

function toState(file: NonNullable<OneFile['state']>): StatePart {
  return {
    type: 'state',
    signal: file.signal,
    is: file.is,
    forMs: file.for ?? 0,
    clearForMs: file.clear_for ?? 0,
    ...(file.clear_when ? { clearWhen: toEnding(file.clear_when) } : {}),
  };
}

function toEvent(file: NonNullable<OneFile['event']>): EventPart {
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

function toDrop(file: NonNullable<OneFile['drop']>): DropPart {
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
    ...(file.with_subject === undefined ? {} : { withSubject: file.with_subject }),
    ...(file.behind_gateway === undefined ? {} : { behindGateway: file.behind_gateway }),
    ...(file.gateway === undefined ? {} : { gateway: file.gateway }),
  };
}

/** The one limit of a mapping that the checks found to have exactly one. */
function toLimit(file: LimitsFile): Limit {
  for (const op of limitOps) {
    const value = file[op];
    if (value !== undefined) return { op, value };
  }
  throw new TypeError('a limit is missing');
}
