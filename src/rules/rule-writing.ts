import { type AuditAction, recordAudit } from '../people/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, Trx } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Problem } from '../platform/problem.ts';
import { versionOf } from './load-rules.ts';
import type { RuleFile } from './rule-folder.ts';
import { differs } from './rule-import.ts';
import { newFaults, RuleReader, type RuleText, readText } from './rule-set.ts';
import type { TestRunner } from './rule-test-run.ts';
import {
  insertVersions,
  lockRuleVersions,
  type NewVersion,
  type RuleVersion,
  readHeads,
  readHistory,
  type VersionAction,
} from './rule-version-store.ts';

/** Who changes which rule, and what he had before him. */
export interface Change {
  rule: string;
  accountId: number;
  /** The revision that was changed; null: there was none. RULES_CHANGED where there is another by now. */
  basedOn: number | null;
  note?: string | undefined;
}

/** A rule and its test cases, as YAML. */
export interface Draft {
  body: string;
  tests: string;
}

/**
 * Changes of rules by people. Each checks that nobody was faster, that the set stays sound and an SOS is answered, and writes the
 * version and the access log in one transaction. Throws RULES_INVALID, RULES_TESTS_FAILED, RULES_SET_UNSOUND, RULES_NO_SOS (each with
 * `problems` in its details), RULES_CHANGED, RULES_NOT_FOUND and RULES_NO_SHADOW.
 */
export interface RuleWriting {
  save(change: Change, draft: Draft): Promise<void>;
  /** Puts an earlier version of this rule, of either lane, in force again. Its tests are not run: it held before. */
  rollBack(change: Change, versionId: number): Promise<void>;
  remove(change: Change): Promise<void>;
  /** Runs this beside the rule in force, only recording; `basedOn` is of that lane. */
  startShadow(change: Change, draft: Draft): Promise<void>;
  stopShadow(change: Change): Promise<void>;
  /** Puts the version on trial in force; `versionId`: the one that was looked at. */
  adopt(change: Change, versionId: number): Promise<void>;
}

export interface WritingDeps {
  database: Database;
  clock: Clock;
  test: TestRunner;
  fileOf(rule: string): RuleFile | undefined;
  /** After each commit. */
  written(): Promise<void>;
}

export function createRuleWriting(parts: WritingDeps): RuleWriting {
  // To read a whole set anew for each change would take long enough for an SOS to notice.
  const deps = { ...parts, reader: new RuleReader() };
  const write = (change: Change, action: Action, make: Make) => writeVersions(deps, change, action, make);
  return {
    async save(change, draft) {
      await checkDraft(deps, change.rule, draft);
      await write(change, 'saved', () => [step(change, draft, false)]);
    },
    rollBack: (change, versionId) =>
      write(change, 'rolled_back', async (trx) => {
        const earlier = (await readHistory(trx, change.rule)).find(({ id }) => id === versionId);
        if (!earlier || earlier.body === null) throw notFound(change.rule);
        return [step(change, earlier, false)];
      }),
    remove: (change) =>
      write(change, 'removed', (_trx, { live }) => {
        if (!live || live.body === null) throw notFound(change.rule);
        return [step(change, GONE, false)];
      }),
    async startShadow(change, draft) {
      refuse('RULES_INVALID', 422, problemsOf({ rule: change.rule, shadow: true, body: draft.body }));
      await write(change, 'shadow_started', () => [step(change, draft, true)]);
    },
    stopShadow: (change) =>
      write(change, 'shadow_stopped', (_trx, { shadow }) => {
        if (!shadow || shadow.body === null) throw noShadow(change.rule);
        return [step(change, GONE, true)];
      }),
    adopt: (change, versionId) => adopt(deps, change, versionId),
  };
}

interface Writing extends WritingDeps {
  reader: RuleReader;
}

async function adopt(deps: Writing, change: Change, versionId: number): Promise<void> {
  const history = await readHistory(deps.database.db, change.rule);
  const tried = history.find(({ id }) => id === versionId);
  if (!tried?.shadow || tried.body === null) throw noShadow(change.rule);
  const draft = { body: tried.body, tests: tried.tests ?? '' };
  await checkDraft(deps, change.rule, draft);
  await writeVersions(deps, change, 'adopted', (_trx, { shadow }) => {
    if (shadow?.id !== versionId) throw shadow ? changed(shadow) : noShadow(change.rule);
    return [step(change, draft, false), step(change, GONE, true)];
  });
}

type Action = Exclude<VersionAction, 'file' | 'file_removed'>;
interface Lanes {
  live: RuleVersion | undefined;
  shadow: RuleVersion | undefined;
}
type Step = Pick<NewVersion, 'rule' | 'shadow' | 'body' | 'tests'>;
type Make = (trx: Trx, lanes: Lanes) => Step[] | Promise<Step[]>;

