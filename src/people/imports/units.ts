import { findTwins, type Twin } from '../../devices/hardware-store.ts';
import { hardwareIdOf } from '../../model/hardware-id.ts';
import type { Queryable } from '../../platform/database.ts';

/** The physical units behind the lines of a file, and in which language each is registered or would be. */
export interface Units {
  /** The same unit in another language, in use or earlier in the file. */
  twinOf(device: Twin): Twin | undefined;
  add(device: Twin): void;
}

export async function readUnits(db: Queryable, devices: readonly Twin[]): Promise<Units> {
  const twins = new Map<string, ReadonlyMap<string, Twin>>();
  for (const [protocol, some] of Map.groupBy(devices, (device) => device.protocol)) {
    const nativeIds = some.map(({ nativeId }) => nativeId);
    twins.set(protocol, await findTwins(db, protocol, nativeIds));
  }
  const taken = new Map<string, Twin>();
  return {
    twinOf({ protocol, nativeId }) {
      const before = twins.get(protocol)?.get(nativeId) ?? taken.get(hardwareIdOf(nativeId) ?? '');
      return before?.protocol === protocol ? undefined : before;
    },
    add({ protocol, nativeId }) {
      const unit = hardwareIdOf(nativeId);
      if (unit !== undefined) taken.set(unit, { protocol, nativeId });
    },
  };
}
