import { useEffect } from 'react';
import type { IncidentDetail } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { useReceipt } from '../ring/receipts.ts';
import { BackLink } from '../ui/button.tsx';
import { Fetched } from '../ui/states.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { ActionPanel } from './action-panel.tsx';
import { CallButtons, CareCard } from './contact-card.tsx';
import { IncidentHero } from './incident-hero.tsx';
import { NotifiedCard } from './notified-card.tsx';
import { OutageCard } from './outage-card.tsx';
import { Timeline } from './timeline.tsx';
import { WhereCard } from './where-card.tsx';
import { WhyCard } from './why-card.tsx';

export function useIncident(id: number) {
  return useQuery(`incident-${id}`, () => api.incident(id), {
    topics: ['incident', 'alert', 'device'],
    pollMs: 15_000,
    onlyWithoutLive: true,
  });
}

/** Everything of one incident, in the order in which it is needed. */
export function IncidentPage({ id, back }: { id: number; back: string }) {
  const { t } = useDisplay();
  const query = useIncident(id);
  return (
    <div className="mx-auto grid w-full max-w-5xl gap-3">
      <BackLink to={back}>{t('common.back')}</BackLink>
      <Fetched query={query}>{(incident) => <IncidentSheet incident={incident} />}</Fetched>
    </div>
  );
}

/** On a phone one column; on a wide screen what to do stands left and what is known right; `narrow` beside the board's own map. */
export function IncidentSheet({ incident, narrow = false }: { incident: IncidentDetail; narrow?: boolean }) {
  const { me } = useSession();
  useStateAnnouncement(incident);
  useReceipt(incident, 'read');
  return (
    <div
      className={`grid min-w-0 gap-3 pb-28 wide:items-start wide:pb-0 ${narrow ? '' : 'wide:grid-cols-2'}`}
    >
      <div className="grid min-w-0 gap-3">
        <IncidentHero incident={incident} readerId={me.id} />
        <ActionPanel incident={incident} readerId={me.id}>
          <CallButtons incident={incident} />
          <WhereCard incident={incident} narrow={narrow} />
        </ActionPanel>
      </div>
      <div className="grid min-w-0 gap-3">
        {incident.note && <OutcomeNote incident={incident} />}
        {incident.outage ? <OutageCard incident={incident} /> : <CareCard incident={incident} />}
        <NotifiedCard incident={incident} />
        {!incident.outage && <WhyCard of={{ kind: 'incidents', id: incident.id }} />}
        <Timeline incident={incident} />
      </div>
    </div>
  );
}

function OutcomeNote({ incident }: { incident: IncidentDetail }) {
  const { t } = useDisplay();
  return (
    <div className="rounded-card border border-line bg-ok-soft px-4 py-3">
      <p className="font-bold text-ok">
        {incident.outcome ? t(`outcome.${incident.outcome}`) : t('status.resolved')}
      </p>
      <p className="whitespace-pre-line">{incident.note}</p>
    </div>
  );
}

/** Tells those who do not see it that somebody took it, set out or arrived. */
function useStateAnnouncement(incident: IncidentDetail): void {
  const { t } = useDisplay();
  const { announce } = useSpeaker();
  const text = `${t(`status.${incident.status}`)}${incident.owner ? ` · ${incident.owner.name}` : ''}`;
  useEffect(() => announce(text), [announce, text]);
}
