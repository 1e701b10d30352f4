import type { IncidentSummary, Me } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { pathTo } from '../core/router.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { byUrgency, isUnanswered } from '../incidents/describe.ts';
import { IncidentRow } from '../incidents/incident-row.tsx';
import { useRing } from '../ring/ring-state.tsx';
import { SoundCheck } from '../ring/sound-check.tsx';
import { Empty, Fetched, Loading } from '../ui/states.tsx';
import { Badge, Card, PageTitle } from '../ui/surface.tsx';

/** The shift of a grid worker: is the phone ready to ring, what is open, what was. */
export function ResponderHome() {
  const { t } = useDisplay();
  const { me } = useSession();
  const { open } = useRing();
  return (
    <div className="mx-auto grid w-full max-w-2xl gap-4">
      <PageTitle note={<Duty me={me} />}>{t('responder.title', { name: me.name })}</PageTitle>
      <SoundCheck />
      <Fetched query={open}>
        {(incidents) => <OpenIncidents incidents={incidents} readerId={me.id} />}
      </Fetched>
      <RecentIncidents readerId={me.id} />
    </div>
  );
}

function Duty({ me }: { me: Me }) {
  const { t } = useDisplay();
  if (me.grids.length === 0) return t('responder.noGrid');
  const now = me.grids.filter((grid) => grid.onDuty);
  const later = me.grids.filter((grid) => !grid.onDuty);
  return (
    <>
      <span className="mt-1 flex flex-wrap gap-1.5">
        {now.map((grid) => (
          <Badge key={`${grid.id}-${grid.duty}`} tone="ok" icon="shield">
            {grid.name} · {t(`duty.${grid.duty}`)} · {t('duty.on')}
          </Badge>
        ))}
      </span>
      {later.length > 0 && (
        <span className="mt-1 block text-fine">
          {t('duty.offIn', { grids: later.map((grid) => grid.name).join(t('common.comma')) })}
        </span>
      )}
    </>
  );
}

function OpenIncidents({ incidents, readerId }: { incidents: readonly IncidentSummary[]; readerId: number }) {
  const { t } = useDisplay();
  const sorted = [...incidents].sort(byUrgency);
  const waiting = sorted.filter((one) => isUnanswered(one.status));
  const offered = sorted.filter((one) => one.handOverTo?.id === readerId);
  const mine = sorted.filter((one) => one.owner?.id === readerId);
  const others = sorted.filter((one) => ![waiting, offered, mine].some((list) => list.includes(one)));
  if (incidents.length === 0) {
    return (
      <Card>
        <Empty icon="shield" title={t('responder.calm')}>
          {t('responder.calmNote')}
        </Empty>
      </Card>
    );
  }
  return (
    <>
      <IncidentList
        title={t('responder.waiting', { count: waiting.length })}
        incidents={waiting}
        readerId={readerId}
      />
      <IncidentList
        title={t('responder.offered', { count: offered.length })}
        incidents={offered}
        readerId={readerId}
      />
      <IncidentList
        title={t('responder.mine', { count: mine.length })}
        incidents={mine}
        readerId={readerId}
      />
      <IncidentList
        title={t('responder.others', { count: others.length })}
        incidents={others}
        readerId={readerId}
      />
    </>
  );
}

interface ListProps {
  title: string;
  incidents: readonly IncidentSummary[];
  readerId: number;
}

export function IncidentList({ title, incidents, readerId }: ListProps) {
  if (incidents.length === 0) return null;
  return (
    <Card title={title} flush>
      <ul className="mt-2 divide-y divide-line border-t border-line">
        {incidents.map((incident) => (
          <li key={incident.id}>
            <IncidentRow incident={incident} to={pathTo('incident', incident.id)} readerId={readerId} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function RecentIncidents({ readerId }: { readerId: number }) {
  const { t } = useDisplay();
  const recent = useQuery('incidents-recent', () => api.incidents({ open: false, limit: 10 }), {
    topics: ['incident'],
    pollMs: 60_000,
  });
  if (recent.loading && !recent.data) return <Loading />;
  return <IncidentList title={t('responder.recent')} incidents={recent.data ?? []} readerId={readerId} />;
}
