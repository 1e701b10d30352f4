import type {
  AbsenceFile,
  CountFile,
  ExpressionFile,
  GeofenceFile,
  LimitsFile,
  ShiftFile,
  ThresholdFile,
} from './condition-schema.ts';
import { compileExpression } from './expressions.ts';
import type {
  AbsencePart,
  CountPart,
  ExpressionPart,
  GeofencePart,
  Limit,
  Match,
  Personal,
  ShiftPart,
  Smoothing,
  ThresholdPart,
} from './rule.ts';
import type { RuleFile } from './rule-schema.ts';
import { limitOps } from './rule-values.ts';

/** Where a file names none. */
export const TIME_ZONE = 'Asia/Shanghai';

const MAX_GAP_MS = 20 * 60_000;
const averages = ['median', 'mean', 'min', 'max', 'range', 'ewma'] as const;

/** Samples, and the rule that says what is raised. The files of this module have passed the schema and the checks. */
export function toThreshold(
  file: ThresholdFile,
  rule: Pick<RuleFile, 'severity' | 'consequence'>,
): ThresholdPart {
  const { hard } = file;
  return {
    type: 'threshold',
    signal: file.signal,
    soft: toLimit(file),
    forMs: file.for,
    minSamples: file.min_samples ?? 1,
    maxGapMs: file.max_gap ?? MAX_GAP_MS,
    clear: toLimit(file.clear),
    clearForMs: file.clear.for ?? 0,
    ...(file.ignore ? { ignore: toLimit(file.ignore) } : {}),
    ...(hard
      ? {
          hard: {
            limit: toLimit(hard),
            severity: hard.severity ?? rule.severity,
            consequence: hard.consequence ?? rule.consequence,
            forMs: hard.for ?? 0,
            minSamples: hard.min_samples ?? 1,
          },
        }
      : {}),
    ...(file.smooth ? { smooth: toSmoothing(file.smooth) } : {}),
    ...(file.personal ? { personal: toPersonal(file.personal) } : {}),
  };
}

function toSmoothing(file: NonNullable<ThresholdFile['smooth']>): Smoothing {
  const { rate, per, at_least: atLeast = 3 } = file;
  if (rate !== undefined && per !== undefined) return { kind: 'rate', overMs: rate, atLeast, perMs: per };
  for (const kind of averages) {
    const overMs = file[kind];
    if (overMs !== undefined) return { kind, overMs, atLeast };
  }
  throw new TypeError('a kind of smoothing is missing');
}

const toPersonal = (file: NonNullable<ThresholdFile['personal']>): Personal => ({
  ...(file.quiet ?? { from: 60, to: 300 }),
  timeZone: file.time_zone ?? TIME_ZONE,
  nights: file.nights ?? 5,
  margin: file.margin,
  between: file.between,
});

export const toCount = (file: CountFile): CountPart => ({
  type: 'count',
  signal: file.signal,
  match: toMatch(file),
  atLeast: file.at_least_times,
  withinMs: file.within,
});

/** An event says nothing but that it is. */
const toMatch = ({ is, ...file }: LimitsFile & { is?: boolean | string | undefined }): Match =>
  hasLimit(file) ? { limit: toLimit(file) } : { is: is ?? true };

export const toShift = (file: ShiftFile): ShiftPart => ({
  type: 'shift',
  signal: file.signal,
  direction: file.direction,
  learnMs: file.learn,
  minSamples: file.min_samples ?? 30,
  drift: file.drift,
  ...(file.drift_up === undefined ? {} : { driftUp: file.drift_up }),
  threshold: file.threshold,
  leastSpread: file.least_spread ?? 0,
  leastShare: file.least_share ?? 0,
  steadyShare: file.steady_share ?? 0.05,
  clip: file.clip ?? 4,
  followMs: file.follow ?? 3_600_000,
  clearWithin: file.clear_within ?? 0.8,
  clearSmoothMs: file.clear_smooth ?? 30_000,
  clearForMs: file.clear_for ?? 60_000,
  acceptAfterMs: file.accept_after ?? 30 * 60_000,
  maxGapMs: file.max_gap ?? MAX_GAP_MS,
});

export const toGeofence = (file: GeofenceFile): GeofencePart => ({
  type: 'geofence',
  radiusM: file.radius_m,
  forMs: file.for,
  minSamples: file.min_samples ?? 2,
  maxGapMs: file.max_gap ?? 45 * 60_000,
  accuracyM: file.accuracy_m ?? 100,
  maxSpeedKmh: file.max_speed_kmh ?? 150,
  clear: {
    radiusM: file.clear.radius_m,
    forMs: file.clear.for ?? 0,
    minSamples: file.clear.min_samples ?? 2,
  },
});

export const toAbsence = (file: AbsenceFile): AbsencePart => ({
  type: 'absence',
  signs: file.signs.map(({ rises, ...sign }) => ({
    signal: sign.signal,
    match: rises ? 'rises' : toMatch(sign),
  })),
  from: file.from,
  by: file.by,
  timeZone: file.time_zone ?? TIME_ZONE,
});

export function toExpression(file: ExpressionFile): ExpressionPart {
  const texts = file.clear === undefined ? [file.when] : [file.when, file.clear];
  const reads = texts.flatMap((text) => compileExpression(text).reads);
  return {
    type: 'expression',
    when: file.when,
    ...(file.clear === undefined ? {} : { clear: file.clear }),
    reads: reads.filter(({ name }, index) => reads.findIndex((other) => other.name === name) === index),
    forMs: file.for ?? 0,
    clearForMs: file.clear_for ?? 0,
    maxAgeMs: file.max_age ?? 15 * 60_000,
  };
}

const hasLimit = (file: LimitsFile): boolean => limitOps.some((op) => file[op] !== undefined);

/** The one limit of a mapping that the checks found to have exactly one. */
export function toLimit(file: LimitsFile): Limit {
  for (const op of limitOps) {
    const value = file[op];
    if (value !== undefined) return { op, value };
  }
  throw new TypeError('a limit is missing');
}
