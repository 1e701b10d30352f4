import { HttpError, InfluxDB, type Transport } from '@influxdata/influxdb-client';
import { z } from 'zod';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import { MEASUREMENT, tagValue, toLine } from './line-protocol.ts';
import {
  bucketWidthMs,
  type EventPoint,
  type EventQuery,
  restored,
  type SeriesPoint,
  type SeriesQuery,
  type TelemetryStore,
} from './telemetry.ts';

export interface InfluxOptions {
  url: string;
  token: string;
  org: string;
  bucket: string;
  log: Logger;
  timeoutMs?: number;
}

const LINES_PER_REQUEST = 5_000;
/** The points themselves are refused: their type, their age, the size of the body. */
const REFUSED = new Set([400, 413, 422]);

/**
 * Telemetry in InfluxDB: written by the v2 API, read by InfluxQL at `/query`, which InfluxDB 1, 2 and 3 answer (2 maps a bucket to the
 * database of the same name). Each write is one request whose answer is awaited; the client's own buffer and retries are not used, because they
 * say "done" before the server has.
 */
export function createInfluxStore(options: InfluxOptions): TelemetryStore {
  const transport = new InfluxDB({
    url: options.url,
    timeout: options.timeoutMs ?? 8_000,
    ...(options.token ? { token: options.token } : {}),
  }).transport;
  const writer = createLineWriter(transport, options);
  return {
    transactional: false,
    async write(batch) {
      for (let start = 0; start < batch.length; start += LINES_PER_REQUEST) {
        await writer(batch.slice(start, start + LINES_PER_REQUEST).map(toLine));
      }
    },
    series: (query) => readSeries(transport, options.bucket, query),
    events: (query) => readEvents(transport, options.bucket, query),
  };
}

/**
 * A refused batch is halved until the refused points are alone: they are logged and left out, or they would hold up everything behind them. A
 * server that has accepted nothing yet is not believed: then it is the settings that are wrong, and nothing is left out.
 */
function createLineWriter(transport: Transport, options: InfluxOptions): (lines: string[]) => Promise<void> {
  const { org, bucket, log } = options;
  const path = `/api/v2/write?${new URLSearchParams({ org, bucket, precision: 'ms' })}`;
  let accepted = false;
  return async function write(lines) {
    try {
      await send(transport, path, lines.join('\n'));
      accepted = true;
    } catch (error) {
      const cause = error instanceof AppError ? error.cause : undefined;
      if (!(cause instanceof HttpError) || !REFUSED.has(cause.statusCode)) throw error;
      if (lines.length === 1) {
        if (!accepted) throw error;
        log.error({ err: cause, line: lines[0] }, 'InfluxDB refused a point for good');
        return;
      }
      const half = Math.ceil(lines.length / 2);
      await write(lines.slice(0, half));
      await write(lines.slice(half));
    }
  };
}

async function readSeries(transport: Transport, bucket: string, query: SeriesQuery): Promise<SeriesPoint[]> {
  if (query.deviceIds.length === 0) return [];
  const channel = query.channel === undefined ? '' : ` and "channel" = ${literal(tagValue(query.channel))}`;
  const where = `${fromPoints({ ...query, signals: [query.signal] })}${channel}`;
  const points = async (statements: string[]) => numbers(await select(transport, bucket, statements));
  const all = await points([`select "number" ${where} limit ${query.maxPoints + 1}`]);
  if (all.length <= query.maxPoints) return inOrder(all);
  const group = `group by time(${bucketWidthMs(query)}ms)`;
  const lowest = `select bottom("number", 1) ${where} ${group}`;
  const highest = `select top("number", 1) ${where} ${group}`;
  return inOrder(withoutRepeats(await points([lowest, highest])));
}

async function readEvents(transport: Transport, bucket: string, query: EventQuery): Promise<EventPoint[]> {
  if (query.deviceIds.length === 0 || query.signals.length === 0) return [];
  const fields = '"text", "origin", "device", "signal", "channel"';
  const statement = `select ${fields} ${fromPoints(query)} order by time desc limit ${Math.trunc(query.most)}`;
  const rows = await select(transport, bucket, [statement]);
  return rows
    .map(([at, text, origin, device, signal, channel]) => ({
      at: Number(at),
      deviceId: Number(device),
      signal: String(signal),
      origin: String(origin) as EventPoint['origin'],
      ...restored(String(signal), String(channel ?? ''), parseJson(String(text))),
    }))
    .filter((point) => point.value !== undefined);
}

/** The part of a select that says of which points. */
function fromPoints(query: Pick<EventQuery, 'deviceIds' | 'signals' | 'from' | 'to'>): string {
  const devices = query.deviceIds.map((id) => `"device" = '${Math.trunc(id)}'`).join(' or ');
  const signals = query.signals.map((signal) => `"signal" = '${signal}'`).join(' or ');
  return `from "${MEASUREMENT}" where (${devices}) and (${signals})
    and time >= ${Math.trunc(query.from)}ms and time < ${Math.trunc(query.to)}ms`;
}

const literal = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`;

function numbers(rows: readonly unknown[][]): SeriesPoint[] {
  return rows.flatMap(([at, value]) =>
    typeof value === 'number' && typeof at === 'number' ? [{ at, value }] : [],
  );
}

const answerSchema = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z.array(z.object({ values: z.array(z.array(z.unknown())) })).optional(),
    }),
  ),
});

/** Runs InfluxQL selects; rows begin with their time. Throws TELEMETRY_UNAVAILABLE or TELEMETRY_QUERY_FAILED. */
async function select(transport: Transport, bucket: string, statements: string[]): Promise<unknown[][]> {
  const parameters = new URLSearchParams({ db: bucket, epoch: 'ms', q: statements.join('; ') });
  const text = await send(transport, `/query?${parameters}`, '');
  const answer = answerSchema.safeParse(typeof text === 'string' ? parseJson(text) : text);
  if (!answer.success)
    throw new AppError('TELEMETRY_QUERY_FAILED', 'InfluxDB gave an answer that is none', {
      status: 502,
      cause: answer.error,
    });
  const failed = answer.data.results.find((result) => result.error);
  if (failed) throw new AppError('TELEMETRY_QUERY_FAILED', `InfluxDB: ${failed.error}`, { status: 502 });
  return answer.data.results.flatMap((result) => result.series ?? []).flatMap((series) => series.values);
}

/** One request, one answer; a body makes it a POST. */
async function send(transport: Transport, path: string, body: string): Promise<unknown> {
  try {
    return await transport.request(path, body, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
  } catch (error) {
    const status = error instanceof HttpError ? ` (${error.statusCode})` : '';
    throw new AppError('TELEMETRY_UNAVAILABLE', `InfluxDB did not take or answer a request${status}`, {
      retryable: true,
      status: 503,
      cause: error,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const inOrder = (points: SeriesPoint[]): SeriesPoint[] =>
  points.sort((a, b) => a.at - b.at || a.value - b.value);

/** The lowest and the highest point of a bucket are one where it holds a single point. */
function withoutRepeats(points: SeriesPoint[]): SeriesPoint[] {
  return [...new Map(points.map((point) => [`${point.at} ${point.value}`, point])).values()];
}
