import { pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { IncidentSheet, useIncident } from '../incidents/incident-page.tsx';
import { TicketSheet, useTicket } from '../tickets/ticket-page.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Fetched } from '../ui/states.tsx';
import type { Chosen } from './worklist.tsx';

/** The incident or ticket that was chosen, with all that may be done about it. */
export function BoardPanel({ chosen }: { chosen: Chosen }) {
  const { t } = useDisplay();
  const { incidentId, ticketId } = chosen;
  return (
    <section
      aria-label={t('board.chosen')}
      className="grid min-w-0 content-start gap-3 wide:min-h-0 wide:overflow-y-auto"
    >
      <div className="flex flex-wrap justify-between gap-2">
        <ButtonLink to={pathTo('board')} tone="bare" size="small" icon="left">
          {t('board.back')}
        </ButtonLink>
        {ticketId !== undefined && (
          <ButtonLink to={pathTo('ticket', ticketId)} tone="bare" size="small" icon="list">
            {t('board.wholeTicket')}
          </ButtonLink>
        )}
      </div>
      {incidentId !== undefined && <ChosenIncident key={incidentId} id={incidentId} />}
      {ticketId !== undefined && <ChosenTicket key={ticketId} id={ticketId} />}
    </section>
  );
}

function ChosenIncident({ id }: { id: number }) {
  const query = useIncident(id);
  return <Fetched query={query}>{(incident) => <IncidentSheet incident={incident} narrow />}</Fetched>;
}

function ChosenTicket({ id }: { id: number }) {
  const query = useTicket(id);
  return <Fetched query={query}>{(ticket) => <TicketSheet ticket={ticket} narrow />}</Fetched>;
}
