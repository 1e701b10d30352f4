import { type ReactNode, useState } from 'react';
import type { IncidentSummary } from '../../api/schemas.ts';
import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { pathTo } from '../core/router.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { IncidentRow } from '../incidents/incident-row.tsx';
import { useReadAt } from '../tickets/clock-bar.tsx';
import { TicketRow } from '../tickets/ticket-row.tsx';
import { Button } from '../ui/button.tsx';
import type { IconName } from '../ui/icons.tsx';
import { Empty } from '../ui/states.tsx';
import { Card } from '../ui/surface.tsx';
import { sortWork } from './work.ts';

export interface Chosen {
  incidentId: number | undefined;
  ticketId: number | undefined;
}

interface WorklistProps {
  incidents: readonly IncidentSummary[];
  tickets: readonly TicketSummary[];
  chosen: Chosen;
}

/** Incidents and tickets in the order in which the desk needs them: who waits for an answer stands above everything. */
export function Worklist({ incidents, tickets, chosen }: WorklistProps) {
  const { t } = useDisplay();
  const now = useNow(10_000);
  const readAt = useReadAt(tickets);
  const work = sortWork({ incidents, tickets, readAt, now });
  const { unanswered, running, pressing, calm, toVerify } = work;
  const rows = { chosen };
  return (
    <>
      <Card
        title={t('board.open', { count: incidents.length })}
        icon="bell"
        flush
        className={unanswered.length > 0 ? 'border-danger!' : ''}
      >
        {incidents.length === 0 ? (
          <Empty icon="shield" title={t('board.calm')}>
            {t('board.calmNote')}
          </Empty>
        ) : (
          <IncidentRows incidents={[...unanswered, ...running]} {...rows} />
        )}
      </Card>
      <TicketGroup
        title={t('board.pressing', { count: pressing.length })}
        icon="clock"
        tickets={pressing}
        {...rows}
      />
      <TicketGroup title={t('board.inTime', { count: calm.length })} icon="wrench" tickets={calm} {...rows} />
      <TicketGroup
        title={t('board.toVerify', { count: toVerify.length })}
        icon="checkCircle"
        tickets={toVerify}
        {...rows}
      />
      {tickets.length === 0 && (
        <Card title={t('board.tickets')} icon="wrench">
          <p className="text-small text-muted">{t('board.noTickets')}</p>
        </Card>
      )}
    </>
  );
}

export function IncidentRows({
  incidents,
  chosen,
}: {
  incidents: readonly IncidentSummary[];
  chosen: Chosen;
}) {
  const { me } = useSession();
  return (
    <ul className="mt-2 divide-y divide-line border-t border-line">
      {incidents.map((incident) => (
        <li key={incident.id}>
          <IncidentRow
            incident={incident}
            to={pathTo('boardIncident', incident.id)}
            selected={incident.id === chosen.incidentId}
            readerId={me.id}
          />
        </li>
      ))}
    </ul>
  );
}

interface TicketGroupProps {
  title: string;
  icon: IconName;
  tickets: readonly TicketSummary[];
  chosen: Chosen;
}

/** A long list is shown in part until it is asked for. */
const FIRST = 12;

function TicketGroup({ title, icon, tickets, chosen }: TicketGroupProps): ReactNode {
  const { t } = useDisplay();
  const { me } = useSession();
  const [whole, setWhole] = useState(false);
  if (tickets.length === 0) return null;
  const shown = whole ? tickets : tickets.slice(0, FIRST);
  return (
    <Card title={title} icon={icon} flush>
      <ul className="mt-2 divide-y divide-line border-t border-line">
        {shown.map((ticket) => (
          <li key={ticket.id}>
            <TicketRow
              ticket={ticket}
              readerId={me.id}
              to={pathTo('boardTicket', ticket.id)}
              selected={ticket.id === chosen.ticketId}
            />
          </li>
        ))}
      </ul>
      {shown.length < tickets.length && (
        <div className="border-t border-line p-2">
          <Button tone="bare" block onClick={() => setWhole(true)}>
            {t('board.showAll', { count: tickets.length - shown.length })}
          </Button>
        </div>
      )}
    </Card>
  );
}
