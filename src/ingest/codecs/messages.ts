import type { CodecInput } from './sandbox.ts';
import type { CodecResult } from './shape.ts';

/** One payload for one codec; `codec` is unique for its source. */
export interface CodecCall {
  /** Counted from 1. */
  id: number;
  codec: string;
  /** Absent where it is only to be loaded. */
  input?: CodecInput;
}

/** Parent to worker: calls in order, and the sources that the worker has not seen yet. */
export interface CodecBatch {
  sources: readonly { codec: string; source: string }[];
  forget: readonly string[];
  calls: readonly CodecCall[];
}

/** Worker to parent. What is not answered was not run: after a call that had to be stopped the rest is given back. */
export interface CodecAnswers {
  answers: readonly { id: number; result: CodecResult; stopped: boolean }[];
  /** The engine is corrupt: the thread has to end. */
  corrupt: boolean;
}

/** What the worker is started with: two cells, the id of the call under way (0 between calls) and a count that grows while it is interpreted. */
export interface CodecWorkerData {
  progress: SharedArrayBuffer;
}
