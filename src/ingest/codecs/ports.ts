import type { Payload, PayloadReading } from '../../model/uplinks.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Bilingual, Problem } from '../../platform/problem.ts';

/** A fault in an operator's map: where in the file, and what. */
export interface MapFault {
  path: readonly (string | number)[];
  message: Bilingual;
}

/** Every fault of the map of one model; none where it may be used. */
export type MapCheck = (value: unknown) => readonly MapFault[];

export interface CodecFolderDeps {
  /** It need not exist: what is put there later is taken up. */
  dir: string;
  clock: Clock;
  log: Logger;
  /** What a map must look like, by the first folder below `dir` in which it stands; `''` for all others. */
  checks?: Readonly<Record<string, MapCheck>>;
}

/** The operator's own files: payload codecs (`*.js`) and maps (`*.yaml`, `*.json`), each for the models that it names. */
export interface CodecFolder {
  /**
   * What the files make of a payload: `data` of the codec, or `error` why it gave none, and the map. The first model for which there is a
   * file counts, the registered one before those that the message tells. Undefined at once where there is none, so that nobody waits;
   * never rejects, and always answers within some seconds, whatever a codec does.
   */
  resolve(payload: Payload, registeredModel?: string): Promise<PayloadReading | undefined> | undefined;
  /** The map for one model, for protocols that ask instead of listening; undefined where there is none. */
  mapOf(model: string): unknown;
  /** What is wrong with the files as they are now; the last good version of each goes on. */
  problems(): readonly Problem[];
  /** Reads what has changed; it happens by itself every few seconds. */
  rescan(): Promise<void>;
  close(): Promise<void>;
}
