import type { HealthView } from '../../api/asset-schemas.ts';
import type { Stats } from '../../api/schemas.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { STALE_AFTER_MS, useLastContact } from '../core/live.ts';
import { useQuery } from '../core/query.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Fetched } from '../ui/states.tsx';
import { Badge, type BadgeTone, Card, Facts, Notice, PageTitle } from '../ui/surface.tsx';

/** Whether the service answers, how its parts do, and what it has to show for it. */
export function HealthPage() {
  const { t } = useDisplay();
  const { me } = useSession();
  const isAdmin = hasRole(me, 'admin');
  const stats = useQuery('stats', api.stats, { topics: ['incident', 'device'], pollMs: 15_000 });
  const health = useQuery('health', adminApi.health, { pollMs: 10_000, enabled: isAdmin });
  return (
    <>
      <PageTitle note={t('health.note')}>{t('admin.health')}</PageTitle>
      <Answering />
      {isAdmin && <Fetched query={health}>{(view) => <Parts health={view} />}</Fetched>}
      <Fetched query={stats}>{(all) => <Figures stats={all} />}</Fetched>
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

const partTones: Readonly<Record<HealthView['parts'][number]['state'], BadgeTone>> = {
  ok: 'ok',
  off: 'quiet',
  failing: 'danger',
};

function Parts({ health }: { health: HealthView }) {
  const { t, word, format } = useDisplay();
  const now = useNow(5_000);
  return (
    <div className="grid gap-4 middle:grid-cols-2">
      <Card title={t('health.parts')} icon="gear">
        <ul className="grid gap-2">
          {health.parts.map((part) => (
            <li key={part.name} className="flex flex-wrap items-center justify-between gap-x-4 text-small">
              <span className="font-medium">{word('part', part.name)}</span>
              <span className="flex min-w-0 flex-wrap items-center gap-2">
                {part.detail && (
                  <span lang="en" className="font-mono text-fine text-muted">
                    {part.detail}
                  </span>
                )}
                <Badge tone={partTones[part.state]}>{t(`partState.${part.state}`)}</Badge>
              </span>
              <Problems problems={part.problems ?? []} />
              {part.tooLate !== undefined && (
                <p className="w-full text-fine text-muted">{t('health.tooLate', { count: part.tooLate })}</p>
              )}
            </li>
          ))}
        </ul>
      </Card>
      <Card title={t('health.process')} icon="pulse">
        <Facts
          rows={[
            [t('health.version'), health.version],
            [t('health.started'), format.full(health.startedAt)],
            ...health.processes.map(
              (one) =>
                [
                  one.roles.join(', '),
                  t('health.seen', { id: one.id, ago: format.ago(one.seenAt, now) }),
                ] as const,
            ),
            ...health.backlog.map(
              (one) =>
                [
                  t('health.backlog', { consumer: word('consumer', one.consumer) }),
                  format.number(one.rows),
                ] as const,
            ),
          ]}
        />
      </Card>
      <Card title={t('health.uplinks')} icon="log">
        <Facts
          rows={health.uplinksLastHour.map(
            ({ outcome, count }) => [word('uplink', outcome), format.number(count)] as const,
          )}
        />
      </Card>
      <Gateways gateways={health.gateways} />
    </div>
  );
}

/** Faults in files that a person wrote, where he can mend them. */
function Problems({ problems }: { problems: NonNullable<HealthView['parts'][number]['problems']> }) {
  if (problems.length === 0) return null;
  return (
    <ul className="grid w-full gap-1 py-1 text-fine">
      {problems.map(({ file, line, message }) => (
        <li key={`${file}:${line} ${message}`}>
          <span lang="en" className="break-all font-mono">
            {`${file}:${line}`}
          </span>{' '}
          {message}
        </li>
      ))}
    </ul>
  );
}

function Gateways({ gateways }: { gateways: HealthView['gateways'] }) {
  const { t, format } = useDisplay();
  const now = useNow(5_000);
  return (
    <Card title={t('health.gateways', { count: gateways.length })} icon="gateway">
      {gateways.length === 0 && <p className="text-small text-muted">{t('health.noGateways')}</p>}
      <ul className="grid gap-2">
        {gateways.map((gateway) => (
          <li key={gateway.id} className="flex flex-wrap items-center justify-between gap-x-4 text-small">
            <span className="min-w-0">
              <span className="font-medium">{gateway.name}</span>
              <span className="text-muted"> · {t('sensors.children', { count: gateway.children })}</span>
            </span>
            {gateway.online === null ? (
              <Badge tone="quiet">{t('common.unknown')}</Badge>
            ) : (
              <Badge tone={gateway.online ? 'ok' : 'danger'} icon={gateway.online ? 'check' : 'offline'}>
                {gateway.online ? t('sensors.online') : t('sensors.offline')}
                {gateway.since !== null && ` · ${format.ago(gateway.since, now)}`}
              </Badge>
            )}
          </li>
        ))}
      </ul>
    </Card>
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
