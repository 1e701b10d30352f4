import { sql } from 'kysely';
import { at, type Queryable, type Trx } from '../platform/database.ts';

/** The LISTEN channel on which processes are told that another set of rules is in force. */
export const RULES_CHANNEL = 'gg_rules';

export type VersionAction =
  | 'file'
  | 'file_removed'
  | 'saved'
  | 'rolled_back'
  | 'removed'
  | 'shadow_started'
  | 'shadow_stopped'
  | 'adopted';

/** One step in the life of a rule; see `rule_versions`. Times are milliseconds since 1970. */
export interface RuleVersion {
  id: number;
  rule: string;
  shadow: boolean;
  revision: number;
  version: string | null;
  /** Null: from here on the rule is not there. */
  body: string | null;
  tests: string | null;
  origin: 'file' | 'page';
  action: VersionAction;
  /** Null where the folder changed. */
  author: { id: number; name: string } | null;
  note: string | null;
  createdAt: number;
}

export interface NewVersion
  extends Pick<
    RuleVersion,
    'rule' | 'shadow' | 'revision' | 'version' | 'body' | 'tests' | 'origin' | 'action'
  > {
  accountId: number | null;
  note: string | null;
}

/** Of the writers one at a time: whether a set is sound depends on every rule in it. Held until the transaction ends. */
export async function lockRuleVersions(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('gridguard rule versions'))`.execute(trx);
}

/** The highest id, zero while there is none: it rises with every change. */
export async function readGeneration(db: Queryable): Promise<number> {
  const row = await db
    .selectFrom('rule_versions')
    .select((e) => e.fn.max('id').as('id'))
    .executeTakeFirst();
  return row?.id ?? 0;
}

/** The last version of each rule and lane, with those that end it. */
export async function readHeads(db: Queryable): Promise<RuleVersion[]> {
  const rows = await versions(db)
    .distinctOn(['v.rule', 'v.shadow'])
    .orderBy('v.rule')
    .orderBy('v.shadow')
    .orderBy('v.revision', 'desc')
    .execute();
  return rows.map(toVersion);
}

/** Every version of a rule, both lanes, the newest first. */
export async function readHistory(db: Queryable, rule: string): Promise<RuleVersion[]> {
  const rows = await versions(db).where('v.rule', '=', rule).orderBy('v.id', 'desc').execute();
  return rows.map(toVersion);
}

/** The hashes of all the texts that a rule ever had, by rule. */
export async function readKnownVersions(db: Queryable): Promise<Map<string, Set<string>>> {
  const rows = await db.selectFrom('rule_versions').select(['rule', 'version']).distinct().execute();
  const known = new Map<string, Set<string>>();
  for (const { rule, version } of rows) {
    if (version === null) continue;
    known.set(rule, (known.get(rule) ?? new Set()).add(version));
  }
  return known;
}

export async function insertVersions(trx: Trx, rows: readonly NewVersion[], now: number): Promise<void> {
  if (rows.length === 0) return;
  await trx
    .insertInto('rule_versions')
    .values(rows.map(({ accountId, ...row }) => ({ ...row, account_id: accountId, created_at: at(now) })))
    .execute();
  await sql`select pg_notify(${RULES_CHANNEL}, '')`.execute(trx);
}

/** Which set a process runs, for those that show it; nothing where the process has no row. */
export async function reportProcess(db: Queryable, processId: string, generation: number): Promise<void> {
  await db
    .updateTable('processes')
    .set({ rules: JSON.stringify({ generation }) })
    .where('id', '=', processId)
    .execute();
}

/** Of the processes that were seen since then and have said it. */
export async function readReports(
  db: Queryable,
  aliveSince: number,
): Promise<{ id: string; roles: string[]; generation: number }[]> {
  const rows = await db
    .selectFrom('processes')
    .select(['id', 'roles', 'rules'])
    .where('seen_at', '>=', at(aliveSince))
    .execute();
  return rows.flatMap(({ id, roles, rules }) => (rules ? [{ id, roles, ...rules }] : []));
}

const versions = (db: Queryable) =>
  db
    .selectFrom('rule_versions as v')
    .leftJoin('accounts as a', 'a.id', 'v.account_id')
    .select([
      'v.id',
      'v.rule',
      'v.shadow',
      'v.revision',
      'v.version',
      'v.body',
      'v.tests',
      'v.origin',
      'v.action',
      'v.account_id',
      'v.note',
      'v.created_at',
      'a.name as author',
    ]);

type Row = Awaited<ReturnType<ReturnType<typeof versions>['execute']>>[number];

function toVersion({ account_id, author, created_at, action, ...row }: Row): RuleVersion {
  return {
    ...row,
    action: action as VersionAction,
    author: account_id === null ? null : { id: account_id, name: author ?? '' },
    createdAt: created_at,
  };
}
