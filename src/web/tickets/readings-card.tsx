import { lazy, Suspense, useMemo } from 'react';
import type { TicketReadings } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import type { ChartMark } from '../ui/chart.tsx';
import { Fetched } from '../ui/states.tsx';
import { Card } from '../ui/surface.tsx';
import { measureText, stateText, valueText } from './evidence.ts';

const Chart = lazy(() => import('../ui/chart.tsx').then((module) => ({ default: module.Chart })));

type Series = TicketReadings['series'][number];

/** More than this many charts stand behind a button. */
const SHOWN_AT_ONCE = 4;
const BLUE = '#0b57d0';
const RED = '#b3151b';
const GREEN = '#146c2e';

interface ReadingsCardProps {
  ticketId: number;
  recoveredAt: number | null;
}

/** What the devices of the place measured around the fault. */
export function ReadingsCard({ ticketId, recoveredAt }: ReadingsCardProps) {
  const { t } = useDisplay();
  const query = useQuery(`ticket-readings-${ticketId}`, () => api.ticketReadings(ticketId), {
    topics: ['ticket'],
    pollMs: 60_000,
  });
  return (
    <Card title={t('readings.title')} icon="pulse">
      <Fetched query={query}>
        {(readings) => <Readings readings={readings} recoveredAt={recoveredAt} />}
      </Fetched>
    </Card>
  );
}

function Readings({ readings, recoveredAt }: { readings: TicketReadings; recoveredAt: number | null }) {
  const { t } = useDisplay();
  const measured = readings.series.filter((one) => one.points.length > 0);
  const { faultAt } = readings;
  const marks: readonly ChartMark[] = useMemo(
    () => [
      { at: faultAt, color: RED, label: t('readings.fault') },
      ...(recoveredAt === null ? [] : [{ at: recoveredAt, color: GREEN, label: t('readings.recovered') }]),
    ],
    [faultAt, recoveredAt, t],
  );
  if (measured.length === 0 && readings.events.length === 0)
    return <p className="text-small text-muted">{t('readings.none')}</p>;
  const charts = measured.map((series) => (
    <SeriesChart
      key={`${series.deviceId}-${series.signal}-${series.channel}`}
      series={series}
      readings={readings}
      marks={marks}
    />
  ));
  const more = charts.slice(SHOWN_AT_ONCE);
  return (
    <div className="grid min-w-0 gap-4">
      {charts.slice(0, SHOWN_AT_ONCE)}
      {more.length > 0 && (
        <details className="min-w-0">
          <summary className="tap-small flex items-center text-small font-semibold text-action">
            {t('readings.more', { count: more.length })}
          </summary>
          <div className="grid min-w-0 gap-4">{more}</div>
        </details>
      )}
      <Events events={readings.events} />
    </div>
  );
}

interface SeriesChartProps {
  series: Series;
  readings: TicketReadings;
  marks: readonly ChartMark[];
}

/** Numbers that have no unit and are 0 or 1 throughout are states. */
function isState(series: Series): boolean {
  return series.unit === null && series.points.every(({ value }) => value === 0 || value === 1);
}

function SeriesChart({ series, readings, marks }: SeriesChartProps) {
  const display = useDisplay();
  const { t, word, locale } = display;
  const { signal, channel, points } = series;
  const off = stateText(signal, false, display);
  const on = stateText(signal, true, display);
  const asState = isState(series);
  const lines = useMemo(() => [{ label: signal, color: BLUE, points }], [signal, points]);
  const states = useMemo(() => (asState ? ([off, on] as const) : undefined), [asState, off, on]);
  const values = points.map((point) => point.value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = useMemo(
    () => (asState ? ([-0.15, 1.15] as const) : roomAround(low, high)),
    [asState, low, high],
  );
  const last = values.at(-1) ?? 0;
  const words = asState
    ? stateText(signal, last === 1, display)
    : t('readings.range', {
        last: measureText(signal, last, display),
        low: measureText(signal, low, display),
        high: measureText(signal, high, display),
      });
  const name = `${word('signal', signal)}${channel ? ` ${word('line', channel)}` : ''}`;
  return (
    <section className="min-w-0" aria-label={`${series.deviceName} · ${name}`}>
      <h3 className="flex flex-wrap justify-between gap-x-3 text-small">
        <span className="font-semibold">{name}</span>
        <span className="text-muted">{series.deviceName}</span>
      </h3>
      <p className="tnum text-fine text-muted">{words}</p>
      <Suspense fallback={<div className="breathe h-24 rounded-chip bg-sunken" />}>
        <Chart
          lines={lines}
          from={readings.from}
          to={readings.to}
          label={`${name}: ${words}`}
          locale={locale}
          atLeast={span}
          marks={marks}
          {...(states ? { states } : {})}
        />
      </Suspense>
    </section>
  );
}

/** A little more than what was measured, so that a calm line does not look wild and no line lies on the frame. */
function roomAround(low: number, high: number): readonly [number, number] {
  const room = Math.max((high - low) * 0.15, Math.abs(high) * 0.05, 0.5);
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

/** Breaker positions and faults, the latest first. */
function Events({ events }: { events: TicketReadings['events'] }) {
  const display = useDisplay();
  const { t, word, format } = display;
  const now = useNow(60_000);
  if (events.length === 0) return null;
  return (
    <section aria-label={t('readings.events')}>
      <h3 className="mb-1 text-small font-semibold">{t('readings.events')}</h3>
      <ul className="divide-y divide-line text-small">
        {events.slice(0, 30).map((event) => (
          <li
            key={`${event.at}-${event.deviceId}-${event.signal}-${event.channel}`}
            className="flex flex-wrap justify-between gap-x-3 py-1.5"
          >
            <span className="min-w-0">
              <span className="font-semibold">{word('signal', event.signal)}</span>{' '}
              {valueText(event.signal, event.value, display)}
              {event.origin !== 'live' && (
                <span className="text-muted"> · {word('origin', event.origin)}</span>
              )}
            </span>
            <span className="tnum text-fine text-muted">
              {event.deviceName} · {format.moment(event.at, now)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
