import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Link } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Badge } from '../ui/surface.tsx';
import { ClockBar } from './clock-bar.tsx';
import { faultIcons, isBeforeFinish, isMine, placeName, placePath, ticketTone } from './describe.ts';

interface TicketRowProps {
  ticket: TicketSummary;
  readerId: number;
  /** Its page where nothing else is said. */
  to?: string;
  selected?: boolean;
}

/** One ticket in a list: what, where, how long there is, and how it stands. */
export function TicketRow({ ticket, readerId, to, selected = false }: TicketRowProps) {
  const { t, word, format } = useDisplay();
  const now = useNow(60_000);
  const isUrgent = ticket.severity === 'critical' && isBeforeFinish(ticket.status);
  return (
    <Link
      to={to ?? pathTo('ticket', ticket.id)}
      {...(selected ? { 'aria-current': 'true' as const } : {})}
      className={`grid h-full content-start gap-2 border-l-6 bg-surface px-4 py-3 hover:bg-paper aria-[current]:outline-3 aria-[current]:-outline-offset-3 aria-[current]:outline-ink ${isUrgent ? 'border-l-danger' : isBeforeFinish(ticket.status) ? 'border-l-gold' : 'border-l-line'}`}
    >
      <div className="flex items-start gap-3">
        <Icon
          name={faultIcons[ticket.faultClass]}
          size={28}
          className={isUrgent ? 'text-danger' : 'text-muted'}
        />
        <div className="min-w-0 flex-1">
          <p className="text-base font-bold">
            {word('kind', ticket.kind)} <span className="font-semibold">· {placeName(ticket)}</span>
          </p>
          <p className="text-small text-muted">{placePath(ticket)}</p>
        </div>
      </div>
      {isBeforeFinish(ticket.status) && <ClockBar ticket={ticket} />}
      <div className="flex flex-wrap items-center gap-1.5">
        <TicketBadges ticket={ticket} readerId={readerId} />
        <span className="ml-auto text-fine text-muted">{format.ago(ticket.reportedAt, now)}</span>
      </div>
      <span className="sr-only">{t('ticket.number', { id: ticket.id })}</span>
    </Link>
  );
}

/** What else one must know of it, in a word each. */
export function TicketBadges({ ticket, readerId }: { ticket: TicketSummary; readerId: number }) {
  const { t } = useDisplay();
  const { assignees, owner } = ticket;
  const who = assignees.length > 0 ? assignees : owner ? [owner] : [];
  return (
    <>
      <Badge tone={ticketTone(ticket.status)}>{t(`ticketStatus.${ticket.status}`)}</Badge>
      {ticket.severity === 'critical' && (
        <Badge tone="danger" icon="alert">
          {t('severity.critical')}
        </Badge>
      )}
      {ticket.breaches > 0 && (
        <Badge tone="danger" icon="clock">
          {t('ticket.breaches', { count: ticket.breaches })}
        </Badge>
      )}
      {ticket.level !== 'property' && (
        <Badge tone="warn" icon="up">
          {t(`ticketRisen.${ticket.level}`)}
        </Badge>
      )}
      {ticket.request && (
        <Badge tone="warn" icon="pause">
          {t(`ticketRequest.${ticket.request.kind}`)}
        </Badge>
      )}
      {who.length > 0 && (
        <Badge tone={isMine(ticket, readerId) ? 'action' : 'quiet'} icon="user">
          {who
            .map((person) => (person.id === readerId ? t('incident.you') : person.name))
            .join(t('common.comma'))}
        </Badge>
      )}
      {ticket.recoveredAt !== null && isBeforeFinish(ticket.status) && (
        <Badge tone="ok" icon="check">
          {t('ticket.recovered')}
        </Badge>
      )}
      {ticket.reworks > 0 && (
        <Badge tone="warn" icon="refresh">
          {t('ticket.reworks', { count: ticket.reworks })}
        </Badge>
      )}
      {ticket.occurrences > 1 && (
        <Badge tone="quiet">{t('ticket.occurrences', { count: ticket.occurrences })}</Badge>
      )}
    </>
  );
}
