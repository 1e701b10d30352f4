import { useEffect } from 'react';
import type { TicketDetail } from '../../api/ticket-schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { WhyCard } from '../incidents/why-card.tsx';
import { BackLink } from '../ui/button.tsx';
import { Fetched } from '../ui/states.tsx';
import { Notice } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { ActionArea } from './action-area.tsx';
import { BreachCard } from './breach-card.tsx';
import { FactsCard } from './facts-card.tsx';
import { PhotosCard } from './photos-card.tsx';
import { ReadingsCard } from './readings-card.tsx';
import { TasksCard } from './tasks-card.tsx';
import { TicketHero } from './ticket-hero.tsx';
import { TicketTimeline } from './ticket-timeline.tsx';

export function useTicket(id: number) {
  return useQuery(`ticket-${id}`, () => api.ticket(id), { topics: ['ticket'], pollMs: 60_000 });
}

/** Everything of one ticket, in the order in which it is needed. */
export function TicketPage({ id, back }: { id: number; back: string }) {
  const { t } = useDisplay();
  const query = useTicket(id);
  return (
    <div className="mx-auto grid w-full max-w-7xl gap-3 vast:max-w-none">
      <BackLink to={back}>{t('common.back')}</BackLink>
      <Fetched query={query}>{(ticket) => <TicketSheet ticket={ticket} />}</Fetched>
    </div>
  );
}

/** One column on a phone and beside a board (`narrow`), two at a desk, three on a wall. */
export function TicketSheet({ ticket, narrow = false }: { ticket: TicketDetail; narrow?: boolean }) {
  const { me } = useSession();
  useStateAnnouncement(ticket);
  const columns = narrow ? '' : 'wide:grid-cols-2 vast:grid-cols-3';
  return (
    <div className={`grid min-w-0 gap-3 pb-28 wide:items-start wide:pb-0 ${columns}`}>
      <div className="grid min-w-0 gap-3">
        <TicketHero ticket={ticket} />
        <ActionArea ticket={ticket} readerId={me.id} narrow={narrow}>
          <FactsCard ticket={ticket} />
          <TasksCard ticket={ticket} />
        </ActionArea>
      </div>
      <div
        className={`grid min-w-0 gap-3 ${narrow ? '' : 'vast:col-span-2 vast:grid-cols-2 vast:items-start'}`}
      >
        <div className="grid min-w-0 gap-3">
          <ResultNote ticket={ticket} />
          <PhotosCard ticket={ticket} />
          <ReadingsCard ticketId={ticket.id} recoveredAt={ticket.recoveredAt} />
          <WhyCard of={{ kind: 'tickets', id: ticket.id }} />
        </div>
        <div className="grid min-w-0 gap-3">
          <BreachCard ticket={ticket} />
          <TicketTimeline ticket={ticket} />
        </div>
      </div>
    </div>
  );
}

function ResultNote({ ticket }: { ticket: TicketDetail }) {
  const { t, format } = useDisplay();
  if (!ticket.note) return null;
  const who = ticket.finishedBy?.name ?? '';
  const when = ticket.finishedAt === null ? '' : format.full(ticket.finishedAt);
  return (
    <Notice tone="ok" icon="checkCircle" title={t('ticket.result')}>
      {ticket.finding && <p className="font-semibold">{t(`finding.${ticket.finding}`)}</p>}
      <p className="whitespace-pre-line">{ticket.note}</p>
      <p className="text-fine text-muted">{[who, when].filter(Boolean).join(' · ')}</p>
      {ticket.rating !== null && (
        <p className="mt-1 font-semibold">
          {t('ticket.rated', { rating: ticket.rating })}
          {ticket.ratingNote && <span className="font-normal"> · {ticket.ratingNote}</span>}
        </p>
      )}
    </Notice>
  );
}

/** Tells those who do not see it that somebody took it, began or finished. */
function useStateAnnouncement(ticket: TicketDetail): void {
  const { t } = useDisplay();
  const { announce } = useSpeaker();
  const text = t(`ticketStatus.${ticket.status}`);
  useEffect(() => announce(text), [announce, text]);
}
