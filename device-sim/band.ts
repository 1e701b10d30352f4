import type { Journal } from './journal.ts';
import type { Noise } from './noise.ts';
import type { Situation, Snapshot } from './snapshot.ts';
import type { SimTime } from './time.ts';
import type { AlarmKind } from './watch-frames.ts';
import type { Wearer } from './wearer.ts';

export type { AlarmKind } from './watch-frames.ts';

/** A wristband that is switched on, whatever language it speaks. */
export interface Band {
  readonly id: string;
  readonly protocol: 'watch' | 'native';
  readonly name?: string;
  readonly wearer: Wearer;
  /** Changed by the scenario; read with every message. */
  readonly situation: Situation;
  start(): void;
  stop(): Promise<void>;
  /** Tells an alarm and repeats it until it is answered. `onAnswered` is called once. */
  alarm(kind: AlarmKind, onAnswered?: () => void): Snapshot;
  /** Where she is; kept and sent late while there is no network. */
  report(): void;
  /** Measures everything and tells it; lost while there is no network, as the band has nowhere to keep it. */
  measure(): void;
  /** A state changed that the next keep-alive or report would tell too late. */
  tellState(): void;
  loseSignal(forMs: number): void;
}

/** What all bands of one run share. */
export interface Surroundings {
  time: SimTime;
  noise: Noise;
  journal: Journal;
}
