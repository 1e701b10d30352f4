import type { Location, NetworkScan } from '../../src/model/signals.ts';
import type { Fact } from './status.ts';

/** What a frame said. Times are as the device's clock shows them. */
export interface Content {
  facts: Fact[];
  location?: Location | undefined;
  scan?: NetworkScan | undefined;
  clock?: number | undefined;
  /** Stored while there was no connection. */
  buffered?: boolean;
  reasons: string[];
}

export function nothing(): Content {
  return { facts: [], reasons: [] };
}
