import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { CodecAnswers, CodecBatch, CodecCall, CodecWorkerData } from './messages.ts';
import type { CodecInput } from './sandbox.ts';
import type { CodecResult } from './shape.ts';
import { Strikes } from './strikes.ts';

/** A call that shows no sign for this long sits in a native loop, which nothing can interrupt: the thread is ended. */
const STUCK_MS = 250;
/** On a machine so busy that even an interpreted call does not come to its end. */
const ENDLESS_MS = 2000;
const LOOK_MS = 50;
/** Nobody waits longer than this, whatever else is to be run. */
const PATIENCE_MS = 5000;
/** A thread that dies before it has run anything is not started at once again. */
const RESTART_MS = 1000;
const BATCH = 128;
const MAX_WAITING = 20_000;
const MAX_WAITING_OF_ONE = 2000;
const NOTHING_SEEN = { id: 0, beat: 0, since: 0, began: 0 };

export interface Codec {
  /** Unique for this source. */
  key: string;
  source: string;
}

export interface CodecRunner {
  /** Runs a codec on a payload. Never rejects, and answers within some seconds. */
  run(codec: Codec, input: CodecInput): Promise<CodecResult>;
  /** Why a codec cannot be loaded, with `line N: ` before it where that is told; undefined where it can. */
  check(codec: Codec): Promise<{ error: string; passing?: true } | undefined>;
  /** Codecs whose source has changed or is gone. */
  forget(keys: readonly string[]): void;
  close(): Promise<void>;
}

interface Waiting {
  codec: Codec;
  call: CodecCall;
  until: number;
  /** It was under way when its thread was ended, and its codec had done well before. */
  again?: true;
  resolve(result: CodecResult): void;
}

export function createCodecRunner(deps: { clock: Clock; log: Logger }): CodecRunner {
  return new Runner(deps);
}

class Runner implements CodecRunner {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #strikes: Strikes;
  #queue: Waiting[] = [];
  /** By codec, of those in the queue. */
  #waitingOf = new Map<string, number>();
  #underWay: Waiting[] = [];
  #known = new Set<string>();
  #gone: string[] = [];
  #worker: Worker | undefined;
  #progress = new Int32Array(new SharedArrayBuffer(8));
  #watch: Timer | undefined;
  /** The call that was seen under way at the last look, its beat, and since when each has been the same. */
  #seen = NOTHING_SEEN;
  /** Codecs that have answered on some thread. */
  #proven = new Set<string>();
  #mayStartAt = 0;
  #answered = false;
  #serial = 0;
  #closed = false;

  constructor({ clock, log }: { clock: Clock; log: Logger }) {
    this.#clock = clock;
    this.#log = log;
    this.#strikes = new Strikes(clock);
  }

  async check(codec: Codec): ReturnType<CodecRunner['check']> {
    const result = await this.#enter(codec);
    return 'error' in result ? result : undefined;
  }

  run(codec: Codec, input: CodecInput): Promise<CodecResult> {
    return this.#enter(codec, input);
  }