const GONE = { body: null, tests: null };

const step = (
  { rule }: Change,
  { body, tests }: { body: string | null; tests: string | null },
  shadow: boolean,
): Step => ({ rule, shadow, body, tests });

const audited: Readonly<Record<Action, AuditAction>> = {
  saved: 'rule_saved',
  rolled_back: 'rule_rolled_back',
  removed: 'rule_removed',
  shadow_started: 'rule_shadow_started',
  shadow_stopped: 'rule_shadow_stopped',
  adopted: 'rule_adopted',
};

async function writeVersions(deps: Writing, change: Change, action: Action, make: Make): Promise<void> {
  const { database, clock } = deps;
  await database.db.transaction().execute(async (trx) => {
    await lockRuleVersions(trx);
    const heads = await readHeads(trx);
    const of = (shadow: boolean) => heads.find((head) => head.rule === change.rule && head.shadow === shadow);
    const lanes = { live: of(false), shadow: of(true) };
    const steps = await make(trx, lanes);
    const [first] = steps;
    checkBase(first?.shadow ? lanes.shadow : lanes.live, change.basedOn);
    const faults = newFaults(deps.reader, heads, steps);
    const isDeaf = faults.some(({ code }) => code === 'RULES_NO_SOS');
    refuse(isDeaf ? 'RULES_NO_SOS' : 'RULES_SET_UNSOUND', 409, faults);
    const rows = steps.map((one) => toRow(one, { change, action, lanes, file: deps.fileOf(change.rule) }));
    await insertVersions(trx, rows, clock.now());
    const { accountId, rule } = change;
    const detail = { rule, revision: rows[0]?.revision, version: rows[0]?.version };
    await recordAudit(trx, [{ accountId, action: audited[action], detail }], clock.now());
  });
  await deps.written();
}

/** A rule that says what its file says follows it from then on. */
function toRow(
  one: Step,
  by: { change: Change; action: Action; lanes: Lanes; file: RuleFile | undefined },
): NewVersion {
  const { change, action, lanes, file } = by;
  const head = one.shadow ? lanes.shadow : lanes.live;
  const isFile = !one.shadow && file !== undefined && !differs(one, file);
  return {
    ...one,
    revision: (head?.revision ?? 0) + 1,
    version: one.body === null ? null : versionOf(one.body),
    origin: isFile ? 'file' : 'page',
    action: action === 'adopted' && one.shadow ? 'shadow_stopped' : action,
    accountId: change.accountId,
    note: change.note ?? null,
  };
}

/** Whose rule was removed begins anew. */
function checkBase(head: RuleVersion | undefined, basedOn: number | null): void {
  const current = head === undefined || head.body === null ? null : head.revision;
  if (current === basedOn || head?.revision === basedOn) return;
  throw head ? changed(head) : new AppError('RULES_NOT_FOUND', 'there is no such rule', { status: 404 });
}

async function checkDraft(deps: WritingDeps, rule: string, { body, tests }: Draft): Promise<void> {
  refuse('RULES_INVALID', 422, problemsOf({ rule, shadow: false, body }));
  const heads = await readHeads(deps.database.db);
  const others = heads.flatMap((head) =>
    head.body === null || head.shadow ? [] : [{ rule: head.rule, body: head.body }],
  );
  const { problems, results } = await deps.test({ rule, body, tests, others });
  const failed = results.filter(({ passed }) => !passed);
  if (problems.length === 0 && failed.length === 0) return;
  throw new AppError('RULES_TESTS_FAILED', `the tests of ${rule} do not hold`, {
    status: 422,
    details: { problems, failed },
  });
}

function problemsOf(text: RuleText): Problem[] {
  const read = readText(text);
  return 'problems' in read ? read.problems : [];
}

function refuse(code: string, status: number, problems: readonly Problem[]): void {
  const [first] = problems;
  if (first) throw new AppError(code, first.message.en, { status, details: { problems } });
}

/** `by` is empty where the folder changed. */
const changed = ({ rule, revision, author, createdAt }: RuleVersion): AppError =>
  new AppError('RULES_CHANGED', `${rule} has changed meanwhile`, {
    status: 409,
    details: { rule, revision, by: author?.name ?? 'RULES_DIR', at: createdAt },
  });

const notFound = (rule: string): AppError =>
  new AppError('RULES_NOT_FOUND', `there is no rule ${rule}`, { status: 404 });

const noShadow = (rule: string): AppError =>
  new AppError('RULES_NO_SHADOW', `nothing of ${rule} is on trial`, { status: 409 });
