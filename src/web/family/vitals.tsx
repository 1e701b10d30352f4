import { lazy, Suspense, useMemo, useState } from 'react';
import type { LatestReading, Series } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { type Display, useDisplay } from '../i18n/language.tsx';
import type { ChartLine } from '../ui/chart.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Empty } from '../ui/states.tsx';
import { Card } from '../ui/surface.tsx';

const Chart = lazy(() => import('../ui/chart.tsx').then((module) => ({ default: module.Chart })));

interface Vital {
  name: 'heart_rate' | 'spo2' | 'blood_pressure' | 'body_temperature' | 'steps';
  icon: IconName;
  signals: readonly string[];
  digits: number;
  /** What the axis shows at least. */
  span: readonly [number, number];
}

const vitals: readonly Vital[] = [
  { name: 'heart_rate', icon: 'heart', signals: ['heart_rate'], digits: 0, span: [50, 110] },
  { name: 'spo2', icon: 'drop', signals: ['spo2'], digits: 0, span: [88, 100] },
  { name: 'blood_pressure', icon: 'gauge', signals: ['systolic', 'diastolic'], digits: 0, span: [50, 170] },
  {
    name: 'body_temperature',
    icon: 'thermometer',
    signals: ['body_temperature'],
    digits: 1,
    span: [35.5, 38],
  },
  { name: 'steps', icon: 'steps', signals: ['steps'], digits: 0, span: [0, 500] },
];
const colors = ['#0b57d0', '#146c2e'] as const;

/** The wearer's vitals of today, one card each; only those that the band measures. */
export function Vitals({ subjectId, latest }: { subjectId: number; latest: readonly LatestReading[] }) {
  const { t } = useDisplay();
  const measured = vitals.filter((vital) =>
    vital.signals.some((signal) => latest.some((one) => one.signal === signal)),
  );
  if (measured.length === 0) {
    return (
      <Card title={t('vitals.title')} icon="pulse">
        <Empty icon="pulse" title={t('vitals.none')}>
          {t('vitals.noneNote')}
        </Empty>
      </Card>
    );
  }
  return (
    <section aria-label={t('vitals.title')} className="grid gap-3 middle:grid-cols-2">
      {measured.map((vital) => (
        <VitalCard key={vital.name} vital={vital} subjectId={subjectId} latest={latest} />
      ))}
    </section>
  );
}

function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}

interface VitalCardProps {
  vital: Vital;
  subjectId: number;
  latest: readonly LatestReading[];
}

function VitalCard({ vital, subjectId, latest }: VitalCardProps) {
  const display = useDisplay();
  const { t, format, word } = display;
  const now = useNow(60_000);
  const from = startOfDay(now);
  const series = useDaySeries(subjectId, vital, from);
  const newest = vital.signals.flatMap((signal) => latest.filter((one) => one.signal === signal));
  const value = newest.map((one) =>
    typeof one.value === 'number' ? format.number(one.value, vital.digits) : '–',
  );
  const [first] = newest;
  return (
    <Card>
      <div className="flex flex-wrap items-start justify-between gap-x-3">
        <h3 className="flex items-center gap-2 text-small font-semibold text-muted">
          <Icon name={vital.icon} size={20} />
          {t(`vital.${vital.name}`)}
        </h3>
        {first && <span className="text-fine text-muted">{format.ago(first.observedAt, now)}</span>}
      </div>
      <p className="tnum text-head font-bold">
        {value.join(' / ')}{' '}
        <span className="text-small font-medium text-muted">{word('unit', first?.signal ?? '')}</span>
      </p>
      <DayChart vital={vital} series={series} from={from} display={display} />
    </Card>
  );
}

/** Today's points of the signals of one vital. */
function useDaySeries(subjectId: number, vital: Vital, from: number): readonly Series[] | undefined {
  const query = useQuery(
    `series-${subjectId}-${vital.name}-${from}`,
    () =>
      Promise.all(
        vital.signals.map((signal) => api.series(subjectId, { signal, from, to: from + 86_400_000 })),
      ),
    { pollMs: 60_000 },
  );
  return query.data;
}

interface DayChartProps {
  vital: Vital;
  series: readonly Series[] | undefined;
  from: number;
  display: Display;
}

function DayChart({ vital, series, from, display }: DayChartProps) {
  const { t, format, word, locale } = display;
  const [openedAt] = useState(() => Date.now());
  const lines: readonly ChartLine[] = useMemo(
    () =>
      (series ?? []).map((one, index) => ({
        label: one.signal,
        color: colors[index % colors.length] ?? colors[0],
        points: one.points,
      })),
    [series],
  );
  if (!series) return <div className="breathe mt-1 h-24 rounded-chip bg-sunken" />;
  const measured = lines.filter((line) => line.points.length > 0);
  if (measured.length === 0) return <p className="text-small text-muted">{t('vitals.noneToday')}</p>;
  const span = measured
    .map(({ points }) => {
      const values = points.map((point) => point.value);
      return t('vitals.range', {
        low: format.number(Math.min(...values), vital.digits),
        high: format.number(Math.max(...values), vital.digits),
      });
    })
    .join(' / ');
  const label = `${t(`vital.${vital.name}`)}: ${span} ${word('unit', vital.signals[0] ?? '')}`;
  const to = Math.max(openedAt, from + 6 * 3_600_000);
  return (
    <>
      <p className="text-fine text-muted">
        {t('vitals.today')} {span}
        {lines.length > 1 && ` · ${t('vitals.upperLower')}`}
      </p>
      <Suspense fallback={<div className="breathe h-24 rounded-chip bg-sunken" />}>
        <Chart lines={lines} from={from} to={to} label={label} locale={locale} atLeast={vital.span} />
      </Suspense>
    </>
  );
}
