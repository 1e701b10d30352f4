import type { AlertChange } from '../model/alerts.ts';
import type { DownlinkCommand, Protocol } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logging.ts';
import { commonSpelling } from './command-store.ts';
import { canSay } from './commands.ts';
import { type BandCommand, queueUnlessRecent } from './downlink-store.ts';

/** A second press within this time asks for nothing that is under way. */
const AGAIN_AFTER_MS = 2 * 60_000;
const wishes: readonly DownlinkCommand[] = [{ kind: 'locate_now' }, { kind: 'measure', what: 'heart_rate' }];

export interface RescueCommands {
  /** To be called once the alerts are committed; never rejects: who helps her does not wait for her wristband. */
  ask(changes: readonly AlertChange[]): Promise<void>;
}

/** When she presses SOS or falls, her wristband is asked where she is and how her heart beats. */
export function createRescueCommands(deps: {
  database: Database;
  clock: Clock;
  log: Logger;
  protocols: ReadonlyMap<string, Protocol>;
}): RescueCommands {
  const { database, clock, log, protocols } = deps;
  return {
    async ask(changes) {
      const commands = changes.flatMap((change) => commandsFor(change, protocols));
      if (commands.length === 0) return;
      try {
        await queueUnlessRecent(database.db, commands, { now: clock.now(), againAfterMs: AGAIN_AFTER_MS });
      } catch (error) {
        log.error({ err: error }, 'wristbands were not asked where their wearers are');
      }
    },
  };
}

function commandsFor(change: AlertChange, protocols: ReadonlyMap<string, Protocol>): BandCommand[] {
  const { deviceId, subjectId, nativeId, evidence, late, state } = change;
  const protocol = protocols.get(change.protocol);
  const isPress = evidence.signal === 'sos' || evidence.signal === 'fall';
  if (!isPress || late || state !== 'firing' || change.consequence !== 'incident') return [];
  if (!protocol || deviceId === undefined || subjectId === undefined) return [];
  return wishes
    .filter((command) => canSay(protocol, command, nativeId))
    .map((command) => ({
      protocol: protocol.name,
      nativeId: commonSpelling(protocol, nativeId),
      spokenAs: nativeId,
      deviceId,
      command,
    }));
}
