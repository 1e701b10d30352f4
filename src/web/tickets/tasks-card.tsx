import type { TicketDetail } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Badge, Card } from '../ui/surface.tsx';

/** Who was sent, by whom, and whether it is done: the ticket itself stays with its owner. */
export function TasksCard({ ticket }: { ticket: TicketDetail }) {
  const { t, format } = useDisplay();
  const now = useNow(60_000);
  if (ticket.tasks.length === 0) return null;
  return (
    <Card title={t('ticket.tasks')} icon="users">
      <ul className="grid gap-3">
        {ticket.tasks.map((task) => (
          <li key={task.id} className="text-small">
            <p className="flex flex-wrap items-center gap-2 font-semibold">
              {task.account?.name ?? task.company?.name ?? t('common.unknown')}
              <Badge tone={task.doneAt === null ? 'action' : 'ok'}>
                {task.doneAt === null
                  ? t('ticket.taskOpen')
                  : t('ticket.taskDone', { time: format.moment(task.doneAt, now) })}
              </Badge>
            </p>
            {task.note && <p>{task.note}</p>}
            <p className="text-fine text-muted">
              {t('ticket.taskBy', {
                name: task.assignedBy?.name ?? t('common.unknown'),
                time: format.moment(task.createdAt, now),
              })}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
