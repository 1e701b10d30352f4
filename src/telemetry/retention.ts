import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import {
  dayOf,
  dropPartitionsBefore,
  ensureDayPartitions,
  listDayPartitions,
} from '../platform/day-partitions-store.ts';
import type { Logger } from '../platform/logging.ts';
import { deleteOldRows, keepUplinks } from './retention-store.ts';

const DAY_MS = 86_400_000;

/** DESIGN.md, promise 7: raw uplinks, vitals and positions (in PostgreSQL), what belongs to an incident or a ticket, the access log. */
const KEEP_DAYS = {
  uplinks: 30,
  readings: 90,
  notices: 90,
  inbox: 30,
  shadowAlerts: 90,
  incidents: 3 * 365,
  tickets: 3 * 365,
  audit: 3 * 365,
};

/** Readings may be a week old when they come (DESIGN.md, "ingest"), and a day may begin while nobody looks. */
const READING_DAYS = { back: 8, ahead: 2 };

export interface Retention {
  /** Makes the partitions that are needed today and in the next days; before anything is written, and part of `sweep`. */
  ensureDays(): Promise<void>;
  /** About once an hour: makes days, keeps what belongs to incidents and tickets, deletes what is too old. */
  sweep(): Promise<void>;
}

/** Incidents and tickets with their time lines and breaches are kept; series in InfluxDB end by the retention of its bucket. */
export function createRetention(deps: { database: Database; clock: Clock; log: Logger }): Retention {
  const { clock, log } = deps;
  const { db } = deps.database;
  const ensureDays = async (): Promise<void> => {
    const today = dayOf(clock.now());
    await ensureDayPartitions(db, 'uplinks', today - 1, today + READING_DAYS.ahead);
    await ensureDayPartitions(db, 'readings', today - READING_DAYS.back, today + READING_DAYS.ahead);
  };
  return {
    ensureDays,
    async sweep() {
      await ensureDays();
      const now = clock.now();
      const firstUplinks = dayOf(now) - KEEP_DAYS.uplinks;
      const [oldest] = await listDayPartitions(db, 'uplinks');
      if (oldest !== undefined && oldest < firstUplinks) {
        const span = { from: oldest * DAY_MS, end: firstUplinks * DAY_MS };
        await keepUplinks(db, 'incident', span);
        await keepUplinks(db, 'ticket', span);
      }
      const uplinks = await dropPartitionsBefore(db, 'uplinks', firstUplinks);
      const readings = await dropPartitionsBefore(db, 'readings', dayOf(now) - KEEP_DAYS.readings);
      const ago = (days: number): number => now - days * DAY_MS;
      await deleteOldRows(db, {
        incidents: ago(KEEP_DAYS.incidents),
        tickets: ago(KEEP_DAYS.tickets),
        audit: ago(KEEP_DAYS.audit),
        notices: ago(KEEP_DAYS.notices),
        inbox: ago(KEEP_DAYS.inbox),
        shadowAlerts: ago(KEEP_DAYS.shadowAlerts),
        lifeKeys: now,
      });
      if (uplinks.length + readings.length > 0) log.info({ uplinks, readings }, 'old days dropped');
    },
  };
}
