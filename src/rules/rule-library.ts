import { relative } from 'node:path';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Database, Trx } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import { formatProblem, type Problem } from '../platform/problem.ts';
import type { Rule } from './rule.ts';
import { type RuleFile, type RuleFolder, readRuleFolder, stampOf } from './rule-folder.ts';
import { planImport } from './rule-import.ts';
import { faultsOfSet, newFaults, RuleReader } from './rule-set.ts';
import {
  insertVersions,
  lockRuleVersions,
  RULES_CHANNEL,
  type RuleVersion,
  readGeneration,
  readHeads,
  readHistory,
  readKnownVersions,
  reportProcess,
} from './rule-version-store.ts';

const FOLDER_MS = 2_000;
const DATABASE_MS = 5_000;

/** The rules that run. `generation` rises with every change and is the same in every process. */
export interface RunningRules {
  rules: readonly Rule[];
  generation: number;
  /** What keeps other rules from running than these, in the words of whoever can mend it. */
  problems: readonly Problem[];
}

/**
 * Which rules run, in every process the same: the versions in the database, into which the folder of rule files is read. Whatever is
 * faulty leaves what ran before running and is told. A set that would let an SOS pass never becomes the running one.
 */
export interface RuleLibrary {
  current(): RunningRules;
  /** Is called after another set has become the running one; returns what ends that. */
  onChange(run: (running: RunningRules) => void): () => void;
  /** Looks at the database now. */
  refresh(): Promise<void>;
  /** The file of a rule as it lies in the folder of this process. */
  fileOf(rule: string): RuleFile | undefined;
  close(): Promise<void>;
}

export interface LibraryDeps {
  database: Database;
  clock: Clock;
  log: Logger;
  /** `RULES_DIR`. */
  directory: string;
  processId: string;
}

/**
 * Reads the folder into the database and takes what holds. Throws RULES_INVALID, with every fault, where the folder is faulty and
 * nothing sound is known from before; RULES_NO_SOS where neither has a rule for sos.
 */
export async function openRuleLibrary(deps: LibraryDeps): Promise<RuleLibrary> {
  const library = new Library(deps);
  await library.open();
  return library;
}