  /** Without an input the codec is only loaded. */
  #enter(codec: Codec, input?: CodecInput): Promise<CodecResult> {
    const refusal = this.#refusal(codec);
    if (refusal !== undefined) return Promise.resolve({ error: refusal, passing: true });
    return new Promise((resolve) => {
      this.#serial = (this.#serial % 0x3fff_ffff) + 1;
      const call = { id: this.#serial, codec: codec.key, ...(input ? { input } : {}) };
      this.#queue.push({ codec, call, until: this.#clock.now() + PATIENCE_MS, resolve });
      this.#waitingOf.set(codec.key, (this.#waitingOf.get(codec.key) ?? 0) + 1);
      if (this.#underWay.length === 0) queueMicrotask(() => this.#send());
      this.#watch ??= this.#clock.after(LOOK_MS, () => this.#look());
    });
  }

  forget(keys: readonly string[]): void {
    this.#gone.push(...keys.filter((key) => this.#known.delete(key)));
    for (const key of keys) {
      this.#strikes.pardon(key);
      this.#proven.delete(key);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch?.cancel();
    const waiting = [...this.#underWay, ...this.#queue];
    this.#underWay = [];
    this.#queue = [];
    for (const { resolve } of waiting) resolve({ error: 'the service is stopping', passing: true });
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #refusal({ key }: Codec): string | undefined {
    if (this.#closed) return 'the service is stopping';
    if (this.#strikes.out(key)) return 'it had to be stopped several times and rests for a minute';
    const crowded =
      this.#queue.length >= MAX_WAITING || (this.#waitingOf.get(key) ?? 0) >= MAX_WAITING_OF_ONE;
    return crowded ? 'too many payloads wait for it' : undefined;
  }

  #send(): void {
    if (this.#underWay.length > 0 || this.#queue.length === 0 || this.#closed) return;
    const worker = this.#worker ?? this.#start();
    if (!worker) return;
    const batch = this.#queue.splice(0, BATCH);
    for (const { codec } of batch) this.#waitingOf.set(codec.key, (this.#waitingOf.get(codec.key) ?? 1) - 1);
    const going = batch.filter((waiting) => !this.#refused(waiting));
    this.#underWay = going;
    if (going.length === 0) {
      this.#send();
      return;
    }
    const fresh = new Map(
      going.flatMap(({ codec }) => (this.#known.has(codec.key) ? [] : [[codec.key, codec.source]])),
    );
    for (const key of fresh.keys()) this.#known.add(key);
    const message: CodecBatch = {
      sources: [...fresh].map(([codec, source]) => ({ codec, source })),
      forget: this.#gone.splice(0),
      calls: going.map(({ call }) => call),
    };
    worker.postMessage(message);
  }

  /** Answers what its codec has forfeited or what has waited too long. */
  #refused({ codec, until, resolve }: Waiting): boolean {
    const late = this.#clock.now() > until;
    if (!late && !this.#strikes.out(codec.key)) return false;
    resolve({
      error: late
        ? 'its turn did not come in time'
        : 'it had to be stopped several times and rests for a minute',
      passing: true,
    });
    return true;
  }

  #start(): Worker | undefined {
    if (this.#clock.now() < this.#mayStartAt) return undefined;
    const data: CodecWorkerData = { progress: new SharedArrayBuffer(8) };
    const worker = new Worker(new URL('./codec-worker.ts', import.meta.url), {
      workerData: data,
      resourceLimits: { stackSizeMb: 32, maxOldGenerationSizeMb: 128 },
      env: {},
      execArgv: [],
      stdin: false,
    });
    worker.unref();
    worker.on('message', (answers: CodecAnswers) => this.#take(worker, answers));
    worker.on('error', (error) => this.#lost(worker, error.message));
    worker.on('exit', () => this.#lost(worker, 'the thread ended'));
    this.#progress = new Int32Array(data.progress);
    this.#known = new Set();
    this.#answered = false;
    this.#worker = worker;
    return worker;
  }

  #take(worker: Worker, { answers, corrupt }: CodecAnswers): void {
    if (worker !== this.#worker) return;
    this.#answered = true;
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    const left = this.#underWay.filter(({ call }) => !byId.has(call.id));
    for (const { call, codec, resolve } of this.#underWay) {
      const answer = byId.get(call.id);
      if (!answer) continue;
      this.#strikes.note(codec.key, answer.stopped);
      if (!answer.stopped) this.#proven.add(codec.key);
      resolve(answer.result);
    }
    this.#giveBack(left);
    if (corrupt) this.#end(worker);
    this.#send();
  }

  #giveBack(left: readonly Waiting[]): void {
    this.#underWay = [];
    this.#seen = NOTHING_SEEN;
    for (const { codec } of left) this.#waitingOf.set(codec.key, (this.#waitingOf.get(codec.key) ?? 0) + 1);
    this.#queue.unshift(...left);
  }

  #end(worker: Worker): void {
    if (worker === this.#worker) this.#worker = undefined;
    void worker.terminate();
  }

  /** The thread is gone: the call that it died of is answered, all others are run on the next one. */
  #lost(worker: Worker, reason: string): void {
    if (worker !== this.#worker) return;
    this.#log.warn({ reason }, 'the thread of the payload codecs has ended');
    if (!this.#answered) this.#mayStartAt = this.#clock.now() + RESTART_MS;
    this.#abandon(worker, Atomics.load(this.#progress, 0), `the codec ended its thread: ${reason}`);
  }

  #abandon(worker: Worker, id: number, error: string): void {
    const culprit = this.#underWay.find(({ call }) => call.id === id);
    const others = this.#underWay.filter((waiting) => waiting !== culprit);
    if (culprit && !culprit.again && this.#proven.has(culprit.codec.key)) {
      this.#proven.delete(culprit.codec.key);
      this.#giveBack([...others, { ...culprit, again: true }]);
    } else {
      if (culprit) this.#strikes.note(culprit.codec.key, true);
      culprit?.resolve({ error });
      this.#giveBack(others);
    }
    this.#end(worker);
    this.#send();
  }

  #look(): void {
    this.#watch = undefined;
    const now = this.#clock.now();
    this.#endStuck(now);
    const late = this.#queue.filter(({ until }) => now > until);
    if (late.length > 0 && this.#underWay.length === 0) this.#send();
    for (const waiting of late) if (this.#refused(waiting)) this.#drop(waiting);
    const overdue = this.#underWay.some(({ until }) => now > until + PATIENCE_MS);
    if (overdue && this.#worker) this.#abandon(this.#worker, 0, 'the thread does not answer');
    else if (this.#underWay.length === 0) this.#send();
    if (this.#underWay.length + this.#queue.length > 0)
      this.#watch ??= this.#clock.after(LOOK_MS, () => this.#look());
  }

  #endStuck(now: number): void {
    const id = Atomics.load(this.#progress, 0);
    const beat = Atomics.load(this.#progress, 1);
    const { id: before, beat: lastBeat, since, began } = this.#seen;
    if (id !== before) this.#seen = { id, beat, since: now, began: now };
    else if (beat !== lastBeat) this.#seen = { id, beat, since: now, began };
    // A thread that has not answered yet still loads and compiles what all codecs need.
    const patienceMs = this.#answered ? STUCK_MS : ENDLESS_MS;
    const stuck = id === before && id !== 0 && (now - since >= patienceMs || now - began >= ENDLESS_MS);
    if (stuck && this.#worker) this.#abandon(this.#worker, id, `stopped after ${patienceMs} ms`);
  }

  #drop(waiting: Waiting): void {
    const at = this.#queue.indexOf(waiting);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    this.#waitingOf.set(waiting.codec.key, (this.#waitingOf.get(waiting.codec.key) ?? 1) - 1);
  }
}
