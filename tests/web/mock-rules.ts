import type {
  RuleCheck,
  RuleDetail,
  RuleDiff,
  RuleProblems,
  RuleRow,
  RuleVersionView,
  ShadowReport,
} from '../../src/api/rule-schemas.ts';
import type { AlertView, WhyView } from '../../src/api/why-schemas.ts';
import { type Call, notFound, ok, type Route, refuse } from './mock-answer.ts';
import type { MockState } from './mock-routes.ts';

const now = Date.now();
const HOUR_MS = 3_600_000;

const inForce = {
  state: 'running',
  version: 'e4104536ee57',
  revision: 2,
  origin: 'file',
  changedAt: 0,
  onTrial: false,
} as const;

export const rules: RuleRow[] = [
  {
    ...inForce,
    name: 'sos',
    kind: 'sos',
    title: { zh: 'SOS 求助', en: 'SOS' },
    severity: 'critical',
    consequence: 'incident',
    faultClass: null,
    text: 'name: sos\ncondition:\n  event: sos\n',
  },
  {
    ...inForce,
    name: 'water_leak',
    origin: 'page',
    onTrial: true,
    kind: 'water_leak',
    title: { zh: '漏水', en: 'Water leak' },
    severity: 'critical',
    consequence: 'ticket',
    faultClass: 'water_leak',
    text: 'name: water_leak\nconsequence: ticket\nfault_class: water_leak\n',
  },
  {
    ...inForce,
    name: 'battery_low',
    kind: 'battery_low',
    title: { zh: '电量低', en: 'Battery low' },
    severity: 'info',
    consequence: 'notice',
    faultClass: null,
    text: 'name: battery_low\ncondition:\n  threshold:\n    signal: battery\n    at_most: 15\n',
  },
];

const body = 'name: water_leak\nseverity: critical\ncondition:\n  state: { signal: water_leak, is: true }\n';
const tests = 'rule: water_leak\ncases:\n  - name: wet\n    expect: [{ at: 10s, state: firing }]\n';

/** What people wrote, in whatever language the pages are. */
export const written = { author: '王敏', note: '夜里误报太多' };

/** What the pages changed of the rule `water_leak`. */
interface RuleBook {
  basedOn: number;
  author: string | null;
  body: string;
  tests: string;
  notes: string[];
}

const books = new WeakMap<MockState, RuleBook>();

export function ruleBookOf(state: MockState): RuleBook {
  const known = books.get(state) ?? { basedOn: 2, author: written.author, body, tests, notes: [] };
  books.set(state, known);
  return known;
}

const version = (id: number, more: Partial<RuleVersionView>): RuleVersionView => ({
  id,
  shadow: false,
  revision: id,
  version: 'e4104536ee57',
  origin: 'page',
  action: 'saved',
  author: written.author,
  note: null,
  at: now - id * HOUR_MS,
  inForce: false,
  ...more,
});

const trial = { ...version(3, { shadow: true, revision: 1, action: 'shadow_started' }), body, tests };

function detail({ state, parts }: Call): RuleDetail | undefined {
  const row = rules.find(({ name }) => name === parts[1]);
  if (!row) return undefined;
  const isLeak = row.name === 'water_leak';
  return {
    ...row,
    ...ruleBookOf(state),
    note: written.note,
    file: isLeak ? { version: 'a1b2c3d4e5f6', body, tests } : null,
    trial: isLeak ? trial : null,
    trialBasedOn: isLeak ? 1 : null,
  };
}

const one: Route = (call) => {
  const found = detail(call);
  return found ? ok(found) : notFound;
};

/** Whatever holds `deadly` is faulty in its second line. */
const check: Route = ({ body: draft }) => {
  const isFaulty = String(draft.body).includes('deadly');
  const found: RuleCheck = {
    problems: isFaulty
      ? [
          {
            file: 'water_leak.yaml',
            line: 2,
            column: 11,
            code: 'YAML_INVALID',
            message: 'severity: critical, warning, info',
          },
        ]
      : [],
    words: [],
    results: isFaulty ? [] : [{ name: 'wet', passed: false, expected: ['10 s, firing'], happened: [] }],
    gaps: [],
  };
  return ok(found);
};

const save: Route = (call) => {
  const book = ruleBookOf(call.state);
  if (call.body.basedOn !== book.basedOn)
    return refuse(409, 'RULES_CHANGED', `${book.author} 已先保存了第 ${book.basedOn} 版`);
  const { body: text, note } = call.body;
  Object.assign(book, { basedOn: book.basedOn + 1, author: call.me.name, body: text });
  if (note) book.notes.push(String(note));
  return one(call);
};

const problems: RuleProblems = {
  generation: 4,
  problems: [
    {
      file: 'gas.yaml',
      line: 9,
      column: 11,
      code: 'YAML_INVALID',
      message: 'severity: critical, warning, info',
    },
  ],
  behind: [],
};

const report: ShadowReport = {
  since: now - 50 * HOUR_MS,
  counts: { both: 3, live: 1, shadow: 2 },
  alerts: (['both', 'live', 'shadow'] as const).map((side, index) => ({
    in: side,
    at: now - index * HOUR_MS,
    liveAt: null,
    shadowAt: null,
    severity: 'critical',
    deviceId: 31,
    device: 'binhu-leak-01',
    asset: null,
  })),
};

const same = { kind: 'same' as const, text: 'name: water_leak', from: 1, to: 1 };
const diff: RuleDiff = {
  body: [
    same,
    { kind: 'removed', text: 'severity: critical', from: 2, to: null },
    { kind: 'added', text: 'severity: warning', from: null, to: 2 },
  ],
  tests: [same],
};

const alerts: AlertView[] = [
  {
    ...{ id: 31, rule: 'water_leak', title: '漏水', severity: 'critical' },
    ...{ firedAt: now - HOUR_MS, resolvedAt: null, withdrawnAt: null },
  },
];

const why: WhyView = {
  head: '漏水 (water_leak), 2026-11-22 10:53:19',
  by: 'now',
  notes: [],
  points: [
    {
      verdict: 'fires',
      line: '在报警，始于 2026-11-22 10:53:19。',
      conditions: ['漏水为是 → 满足；最后 漏水 true (2026-11-22 10:53:19)'],
      gates: [],
    },
  ],
  told: ['此后: 2026-11-22 11:20:00 解除'],
  inputs: [],
};

export const ruleRoutes: Readonly<Record<string, Route>> = {
  'GET rules': () => ok(rules),
  'GET rule-problems': () => ok(problems),
  'GET rules/water_leak': one,
  'GET rules/water_leak/versions': () =>
    ok([
      trial,
      version(2, { inForce: true, note: written.note }),
      version(1, { action: 'file', origin: 'file', author: null }),
    ]),
  'GET rules/water_leak/diff': () => ok(diff),
  'GET rules/water_leak/shadow': () => ok(report),
  'GET rules/water_leak/explain': () => ok(why),
  'GET alerts/:id/explain': () =>
    ok({ ...why, by: 'then', inputs: [{ at: now, signal: 'water_leak', value: true }] }),
  'GET incidents/:id/alerts': () => ok(alerts),
  'GET tickets/:id/alerts': () => ok(alerts),
  'POST rules/water_leak/check': check,
  'PUT rules/water_leak': save,
};
