import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { useDisplay } from '../i18n/language.tsx';
import { clockAt } from '../tickets/clock.ts';
import { useReadAt } from '../tickets/clock-bar.tsx';
import { isBeforeFinish } from '../tickets/describe.ts';
import { useOpenTickets } from '../tickets/ticket-list.tsx';
import { useBuildingDevices } from './devices.ts';

/** How things stand, in five numbers. */
export function TicketFigures() {
  const { t, format } = useDisplay();
  const tickets = useOpenTickets();
  const devices = useBuildingDevices();
  const now = useNow(10_000);
  const counts = countsOf(tickets.data ?? [], useReadAt(tickets.data), now);
  const silent = devices.data?.filter((device) => device.active && device.silent).length;
  const shown = (value: number | undefined, known: boolean) =>
    value === undefined || !known ? '–' : format.number(value);
  const figures = [
    { label: t('property.over'), value: counts.over, alarming: true, known: tickets.data !== undefined },
    { label: t('property.late'), value: counts.late, alarming: true, known: tickets.data !== undefined },
    {
      label: t('property.waiting'),
      value: counts.waiting,
      alarming: true,
      known: tickets.data !== undefined,
    },
    {
      label: t('property.working'),
      value: counts.working,
      alarming: false,
      known: tickets.data !== undefined,
    },
    { label: t('property.silent'), value: silent, alarming: false, known: true },
  ];
  return (
    <dl
      aria-label={t('property.figures')}
      className="grid grid-cols-5 gap-px overflow-hidden rounded-card border border-line bg-line large:grid-cols-2"
    >
      {figures.map(({ label, value, alarming, known }) => (
        <div
          key={label}
          className="flex min-w-0 flex-col-reverse justify-end bg-surface px-2 py-2 last:large:col-span-2 middle:px-3"
        >
          <dd className={`tnum text-title font-bold ${alarming && (value ?? 0) > 0 ? 'text-danger' : ''}`}>
            {shown(value, known)}
          </dd>
          <dt className="text-fine text-muted">{label}</dt>
        </div>
      ))}
    </dl>
  );
}

function countsOf(tickets: readonly TicketSummary[], readAt: number, now: number) {
  const pending = tickets.filter((ticket) => isBeforeFinish(ticket.status));
  const inState = (state: 'over' | 'late') =>
    pending.filter((ticket) => clockAt(ticket.clock, readAt, now).state === state).length;
  return {
    over: inState('over'),
    late: inState('late'),
    waiting: pending.filter((ticket) => ticket.status === 'reported' || ticket.status === 'dispatched')
      .length,
    working: pending.filter((ticket) => ticket.status === 'in_progress').length,
  };
}
