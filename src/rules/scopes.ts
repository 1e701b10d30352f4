import type { Reading } from '../model/readings.ts';
import type { Scope } from './rule-index.ts';

/**
 * Whose states are kept together: a device by its id, an asset by its id negated, so that the usual case needs no text. In the database
 * they are `12` and `asset:12`, with `/<channel>` behind them for one channel.
 */
export type Holder = number;

export function holderOf(scope: Scope, reading: Pick<Reading, 'deviceId' | 'assetId' | 'subjectId'>): Holder {
  // What a wearer's device says is read in the partition of the wearer, not in that of the asset.
  if (scope !== 'asset' || reading.assetId === undefined || reading.subjectId !== undefined)
    return reading.deviceId;
  return -reading.assetId;
}

const ASSET = 'asset:';

export const holderKey = (holder: Holder): string => (holder < 0 ? `${ASSET}${-holder}` : String(holder));

export const scopeKey = (holder: Holder, channel: string | undefined): string =>
  channel === undefined ? holderKey(holder) : `${holderKey(holder)}/${channel}`;

/** The opposite of `scopeKey`. */
export function readScope(scope: string): { holder: Holder; channel: string | undefined } {
  const slash = scope.indexOf('/');
  const key = slash < 0 ? scope : scope.slice(0, slash);
  const channel = slash < 0 ? undefined : scope.slice(slash + 1);
  const holder = key.startsWith(ASSET) ? -Number(key.slice(ASSET.length)) : Number(key);
  return { holder, channel };
}
