import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { isSignal } from '../../model/signals.ts';
import { AppError } from '../../platform/errors.ts';
import { readLatest } from '../../telemetry/latest-store.ts';
import type { Scope } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { mustSeeDevice } from '../devices.ts';
import { deviceSeriesQuerySchema } from '../request-schemas.ts';
import { latestReadingSchema, seriesSchema } from '../schemas.ts';
import { scopeOf } from '../session-guard.ts';
import type { DeviceRow } from '../stores/device-view-store.ts';
import { unitOf } from '../units.ts';
import { answers, idParams, typed } from './route.ts';

const tags = ['devices'];
/** Points of a chart; more would not be seen. */
const MOST_POINTS = 600;

/** What a device of a building measures. A wearer's readings are read of her, with what that needs. */
export function registerDeviceReadings(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/devices/:id/latest',
    {
      schema: {
        tags,
        summary: 'Latest readings of a device that nobody wears',
        params: idParams,
        response: answers(z.array(latestReadingSchema)),
      },
    },
    async (request) => {
      const device = await mustRead(deps, await scopeOf(request, deps), request.params.id);
      const latest = await readLatest(deps.database.db, [device.id]);
      return latest.map(({ deviceId: _of, ...reading }) => ({ ...reading, unit: unitOf(reading.signal) }));
    },
  );
  api.get(
    '/api/devices/:id/series',
    {
      schema: {
        tags,
        summary: 'One signal of a device that nobody wears over a time, thinned so that extremes stay',
        params: idParams,
        querystring: deviceSeriesQuerySchema,
        response: answers(seriesSchema),
      },
    },
    async (request) => {
      const { signal, channel, from, to } = request.query;
      if (!isSignal(signal) || from >= to)
        throw new AppError('SERIES_BAD_QUERY', 'no such signal, or the time ends before it begins', {
          details: { signal },
        });
      const device = await mustRead(deps, await scopeOf(request, deps), request.params.id);
      const since = Math.max(from, device.assigned_at ?? 0);
      const query = { deviceIds: [device.id], signal, from: since, to, maxPoints: MOST_POINTS };
      const points =
        since < to
          ? await deps.telemetry.series({ ...query, ...(channel === undefined ? {} : { channel }) })
          : [];
      return { signal, unit: unitOf(signal), points };
    },
  );
}

/** Throws NOT_FOUND, and DEVICE_WORN (403) for one that somebody wears. */
async function mustRead(deps: ApiDeps, scope: Scope, id: number): Promise<DeviceRow> {
  const device = await mustSeeDevice(deps, scope, id);
  if (device.subject_id !== null)
    throw new AppError('DEVICE_WORN', 'its readings are those of who wears it', { status: 403 });
  return device;
}
