import { definitionOf, isSignal } from '../model/signals.ts';

/** The unit in which every reading of a signal is given; null where it has none. */
export const unitOf = (signal: string): string | null =>
  isSignal(signal) ? (definitionOf(signal).unit ?? null) : null;