class Library implements RuleLibrary {
  readonly #deps: LibraryDeps;
  readonly #reader = new RuleReader();
  #running: RunningRules | undefined;
  #folder: RuleFolder = { files: [], faulty: [], problems: [], unreadable: true };
  #folderFaults: readonly Problem[] = [];
  #storedFaults: readonly Problem[] = [];
  /** The generation that was looked at last, taken or not. */
  #seen = -1;
  #stamp: string | undefined;
  /** Rules whose file was not there at the last look: editors replace a file by removing it first. */
  #missed: ReadonlySet<string> = new Set();
  #listeners = new Set<(running: RunningRules) => void>();
  #timers: Timer[] = [];
  #work: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(deps: LibraryDeps) {
    this.#deps = deps;
  }

  async open(): Promise<void> {
    const { clock, database, directory } = this.#deps;
    this.#stamp = await stampOf(directory);
    await this.#readFolder('at once');
    await this.#readDatabase();
    await database.listen(RULES_CHANNEL, () => void this.#quietly(() => this.refresh()));
    database.onRelisten(() => void this.#quietly(() => this.refresh()));
    this.#timers = [
      clock.every(FOLDER_MS, () => this.#quietly(() => this.#lookAtFolder())),
      clock.every(DATABASE_MS, () => this.#quietly(() => this.#lookAtDatabase())),
    ];
  }

  current(): RunningRules {
    if (!this.#running) throw new AppError('RULES_NO_SOS', 'no rules are running');
    return this.#running;
  }

  onChange(run: (running: RunningRules) => void): () => void {
    this.#listeners.add(run);
    return () => void this.#listeners.delete(run);
  }

  fileOf(rule: string): RuleFile | undefined {
    return this.#folder.files.find((file) => file.rule === rule);
  }

  refresh(): Promise<void> {
    return this.#inTurn(() => this.#readDatabase());
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    await this.#work.catch(() => undefined);
  }

  /** One look at a time, in the order in which they were asked for. */
  #inTurn(look: () => Promise<void>): Promise<void> {
    const turn = this.#work.then(() => (this.#closed ? undefined : look()));
    this.#work = turn.catch(() => undefined);
    return turn;
  }

  async #quietly(look: () => Promise<void>): Promise<void> {
    try {
      await look();
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'rules could not be looked at; those that run go on');
    }
  }

  async #lookAtDatabase(): Promise<void> {
    const { database, processId } = this.#deps;
    if ((await readGeneration(database.db)) !== this.#seen) await this.refresh();
    await reportProcess(database.db, processId, this.current().generation);
  }

  async #lookAtFolder(): Promise<void> {
    const stamp = await stampOf(this.#deps.directory);
    if (stamp === this.#stamp && this.#missed.size === 0) return;
    await this.#inTurn(async () => {
      this.#stamp = stamp;
      await this.#readFolder('when confirmed');
      await this.#readDatabase();
    });
  }

  /** Takes what is new in the folder into the database, all of it or, where the set would not be sound, nothing. */
  async #readFolder(forget: 'at once' | 'when confirmed'): Promise<void> {
    const { database, directory } = this.#deps;
    const folder = await readRuleFolder(directory);
    const isGone = (rule: string): boolean => forget === 'at once' || this.#missed.has(rule);
    const { faults, missed } = await database.db
      .transaction()
      .execute((trx) => this.#import(trx, folder, isGone));
    this.#missed = new Set(missed);
    this.#folder = folder;
    this.#setFaults({ folder: [...folder.problems, ...faults].map((problem) => named(problem, directory)) });
  }

  async #import(
    trx: Trx,
    folder: RuleFolder,
    isGone: (rule: string) => boolean,
  ): Promise<{ faults: Problem[]; missed: string[] }> {
    await lockRuleVersions(trx);
    const heads = await readHeads(trx);
    if (heads.length === 0 && folder.problems.length > 0) throw faulty('RULES_INVALID', folder.problems);
    const versions = await readKnownVersions(trx);
    const { add, gone, notices } = planImport({ heads, versions }, folder);
    const steps = [...add, ...gone.filter(({ rule }) => isGone(rule))];
    const missed = gone.map(({ rule }) => rule).filter((rule) => !isGone(rule));
    if (steps.length === 0) return { faults: notices, missed };
    const faults = newFaults(this.#reader, heads, steps);
    if (faults.length === 0) await insertVersions(trx, steps, this.#deps.clock.now());
    return { faults: [...faults, ...notices], missed };
  }

  async #readDatabase(): Promise<void> {
    const heads = await readHeads(this.#deps.database.db);
    const generation = heads.reduce((highest, { id }) => Math.max(highest, id), 0);
    if (generation === this.#seen) return;
    const { rules, problems } = await this.#rulesOf(heads);
    const faults = faultsOfSet(rules);
    this.#seen = generation;
    this.#setFaults({ stored: [...problems, ...faults] });
    const isFatal = faults.some(({ code }) => code === 'RULES_NO_SOS');
    if (isFatal && !this.#running) this.#takeFolder();
    else if (faults.length === 0 || !this.#running) this.#take(rules, generation);
  }

  /** Of each head; where a text can no longer be read, the last one of its rule that can. */
  async #rulesOf(heads: readonly RuleVersion[]): Promise<{ rules: Rule[]; problems: Problem[] }> {
    const rules: Rule[] = [];
    const problems: Problem[] = [];
    for (const head of heads) {
      if (head.body === null) continue;
      const read = this.#reader.read({ ...head, body: head.body });
      if ('rule' in read) rules.push(read.rule);
      else {
        problems.push(...read.problems);
        rules.push(...(await this.#lastSound(head)));
      }
    }
    return { rules, problems };
  }

  async #lastSound({ rule, shadow }: RuleVersion): Promise<Rule[]> {
    for (const { body, shadow: lane } of await readHistory(this.#deps.database.db, rule)) {
      if (body === null || lane !== shadow) continue;
      const read = this.#reader.read({ rule, shadow, body });
      if ('rule' in read) return [read.rule];
    }
    return [];
  }

  /** The last resort at a start: what is stored would let an SOS pass. */
  #takeFolder(): void {
    const rules = this.#folder.files.flatMap((file) => {
      const read = this.#reader.read({ ...file, shadow: false });
      return 'rule' in read ? [read.rule] : [];
    });
    const faults = faultsOfSet(rules);
    if (faults.some(({ code }) => code === 'RULES_NO_SOS')) throw faulty('RULES_NO_SOS', faults);
    this.#take(rules, 0);
  }

  #take(rules: readonly Rule[], generation: number): void {
    const isFirst = this.#running === undefined;
    this.#running = { rules, generation, problems: this.#problems() };
    if (isFirst) return;
    this.#deps.log.info({ generation, rules: rules.length }, 'another set of rules runs');
    for (const run of this.#listeners) run(this.#running);
  }

  #setFaults(faults: { folder?: readonly Problem[]; stored?: readonly Problem[] }): void {
    const before = new Set(this.#problems().map(said));
    this.#folderFaults = faults.folder ?? this.#folderFaults;
    this.#storedFaults = faults.stored ?? this.#storedFaults;
    if (this.#running) this.#running = { ...this.#running, problems: this.#problems() };
    for (const problem of this.#problems())
      if (!before.has(said(problem)))
        this.#deps.log.warn({ problem: said(problem) }, 'a rule cannot be taken; the one before it goes on');
  }

  #problems(): Problem[] {
    return [...this.#folderFaults, ...this.#storedFaults];
  }
}

const said = (problem: Problem): string => formatProblem(problem, 'en');

const named = (problem: Problem, directory: string): Problem =>
  problem.file.startsWith(directory) && problem.file !== directory
    ? { ...problem, file: relative(directory, problem.file) }
    : problem;

const faulty = (code: string, problems: readonly Problem[]): AppError =>
  new AppError(code, problems.map(said).join('\n'));
