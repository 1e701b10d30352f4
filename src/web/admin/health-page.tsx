import type { Stats } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { STALE_AFTER_MS, useLastContact } from '../core/live.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Fetched } from '../ui/states.tsx';
import { Card, Facts, Notice, PageTitle } from '../ui/surface.tsx';

/** The service in numbers, and whether it answers. */
export function HealthPage() {
  const { t } = useDisplay();
  const query = useQuery('stats', api.stats, { topics: ['incident', 'device'], pollMs: 15_000 });
  return (
    <>
      <PageTitle note={t('health.note')}>{t('admin.health')}</PageTitle>
      <Answering />
      <Fetched query={query}>{(stats) => <Figures stats={stats} />}</Fetched>
    </>
  );
}

function Answering() {
  const { t, format } = useDisplay();
  const contact = useLastContact();
  const now = useNow();
  const well = now - contact <= STALE_AFTER_MS;
  return (
    <Notice
      tone={well ? 'ok' : 'danger'}
      icon={well ? 'checkCircle' : 'offline'}
      title={well ? t('health.up') : t('health.down')}
    >
      {t('health.contact', { ago: format.ago(contact, now) })}
    </Notice>
  );
}

function Figures({ stats }: { stats: Stats }) {
  const { t, format } = useDisplay();
  const span = (ms: number | null) => (ms === null ? t('health.noData') : format.span(ms));
  return (
    <div className="grid gap-4 middle:grid-cols-2">
      <Card title={t('health.incidents')} icon="bell">
        <Facts
          rows={[
            [t('stats.open'), format.number(stats.openIncidents)],
            [t('stats.unacknowledged'), format.number(stats.unacknowledged)],
            [t('stats.ackP50'), span(stats.acknowledgeMsP50)],
            [t('stats.ackP95'), span(stats.acknowledgeMsP95)],
          ]}
        />
      </Card>
      <Card title={t('health.devices')} icon="watch">
        <Facts
          rows={[
            [t('stats.subjects'), format.number(stats.subjects)],
            [t('stats.devices'), format.number(stats.devices)],
            [t('stats.silent'), format.number(stats.silentDevices)],
            [t('stats.uplinks'), format.number(stats.uplinksLastHour)],
          ]}
        />
      </Card>
    </div>
  );
}
