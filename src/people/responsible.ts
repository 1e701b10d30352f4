import type { Location } from '../model/signals.ts';
import type { GridIndex, Point } from './grid-index.ts';

/** Up to this age the last known location counts as where she is; older, her home is the better guess. */
export const FIX_FRESH_MS = 30 * 60_000;

/** What is known of a wearer's place, apart from the event itself. */
export interface Whereabouts {
  lastKnown: (Location & { observedAt: number }) | null;
  home: Point | null;
  homeGridId: number | null;
  /** Of the device's registration. */
  deviceGridId: number | null;
  /** What it watches, where nobody wears it. */
  asset: WatchedAsset | null;
}

/** An asset with what it has of its own, else of those that it stands in. */
export interface WatchedAsset {
  id: number;
  gridId: number | null;
  companyId: number | null;
  /** Names from the estate down. */
  title: string;
  address: string | null;
  point: Point | null;
}

export interface Responsible {
  gridId: number | null;
  /** What the grid was found from. */
  by: 'fix' | 'home' | 'registration' | 'none';
  /** There was a fix, but no grid holds it. */
  fixOutside: boolean;
}

/**
 * The grid from the fix of the event or a recent one, else from her home, else from the asset or the device itself, else from an old
 * fix.
 */
export function findResponsible(
  index: GridIndex,
  where: Whereabouts & { fix?: Point | undefined },
  now: number,
): Responsible {
  const { lastKnown } = where;
  const isRecent = lastKnown !== null && now - lastKnown.observedAt <= FIX_FRESH_MS;
  const fix = where.fix ?? (isRecent ? lastKnown : null);
  const byFix = fix && index.at(fix);
  if (byFix) return { gridId: byFix, by: 'fix', fixOutside: false };
  const fixOutside = fix !== null;
  const byHome = (where.home && index.at(where.home)) ?? where.homeGridId;
  if (byHome) return { gridId: byHome, by: 'home', fixOutside };
  const { asset } = where;
  const byAsset = asset && (asset.gridId ?? (asset.point && index.at(asset.point)));
  const registered = byAsset ?? where.deviceGridId;
  if (registered) return { gridId: registered, by: 'registration', fixOutside };
  const byOldFix = lastKnown && index.at(lastKnown);
  return byOldFix ? { gridId: byOldFix, by: 'fix', fixOutside } : { gridId: null, by: 'none', fixOutside };
}
