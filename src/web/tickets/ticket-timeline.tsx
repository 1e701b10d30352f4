import type { TicketDetail } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Card } from '../ui/surface.tsx';
import { TimelineList } from '../ui/timeline.tsx';
import { ticketEntryDetail, ticketEntryIcons, ticketNames } from './timeline-text.ts';

/** What happened to the ticket, in words. */
export function TicketTimeline({ ticket }: { ticket: TicketDetail }) {
  const display = useDisplay();
  const { t } = display;
  const now = useNow(60_000);
  const names = ticketNames(ticket);
  const lines = ticket.timeline.map((entry) => ({
    id: entry.id,
    at: entry.at,
    icon: ticketEntryIcons[entry.kind],
    title: t(`ticketLine.${entry.kind}`),
    actor: entry.actor?.name,
    detail: ticketEntryDetail(entry, display, names),
  }));
  return (
    <Card title={t('timeline.title')} icon="clock">
      <TimelineList lines={lines} now={now} />
    </Card>
  );
}
