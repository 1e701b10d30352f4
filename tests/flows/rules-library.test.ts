import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../../src/platform/clock.ts';
import { at } from '../../src/platform/database.ts';
import type { AppError } from '../../src/platform/errors.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { openRuleLibrary, type RuleLibrary } from '../../src/rules/rule-library.ts';
import { createTestRunner } from '../../src/rules/rule-test-run.ts';
import { readHistory } from '../../src/rules/rule-version-store.ts';
import { createRuleWriting, type RuleWriting } from '../../src/rules/rule-writing.ts';
import { calmer, leak, makeRuleFolder, shipped } from '../harness/leak-rule.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { until } from '../harness/until.ts';

const START = Date.UTC(2026, 10, 22);
const log = createLogger('silent');

let test: TestDatabase;
let clock: VirtualClock;
let folder: string;
let put: (name: string, text: string) => void;
let removeFolder: () => void;
let open: RuleLibrary[];
let people: number[];

beforeEach(async () => {
  test = await openTestDatabase();
  clock = createVirtualClock(START);
  ({ folder, put, remove: removeFolder } = makeRuleFolder());
  open = [];
  people = await Promise.all(['王敏', '李强'].map(addAdmin));
});
afterEach(async () => {
  for (const library of open) await library.close();
  await test.close();
  removeFolder();
});

async function addAdmin(name: string): Promise<number> {
  const row = await test.database.db
    .insertInto('accounts')
    .values({ login: name, name, roles: ['admin'], password_hash: '-' })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function library(): Promise<RuleLibrary> {
  const one = await openRuleLibrary({
    database: test.database,
    clock,
    log,
    directory: folder,
    processId: `process ${open.length}`,
  });
  open.push(one);
  return one;
}

const writingFor = (one: RuleLibrary): RuleWriting =>
  createRuleWriting({
    database: test.database,
    clock,
    test: createTestRunner(clock),
    fileOf: (rule) => one.fileOf(rule),
    written: () => one.refresh(),
  });

const severityOf = (one: RuleLibrary, name: string): string | undefined =>
  one.current().rules.find((rule) => rule.name === name)?.severity;
const names = (one: RuleLibrary): string[] => one.current().rules.map(({ name }) => name);
const codes = (one: RuleLibrary): string[] => one.current().problems.map(({ code }) => code);
const change = (basedOn: number | null, person = 0) => ({
  rule: 'water_leak',
  accountId: people[person] ?? 0,
  basedOn,
});
const refusal = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: AppError) => error,
  );

/** Time passes until the folder and the database were looked at. */
const later = (condition: () => boolean): Promise<unknown> =>
  until(async () => {
    await clock.advance(2_000);
    return condition();
  });

describe('rules from a folder', () => {
  it('are taken when a file changes, in every process', async () => {
    const [one, other] = [await library(), await library()];
    expect(names(one)).toEqual(['sos', 'water_leak']);
    const seen: number[] = [];
    other.onChange(({ generation }) => seen.push(generation));
    put('water_leak', calmer.body);
    await later(() => severityOf(one, 'water_leak') === 'warning');
    await later(() => severityOf(other, 'water_leak') === 'warning');
    expect(one.current().generation).toBe(other.current().generation);
    expect(seen).toEqual([one.current().generation]);
  });

  it('stay as they were while a file is faulty, and the fault is told with its place until it is mended', async () => {
    const one = await library();
    put('water_leak', leak.body.replace('critical', 'deadly'));
    await later(() => codes(one).length > 0);
    expect(one.current().problems[0]).toMatchObject({ file: 'water_leak.yaml', line: 4 });
    expect(severityOf(one, 'water_leak')).toBe('critical');
    put('water_leak', calmer.body);
    await later(() => severityOf(one, 'water_leak') === 'warning');
    expect(codes(one)).toEqual([]);
  });

  it('end when their file is gone at two looks, but the last answer to an SOS never does', async () => {
    const one = await library();
    rmSync(join(folder, 'water_leak.yaml'));
    await later(() => !names(one).includes('water_leak'));
    rmSync(join(folder, 'sos.yaml'));
    await later(() => codes(one).includes('RULES_NO_SOS'));
    expect(names(one)).toEqual(['sos']);
  });

  it('of before run when the service starts with a faulty folder', async () => {
    await library();
    put('sos', 'name: sos');
    put('water_leak', calmer.body);
    const again = await library();
    expect(names(again)).toEqual(['sos', 'water_leak']);
    expect(severityOf(again, 'water_leak')).toBe('warning');
    expect(codes(again)).not.toEqual([]);
  });

  it('that are faulty stop the very first start', async () => {
    put('sos', 'name: sos');
    expect((await refusal(library())).code).toBe('RULES_INVALID');
  });

  it('are what runs where the stored ones would let an SOS pass', async () => {
    await library();
    await test.database.db
      .updateTable('rule_versions')
      .set({ body: null, version: null, origin: 'page' })
      .where('rule', '=', 'sos')
      .execute();
    const again = await library();
    expect(names(again)).toContain('sos');
    expect(codes(again)).toContain('RULES_NO_SOS');
  });
});

