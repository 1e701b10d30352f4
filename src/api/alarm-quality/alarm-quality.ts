import { AppError } from '../../platform/errors.ts';
import { localTime } from '../../platform/local-time.ts';
import type { AlarmPoint, AlarmQuality } from '../alarm-quality-schemas.ts';
import { type Scope, visibleTo } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { readAlarmPeople } from '../stores/alarm-names-store.ts';
import type { Period } from './alarm-rate.ts';
import { type Gathered, gather, type Wanted } from './gather.ts';
import { type PointFigures, type Report, reportOf } from './report.ts';

const DAY_MS = 24 * 3_600_000;
const DEFAULT_MS = 7 * DAY_MS;
const LONGEST_MS = 92 * DAY_MS;

/** A period asked for: the seven days up to now where nothing is said. Throws REPORT_BAD_PERIOD (400). */
export function periodOf(asked: { from?: number | undefined; to?: number | undefined }, now: number): Period {
  const to = Math.min(asked.to ?? now, now);
  const from = asked.from ?? to - DEFAULT_MS;
  if (to <= from || to - from > LONGEST_MS) {
    throw new AppError('REPORT_BAD_PERIOD', 'a period ends after it begins and lasts 92 days at most');
  }
  return { from, to };
}

/** The report as the API answers it: with names, of what this reader sees. */
export async function alarmQuality(
  deps: Pick<ApiDeps, 'database' | 'clock' | 'timeZone' | 'rules'>,
  scope: Scope,
  wanted: Wanted,
): Promise<AlarmQuality> {
  const { database, timeZone } = deps;
  const now = deps.clock.now();
  const gathered = await gather(database.db, wanted, { visible: visibleTo(scope), now });
  const report = await reportOf({ ...gathered, now, time: localTime(timeZone) });
  const people = await readAlarmPeople(
    database.db,
    report.workers.map(({ key }) => key),
  );
  const nameOf = (id: number) => people.get(id)?.name ?? String(id);
  const { received } = report;
  return {
    ...report,
    from: wanted.from,
    to: wanted.to,
    now,
    timeZone,
    received: {
      ...received,
      floods: received.floods.map((flood) => ({ ...flood, name: nameOf(flood.accountId) })),
    },
    workers: report.workers.map((one) => ({
      ...one,
      name: nameOf(one.key),
      roles: people.get(one.key)?.roles ?? [],
    })),
    ...named(report, gathered, deps.rules()),
  };
}

function named(report: Report, { devices, grids }: Gathered, rules: ReturnType<ApiDeps['rules']>) {
  const deviceName = (id: number | null) => (id === null ? null : (devices.get(id)?.name ?? null));
  const withName = (point: PointFigures): AlarmPoint => ({ ...point, name: deviceName(point.deviceId) });
  return {
    topTen: report.topTen.map(withName),
    chattering: report.chattering.map(withName),
    stale: {
      ...report.stale,
      alarms: report.stale.alarms.map(
        ({ id, rule, kind, severity, nativeId, firedAt, resolvedAt, deviceId }) => ({
          ...{ id, rule, kind, severity, nativeId, firedAt, resolvedAt },
          name: deviceName(deviceId),
        }),
      ),
    },
    grids: report.grids.map((one) => ({
      ...one,
      name: one.key === null ? null : (grids.get(one.key)?.name ?? null),
    })),
    rules: report.rules.map((one) => ({
      ...one,
      title: rules.find(({ name }) => name === one.key)?.title ?? null,
    })),
  };
}
