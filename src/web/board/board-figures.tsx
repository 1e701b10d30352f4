import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';

interface Figure {
  label: string;
  value: string;
  alarming?: boolean;
}

/** How things stand, in six numbers. */
export function BoardFigures() {
  const { t, format } = useDisplay();
  const query = useQuery('stats', api.stats, { topics: ['incident', 'alert', 'device'], pollMs: 15_000 });
  const stats = query.data;
  const count = (value: number | undefined) => (value === undefined ? '–' : format.number(value));
  const span = (ms: number | null | undefined) => (ms === null || ms === undefined ? '–' : format.span(ms));
  const figures: Figure[] = [
    { label: t('stats.open'), value: count(stats?.openIncidents), alarming: (stats?.openIncidents ?? 0) > 0 },
    {
      label: t('stats.unacknowledged'),
      value: count(stats?.unacknowledged),
      alarming: (stats?.unacknowledged ?? 0) > 0,
    },
    { label: t('stats.subjects'), value: count(stats?.subjects) },
    { label: t('stats.silent'), value: count(stats?.silentDevices) },
    { label: t('stats.ackP50'), value: span(stats?.acknowledgeMsP50) },
    { label: t('stats.ackP95'), value: span(stats?.acknowledgeMsP95) },
  ];
  return (
    <dl className="grid grid-cols-3 gap-px overflow-hidden rounded-card border border-line bg-line large:grid-cols-1 wide:grid-cols-6">
      {figures.map((figure) => (
        <div key={figure.label} className="flex min-w-0 flex-col-reverse justify-end bg-surface px-3 py-2">
          <dd className={`tnum text-lead font-bold ${figure.alarming ? 'text-danger' : ''}`}>
            {figure.value}
          </dd>
          <dt className="text-fine text-muted">{figure.label}</dt>
        </div>
      ))}
    </dl>
  );
}
