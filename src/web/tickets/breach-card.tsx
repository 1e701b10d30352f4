import type { TicketDetail } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Card } from '../ui/surface.tsx';

/** Which deadlines passed, when, and at whose desk. */
export function BreachCard({ ticket }: { ticket: TicketDetail }) {
  const { t, format } = useDisplay();
  const now = useNow(60_000);
  if (ticket.breachList.length === 0) return null;
  return (
    <Card title={t('breach.title', { count: ticket.breachList.length })} icon="alert">
      <ul className="grid gap-3">
        {ticket.breachList.map((breach) => (
          <li key={`${breach.at}-${breach.stage}`} className="border-l-4 border-danger pl-3 text-small">
            <p className="font-semibold">
              {t(`breach.${breach.stage}`)} · {t(`ticketLevel.${breach.level}`)}
            </p>
            <p>{[breach.organisation, breach.owner?.name].filter(Boolean).join(' · ')}</p>
            <p className="text-fine text-muted">
              {t('breach.due', { time: format.moment(breach.dueAt, now) })}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
