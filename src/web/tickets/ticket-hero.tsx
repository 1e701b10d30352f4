import type { TicketDetail } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Icon } from '../ui/icons.tsx';
import { ClockBar } from './clock-bar.tsx';
import { faultIcons, isBeforeFinish, placeName, placePath, standing } from './describe.ts';
import { TicketBadges } from './ticket-row.tsx';

/** What, where, how long there is and who is asked: the first thing to be read. */
export function TicketHero({ ticket }: { ticket: TicketDetail }) {
  const display = useDisplay();
  const { t, word, format } = display;
  const { me } = useSession();
  const now = useNow(10_000);
  const isUrgent = ticket.severity === 'critical' && isBeforeFinish(ticket.status);
  return (
    <header
      className={`grid gap-3 overflow-hidden rounded-card border border-t-8 border-line bg-surface px-4 pt-3 pb-4 shadow-card ${isUrgent ? 'border-t-danger' : 'border-t-brand'}`}
    >
      <div className="flex items-start gap-3">
        <span
          className={`grid size-12 shrink-0 place-items-center rounded-full large:size-16 ${isUrgent ? 'bg-danger-soft text-danger' : 'bg-brand-soft text-brand'}`}
        >
          <Icon name={faultIcons[ticket.faultClass]} size={28} />
        </span>
        <div className="min-w-0 flex-1">
          <h1 className="text-title font-bold tracking-tight">
            {word('kind', ticket.kind)} · {placeName(ticket)}
          </h1>
          <p className="text-small text-muted">{placePath(ticket)}</p>
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        <TicketBadges ticket={ticket} readerId={me.id} />
      </div>
      {isBeforeFinish(ticket.status) && <ClockBar ticket={ticket} full />}
      <p className="text-small font-medium">{standing(ticket, display, now)}</p>
      <p className="text-fine text-muted">
        {t('ticket.number', { id: ticket.id })} ·{' '}
        {t('ticket.reportedAt', { time: format.moment(ticket.reportedAt, now) })} (
        {format.ago(ticket.reportedAt, now)})
        {ticket.occurrences > 1 &&
          ` · ${t('ticket.lastFault', { ago: format.ago(ticket.lastFaultAt, now) })}`}
      </p>
    </header>
  );
}
