import type {
  RuleCheck,
  RuleDetail,
  RuleDiff,
  RuleProblems,
  RuleRow,
  RuleVersionView,
  ShadowReport,
} from '../../api/rule-schemas.ts';
import { request, withQuery } from './http.ts';

/** Routes of the pages about rules. */

export interface RuleDraft {
  body: string;
  tests: string;
}
interface Base {
  basedOn: number | null;
  note?: string;
}

/** Tests of a draft are played through, in a thread of their own. */
const TESTS_TIMEOUT_MS = 60_000;
const patient = { timeoutMs: TESTS_TIMEOUT_MS };
const pathOf = (name: string, rest = '') => `/api/rules/${name}${rest}`;
const write = (name: string, action: string, body: unknown) =>
  request<RuleDetail>('POST', pathOf(name, `/${action}`), body, patient);

export const ruleApi = {
  list: () => request<RuleRow[]>('GET', '/api/rules'),
  problems: () => request<RuleProblems>('GET', '/api/rule-problems'),
  one: (name: string) => request<RuleDetail>('GET', pathOf(name)),
  versions: (name: string) => request<RuleVersionView[]>('GET', pathOf(name, '/versions')),
  diff: (name: string, from: number, to: number) =>
    request<RuleDiff>('GET', withQuery(pathOf(name, '/diff'), { from, to })),
  report: (name: string) => request<ShadowReport>('GET', pathOf(name, '/shadow')),
  check: (name: string, draft: RuleDraft) =>
    request<RuleCheck>('POST', pathOf(name, '/check'), draft, patient),
  save: (name: string, change: RuleDraft & Base) => request<RuleDetail>('PUT', pathOf(name), change, patient),
  rollBack: (name: string, change: Base & { versionId: number }) => write(name, 'roll-back', change),
  remove: (name: string, change: Base) => write(name, 'remove', change),
  startTrial: (name: string, change: RuleDraft & Base) => write(name, 'shadow/start', change),
  stopTrial: (name: string, change: Base) => write(name, 'shadow/stop', change),
  adopt: (name: string, change: Base & { versionId: number }) => write(name, 'shadow/adopt', change),
};
