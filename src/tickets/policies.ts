import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Severity } from '../model/alerts.ts';
import {
  clockUnits,
  type FaultClass,
  faultClasses,
  type StageLimit,
  type TicketPolicy,
} from '../model/tickets.ts';
import { parseDuration } from '../platform/duration.ts';
import type { Problem } from '../platform/problem.ts';
import { refuse } from '../platform/refuse.ts';
import { parseYaml, readWith } from '../platform/yaml-source.ts';

export interface TicketPolicies {
  /** The first that fits; a copy goes into the ticket. */
  of(faultClass: FaultClass, severity: Severity): TicketPolicy;
  settings: TicketSettings;
}

export interface TicketSettings {
  reopenWithinMs: number;
  closeAfterMs: number;
  /** Between two reminders of what is overdue at the city or waits to be verified. */
  remindEveryMs: number;
}

const DAY_MS = 86_400_000;
const severities = ['critical', 'warning', 'info'] as const;

const duration = z.string().transform((value, context): number => {
  const ms = parseDuration(value);
  if (ms !== undefined && ms > 0) return ms;
  return refuse(context, {
    zh: '时长要写成 30m、24h 或 7d',
    en: 'a duration is written like 30m, 24h or 7d',
  });
});
const limit = z.string().transform((value, context): StageLimit => {
  const [time = '', name = '', ...rest] = value.split(' ');
  const limitMs = parseDuration(time);
  const unit = clockUnits.find((each) => each === name);
  if (limitMs && unit && rest.length === 0) return { unit, limitMs };
  return refuse(context, {
    zh: `时限要写成“2h round_the_clock”，单位为 ${clockUnits.join('、')}`,
    en: `a limit is written like "2h round_the_clock", counted by one of ${clockUnits.join(', ')}`,
  });
});
const limits = z.strictObject({ accept: limit, finish: limit });
const policy = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  fault_classes: z.array(z.enum(faultClasses)).min(1).optional(),
  severities: z.array(z.enum(severities)).min(1).optional(),
  property: limits,
  community: limits,
  city: limits,
  pause_at_most: duration.optional(),
});
type PolicyEntry = z.output<typeof policy>;
const policyFile = z
  .strictObject({
    reopen_within: duration,
    close_after: duration,
    remind_every: duration,
    policies: z.array(policy).min(1),
  })
  .superRefine((file, context) => {
    checkFallback(file.policies, context);
    for (const [i, entry] of file.policies.entries()) checkEntry(entry, ['policies', i], context);
    if (file.remind_every > DAY_MS) {
      refuse(context, { zh: '不得超过 24 小时', en: 'must not be more than 24 hours' }, ['remind_every']);
    }
  });

/** Reads the deadlines. Faults are collected with their places, never thrown; the file system's are. */
export async function loadTicketPolicies(
  file: string,
): Promise<{ policies: TicketPolicies; problems: [] } | { policies?: undefined; problems: Problem[] }> {
  const read = readTicketPolicies(file, await readFile(file, 'utf8'));
  return 'problems' in read ? read : { ...read, problems: [] };
}

/** The deadlines of one file; `file` is only named in messages. */
export function readTicketPolicies(
  file: string,
  text: string,
): { policies: TicketPolicies } | { problems: Problem[] } {
  const parsed = parseYaml(file, text);
  if ('problems' in parsed) return parsed;
  const read = readWith(parsed.source, policyFile);
  if ('problems' in read) return read;
  const { policies: entries, reopen_within, close_after, remind_every } = read.value;
  return {
    policies: {
      of(faultClass, severity) {
        const entry = entries.find((each) => fits(each, faultClass, severity));
        if (!entry) throw new Error('the last policy fits everything');
        return toPolicy(entry, faultClass, severity);
      },
      settings: {
        reopenWithinMs: reopen_within,
        closeAfterMs: close_after,
        remindEveryMs: remind_every,
      },
    },
  };
}

function toPolicy(entry: PolicyEntry, faultClass: FaultClass, severity: Severity): TicketPolicy {
  const { property, community, city } = entry;
  const pauseAtMostMs = severity === 'critical' ? null : (entry.pause_at_most ?? null);
  return { faultClass, severity, levels: { property, community, city }, pauseAtMostMs };
}

function fits(entry: PolicyEntry, faultClass: FaultClass, severity: Severity): boolean {
  return (
    (entry.fault_classes?.includes(faultClass) ?? true) && (entry.severities?.includes(severity) ?? true)
  );
}

function checkFallback(entries: readonly PolicyEntry[], context: z.RefinementCtx): void {
  const isGeneral = (entry: PolicyEntry): boolean => !entry.fault_classes && !entry.severities;
  const first = entries.findIndex(isGeneral);
  const path = ['policies', first < 0 ? entries.length - 1 : first];
  if (first < 0) {
    const message = {
      zh: '最后一条必须适用于一切（不写 fault_classes 和 severities）',
      en: 'the last one must fit everything (without fault_classes and severities)',
    };
    refuse(context, message, path);
  } else if (first < entries.length - 1) {
    refuse(context, { zh: '其后的各条永远用不到', en: 'those after it are never used' }, path);
  }
}

/** What is urgent counts round the clock and is never paused. */
function checkEntry(entry: PolicyEntry, path: (string | number)[], context: z.RefinementCtx): void {
  const isOnlyCritical = entry.severities?.every((severity) => severity === 'critical') ?? false;
  if (isOnlyCritical && entry.pause_at_most !== undefined) {
    const message = { zh: '紧急的不得暂停', en: 'what is critical is never paused' };
    refuse(context, message, [...path, 'pause_at_most']);
  }
  for (const level of ['property', 'community', 'city'] as const) {
    const { accept, finish } = entry[level];
    if (isOnlyCritical && (accept.unit !== 'round_the_clock' || finish.unit !== 'round_the_clock')) {
      const message = {
        zh: '紧急的必须按 round_the_clock 计时',
        en: 'what is critical counts round_the_clock',
      };
      refuse(context, message, [...path, level]);
    }
    if (accept.unit === finish.unit && accept.limitMs > finish.limitMs) {
      const message = { zh: '不得长于 finish', en: 'must not be longer than finish' };
      refuse(context, message, [...path, level, 'accept']);
    }
  }
}
