import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { callerOf, PRELUDE } from './prelude.ts';
import { type CodecResult, MAX_OUTPUT_CHARACTERS, readOutput } from './shape.ts';

const MEMORY_BYTES = 16 * 1024 * 1024;
const STACK_BYTES = 128 * 1024;
/** Of the processor, not of the clock: on a busy machine nobody loses a reading. Native loops are not stopped by it, their thread is ended. */
const CALL_MS = 50;
const LOAD_MS = 200;
const MAX_ERROR = 300;

export interface CodecInput {
  bytes: readonly number[];
  fPort: number;
  /** Milliseconds since 1970. */
  recvTime: number;
}

/** The engine itself has failed, not the code that it ran: the whole module has to go. */
export class EngineFailed extends Error {}

/** A new engine; some 20 ms. Sandboxes of one engine share its memory and nothing else. */
export function loadEngine(): Promise<QuickJSWASMModule> {
  return newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-wasmfile-release-sync'));
}

/** Codecs are written for several hosts; those for modules say `export` before a function. */
const plain = (source: string) =>
  source.replace(/^[ \t]*export\s+(?:default\s+)?(?=(?:async\s+)?function\b|const\b|let\b|var\b)/gm, '');

/** Milliseconds that this thread has computed. */
function computed(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** One codec alone in a runtime and a context of its own, kept warm. Not to be used again once `spent`. */
export class Sandbox {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  #call: QuickJSHandle | undefined;
  /** Counted from the first interrupt of a call, 0 before it: short calls have none. */
  #deadline = 0;
  #allowed = 0;
  #overdue = false;
  /** What it ran has left it in a state that nobody knows. */
  spent = false;
  /** Why the code cannot be called at all. */
  readonly broken: string | undefined;

  /** `beat` is called now and then while it runs. */
  constructor(
    engine: QuickJSWASMModule,
    { name, source, beat }: { name: string; source: string; beat: () => void },
  ) {
    this.#runtime = engine.newRuntime({
      memoryLimitBytes: MEMORY_BYTES,
      maxStackSizeBytes: STACK_BYTES,
      interruptHandler: () => {
        beat();
        const now = computed();
        this.#deadline ||= now + this.#allowed;
        this.#overdue ||= now > this.#deadline;
        return this.#overdue;
      },
    });
    this.#context = this.#runtime.newContext();
    this.broken = this.#guarded(LOAD_MS, () => this.#load(name, source));
  }

  /** Whether it can be called at all. */
  loaded(): CodecResult {
    return this.broken === undefined ? { data: {} } : { error: this.broken };
  }

  run(input: CodecInput): CodecResult {
    const call = this.#call;
    if (this.broken !== undefined || call === undefined) return { error: this.broken ?? 'not loaded' };
    const context = this.#context;
    let output: CodecResult = { error: 'it did not run' };
    const failure = this.#guarded(CALL_MS, () => {
      const given = context.newString(JSON.stringify(input));
      const result = context.callFunction(call, context.undefined, given);
      given.dispose();
      if (result.error) return this.#told(result.error);
      output = this.#read(result.value);
      result.value.dispose();
      return undefined;
    });
    return failure === undefined ? output : { error: failure };
  }

  dispose(): void {
    this.#guarded(CALL_MS, () => {
      this.#call?.dispose();
      this.#context.dispose();
      this.#runtime.dispose();
      return undefined;
    });
  }

  #load(name: string, source: string): string | undefined {
    const context = this.#context;
    const parts: readonly (readonly [string, string])[] = [
      [PRELUDE, 'host.js'],
      [plain(source), name],
    ];
    for (const [code, file] of parts) {
      const loaded = context.evalCode(code, file, { type: 'global' });
      if (loaded.error) return this.#told(loaded.error);
      loaded.value.dispose();
    }
    const caller = context.evalCode(callerOf(MAX_OUTPUT_CHARACTERS), 'host.js', { type: 'global' });
    if (caller.error) return this.#told(caller.error);
    if (context.typeof(caller.value) !== 'function') {
      caller.value.dispose();
      return 'it has none of decodeUplink(input), Decode(fPort, bytes, variables), Decoder(bytes, port)';
    }
    this.#call = caller.value;
    return undefined;
  }

  #read(value: QuickJSHandle): CodecResult {
    const context = this.#context;
    const kind = context.typeof(value);
    if (kind === 'number') return { error: `it returned more than ${MAX_OUTPUT_CHARACTERS} characters` };
    if (kind !== 'string') return { error: 'it returned nothing' };
    return readOutput(context.getString(value));
  }

  /** What was thrown, with the line where that is told. Reading it may run the codec's own code, so it has the same deadline. */
  #told(error: QuickJSHandle): string {
    if (this.#overdue) {
      error.dispose();
      return `stopped after ${this.#allowed} ms`;
    }
    const told = this.#context.dump(error) as unknown;
    error.dispose();
    if (typeof told !== 'object' || told === null) return `it threw ${String(told)}`.slice(0, MAX_ERROR);
    const { name = 'Error', message = '', stack = '' } = told as Record<string, unknown>;
    if (/InternalError/.test(String(name)) || /out of memory|stack overflow/.test(String(message)))
      this.spent = true;
    const [, line] = /:(\d+)(?::\d+)?\)?\s*$/m.exec(String(stack)) ?? [];
    return `${line === undefined ? '' : `line ${line}: `}${String(name)}: ${String(message)}`.slice(
      0,
      MAX_ERROR,
    );
  }

  /** Runs inside the deadline. An exception of the host's own means that the engine is corrupt. */
  #guarded(allowed: number, work: () => string | undefined): string | undefined {
    this.#allowed = allowed;
    this.#deadline = 0;
    this.#overdue = false;
    try {
      return work();
    } catch (error) {
      throw new EngineFailed(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      if (this.#overdue) this.spent = true;
    }
  }
}
