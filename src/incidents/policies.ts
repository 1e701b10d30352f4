import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type EscalationPolicy, escalationTargets } from '../model/incidents.ts';
import { parseDuration } from '../platform/duration.ts';
import type { Problem } from '../platform/problem.ts';
import { refuse } from '../platform/refuse.ts';
import { parseYaml, readWith } from '../platform/yaml-source.ts';

export interface Policies {
  /** The policy that names the kind, else the one that names none. */
  forKind(kind: string): EscalationPolicy;
}

/** An elder waits: nothing in a policy may put the next one off for longer. */
const MOST_BETWEEN_STEPS_MS = 10 * 60_000;
const LEAST_REPEAT_MS = 10_000;

const duration = z.union([z.string(), z.number()]).transform((value, context): number => {
  const ms = parseDuration(String(value));
  return (
    ms ?? refuse(context, { zh: '时长要写成 45s、2m 或 1h', en: 'a duration is written like 45s, 2m or 1h' })
  );
});
const step = z.strictObject({
  after: duration,
  notify: z.array(z.enum(escalationTargets)).min(1),
});
const policyFile = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_]*$/),
    for: z.array(z.string()).min(1).optional(),
    steps: z.array(step).min(1),
    repeat_every: duration,
    en_route_within: duration,
    on_scene_within: duration,
    on_scene_at_most: duration,
    remind_on_scene_every: duration,
    reopen_within: duration,
  })
  .superRefine(checkLadder);
type PolicyFile = z.output<typeof policyFile>;

/** Of tickets, in the same folder; they are not read here. */
const TICKET_POLICIES = 'tickets.yaml';

/** Reads every escalation policy of a folder. Faults are collected, never thrown; `policies` is there only without any. */
export async function loadPolicies(
  directory: string,
): Promise<{ policies: Policies; problems: [] } | { policies?: undefined; problems: Problem[] }> {
  const read: { policy: EscalationPolicy; kinds: string[] | undefined }[] = [];
  const problems: Problem[] = [];
  for (const name of (await readdir(directory)).filter(isEscalation).sort()) {
    const file = join(directory, name);
    const one = readPolicy(file, await readFile(file, 'utf8'));
    if ('problems' in one) problems.push(...one.problems);
    else read.push(one);
  }
  const fallback = read.filter((each) => each.kinds === undefined);
  if (problems.length === 0 && fallback.length !== 1)
    problems.push(fallbackProblem(directory, fallback.length));
  const [rest] = fallback;
  if (problems.length > 0 || !rest) return { problems };
  return {
    policies: {
      forKind: (kind) => (read.find((each) => each.kinds?.includes(kind)) ?? rest).policy,
    },
    problems: [],
  };
}

const isEscalation = (name: string): boolean => /\.ya?ml$/.test(name) && name !== TICKET_POLICIES;

/** One policy; `file` is only named in messages. */
export function readPolicy(
  file: string,
  text: string,
): { policy: EscalationPolicy; kinds: string[] | undefined } | { problems: Problem[] } {
  const parsed = parseYaml(file, text);
  if ('problems' in parsed) return parsed;
  const read = readWith(parsed.source, policyFile);
  return 'problems' in read ? read : { policy: toPolicy(read.value), kinds: read.value.for };
}

function toPolicy(file: PolicyFile): EscalationPolicy {
  return {
    name: file.name,
    steps: file.steps.map(({ after, notify }) => ({ afterMs: after, notify })),
    repeatEveryMs: file.repeat_every,
    enRouteWithinMs: file.en_route_within,
    onSceneWithinMs: file.on_scene_within,
    onSceneAtMostMs: file.on_scene_at_most,
    remindOnSceneMs: file.remind_on_scene_every,
    reopenWithinMs: file.reopen_within,
  };
}

/** What would leave somebody waiting is refused when it is read, not found out at night. */
function checkLadder(file: PolicyFile, context: z.RefinementCtx): void {
  const { steps } = file;
  const fault = (path: (string | number)[], zh: string, en: string) => refuse(context, { zh, en }, path);
  if (steps[0] && steps[0].after !== 0) {
    fault(['steps', 0, 'after'], '第一步必须是 0s', 'the first step must be at 0s');
  }
  for (const [i, { after }] of steps.entries()) {
    const before = steps[i - 1];
    if (!before) continue;
    if (after <= before.after) {
      fault(['steps', i, 'after'], '必须晚于上一步', 'must come after the step before');
    } else if (after - before.after > MOST_BETWEEN_STEPS_MS) {
      fault(
        ['steps', i, 'after'],
        '与上一步相隔不得超过 10 分钟',
        'at most 10 minutes after the step before',
      );
    }
  }
  if (steps.every((each) => each.notify.every((target) => target === 'family'))) {
    fault(['steps'], '不能只通知家属', 'somebody other than the family must be asked');
  }
  if (file.repeat_every < LEAST_REPEAT_MS || file.repeat_every > MOST_BETWEEN_STEPS_MS) {
    fault(['repeat_every'], '必须在 10 秒到 10 分钟之间', 'must be between 10 seconds and 10 minutes');
  }
  for (const key of ['en_route_within', 'on_scene_within', 'remind_on_scene_every'] as const) {
    if (file[key] === 0) fault([key], '必须大于 0', 'must be more than 0');
  }
  if (file.on_scene_at_most < file.on_scene_within) {
    fault(['on_scene_at_most'], '不得小于 on_scene_within', 'must not be less than on_scene_within');
  }
}

const fallbackProblem = (directory: string, count: number): Problem => ({
  code: 'POLICY_NO_FALLBACK',
  file: directory,
  line: 1,
  column: 1,
  message: {
    zh: `必须恰好有一个不写 for 的预案，现有 ${count} 个`,
    en: `exactly one policy must be without \`for\`, there are ${count}`,
  },
});
