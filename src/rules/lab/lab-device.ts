import type { Home, Reading } from '../../model/readings.ts';

/** A device as a backtest needs it: what each of its readings says besides the value. */
export interface LabDevice {
  id: number;
  /** Without the home, which only locations carry. */
  reading: Omit<Reading, 'signal' | 'value' | 'observedAt' | 'receivedAt' | 'home'>;
  home?: Home;
  /** What it read before is not the wearer's. */
  assignedAt?: number;
  /** The grid whose workers are asked. */
  gridId?: number;
  /** Silence that is usual for it. */
  expectedEveryMs: number;
}

/**
 * Devices that must be played together, because they watch the same wearer or asset: their readings meet in one rule, or an alert of one
 * inhibits that of another. Each group is played by itself, so that groups may be played at the same time.
 */
export function groupDevices(devices: readonly LabDevice[]): LabDevice[][] {
  const groups = new Map<string, LabDevice[]>();
  const join = (into: LabDevice[], from: LabDevice[]): void => {
    into.push(...from);
    for (const [key, group] of groups) if (group === from) groups.set(key, into);
  };
  for (const device of devices) {
    const { subjectId, assetId } = device.reading;
    const keys = [
      ...(subjectId === undefined ? [] : [`s${subjectId}`]),
      ...(assetId === undefined ? [] : [`a${assetId}`]),
    ];
    const group: LabDevice[] = [device];
    for (const known of new Set(keys.map((key) => groups.get(key)))) if (known) join(group, known);
    for (const key of keys.length > 0 ? keys : [`d${device.id}`]) groups.set(key, group);
  }
  return [...new Set(groups.values())]
    .map((group) => group.sort((a, b) => a.id - b.id))
    .sort((a, b) => (a[0] as LabDevice).id - (b[0] as LabDevice).id);
}
