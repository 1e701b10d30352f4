/** The thread in which operators' codecs run: one engine, a sandbox for each codec, the least used ones given up. */
import { parentPort, workerData } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import type { CodecAnswers, CodecBatch, CodecCall, CodecWorkerData } from './messages.ts';
import { EngineFailed, loadEngine, Sandbox } from './sandbox.ts';

const MAX_RESIDENT = 256;

const engine = await loadEngine();
const progress = new Int32Array((workerData as CodecWorkerData).progress);
const sources = new Map<string, string>();
const resident = new LRUCache<string, Sandbox>({
  max: MAX_RESIDENT,
  dispose: (sandbox) => sandbox.dispose(),
});

const beat = () => void Atomics.add(progress, 1, 1);

function sandboxOf(codec: string): Sandbox {
  const warm = resident.get(codec);
  if (warm) return warm;
  const sandbox = new Sandbox(engine, { name: 'codec.js', source: sources.get(codec) ?? '', beat });
  resident.set(codec, sandbox);
  return sandbox;
}

/** Runs one call; whether it had to be stopped, and the code cannot be trusted to end. */
function run({ codec, input }: CodecCall): Omit<CodecAnswers['answers'][number], 'id'> {
  const sandbox = sandboxOf(codec);
  const result = input ? sandbox.run(input) : sandbox.loaded();
  const stopped = sandbox.spent;
  if (stopped) resident.delete(codec);
  return { result, stopped };
}

function runAll(calls: readonly CodecCall[]): CodecAnswers {
  const answers: { id: number; result: CodecAnswers['answers'][number]['result']; stopped: boolean }[] = [];
  for (const call of calls) {
    Atomics.store(progress, 0, call.id);
    try {
      const answer = { id: call.id, ...run(call) };
      answers.push(answer);
      if (answer.stopped) return { answers, corrupt: false };
    } catch (error) {
      const reason = error instanceof EngineFailed ? error.message : String(error);
      answers.push({
        id: call.id,
        result: { error: `the engine failed: ${reason}`.slice(0, 300) },
        stopped: true,
      });
      return { answers, corrupt: true };
    } finally {
      Atomics.store(progress, 0, 0);
    }
  }
  return { answers, corrupt: false };
}

parentPort?.on('message', ({ sources: given, forget, calls }: CodecBatch) => {
  for (const codec of forget) {
    sources.delete(codec);
    resident.delete(codec);
  }
  for (const { codec, source } of given) sources.set(codec, source);
  parentPort?.postMessage(runAll(calls));
});