describe('rules that people change', () => {
  it('hold in every process, with their author, and a newer file is told but not taken', async () => {
    const [one, other] = [await library(), await library()];
    await writingFor(one).save({ ...change(1), note: '太吵' }, calmer);
    expect(severityOf(one, 'water_leak')).toBe('warning');
    await later(() => severityOf(other, 'water_leak') === 'warning');
    put('water_leak', leak.body.replace('60s', '90s'));
    await later(() => codes(one).includes('RULES_FILE_WAITS'));
    expect(severityOf(one, 'water_leak')).toBe('warning');
    const [last] = await readHistory(test.database.db, 'water_leak');
    expect(last).toMatchObject({ revision: 2, action: 'saved', note: '太吵', author: { name: '王敏' } });
    const audit = await test.database.db.selectFrom('audit').select(['action', 'detail']).execute();
    expect(audit).toEqual([
      { action: 'rule_saved', detail: expect.objectContaining({ rule: 'water_leak', revision: 2 }) },
    ]);
  });

  it('are saved by one of two who began at the same version; the other is told by whom', async () => {
    const writing = writingFor(await library());
    const both = await Promise.allSettled([
      writing.save(change(1, 0), calmer),
      writing.save(change(1, 1), calmer),
    ]);
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason as AppError] : []));
    expect(refused).toEqual([expect.objectContaining({ code: 'RULES_CHANGED', status: 409 })]);
    expect(['王敏', '李强']).toContain(refused[0]?.details.by);
  });

  it('are not saved when they cannot be read or their tests do not hold', async () => {
    const one = await library();
    const writing = writingFor(one);
    const broken = await refusal(writing.save(change(1), { ...leak, body: 'name: water_leak' }));
    expect(broken).toMatchObject({ code: 'RULES_INVALID', status: 422 });
    const failing = await refusal(writing.save(change(1), { ...leak, body: calmer.body }));
    expect(failing).toMatchObject({ code: 'RULES_TESTS_FAILED', status: 422 });
    expect(failing.details.failed).not.toEqual([]);
    expect(one.current().generation).toBe(2);
  });

  it('come back as they were, and follow their file again when they say what it says', async () => {
    const one = await library();
    const writing = writingFor(one);
    await writing.save(change(1), calmer);
    const [, first] = await readHistory(test.database.db, 'water_leak');
    await writing.rollBack(change(2), first?.id ?? 0);
    expect(severityOf(one, 'water_leak')).toBe('critical');
    put('water_leak', calmer.body);
    await later(() => severityOf(one, 'water_leak') === 'warning');
  });

  it('never leave an SOS without an answer, whatever is done', async () => {
    const one = await library();
    const writing = writingFor(one);
    const sos = { ...change(1), rule: 'sos' };
    const { body, tests } = shipped('sos');
    const quiet = [
      body.replace('severity: critical', 'severity: info'),
      body.replace('consequence: incident', 'consequence: notice'),
      `${body}\nonly: { protocols: [native] }\n`,
      `${body}\nshadow: true\n`,
      body.replace('event: sos', 'event: fall').replace('kind: sos', 'kind: fall'),
    ];
    for (const text of quiet) {
      expect(['RULES_INVALID', 'RULES_TESTS_FAILED', 'RULES_NO_SOS']).toContain(
        (await refusal(writing.save(sos, { body: text, tests }))).code,
      );
    }
    expect((await refusal(writing.remove(sos))).code).toBe('RULES_NO_SOS');
    expect((await refusal(writing.startShadow({ ...sos, basedOn: null }, { body, tests }))).code).toBe(
      'RULES_INVALID',
    );
    expect(one.current().rules.find(({ name }) => name === 'sos')?.severity).toBe('critical');
  });

  it('are tried beside the version in force and then put in its place', async () => {
    const one = await library();
    const writing = writingFor(one);
    await writing.startShadow(change(null), calmer);
    expect(one.current().rules.map(({ name, shadow, severity }) => [name, shadow, severity])).toEqual([
      ['sos', undefined, 'critical'],
      ['water_leak', undefined, 'critical'],
      ['water_leak~shadow', true, 'warning'],
    ]);
    const [tried] = await readHistory(test.database.db, 'water_leak');
    await writing.adopt(change(1), tried?.id ?? 0);
    expect(names(one)).toEqual(['sos', 'water_leak']);
    expect(severityOf(one, 'water_leak')).toBe('warning');
    expect((await refusal(writing.stopShadow(change(2)))).code).toBe('RULES_NO_SHADOW');
  });

  it('are removed, and come back from an earlier version', async () => {
    const one = await library();
    const writing = writingFor(one);
    await writing.remove(change(1));
    expect(names(one)).toEqual(['sos']);
    const [, first] = await readHistory(test.database.db, 'water_leak');
    await writing.rollBack(change(null), first?.id ?? 0);
    expect(names(one)).toContain('water_leak');
  });

  it('that can no longer be read give way to the last version that can', async () => {
    const one = await library();
    await writingFor(one).save(change(1), calmer);
    await test.database.db
      .updateTable('rule_versions')
      .set({ body: 'name: [', created_at: at(START) })
      .where('rule', '=', 'water_leak')
      .where('revision', '=', 2)
      .execute();
    const again = await library();
    expect(severityOf(again, 'water_leak')).toBe('critical');
    expect(codes(again)).toEqual(['YAML_SYNTAX']);
  });
});
