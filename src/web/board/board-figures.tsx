import type { DeviceView } from '../../api/schemas.ts';
import type { TicketSummary } from '../../api/ticket-schemas.ts';
import type { TicketLevel } from '../../model/tickets.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { clockAt } from '../tickets/clock.ts';
import { useReadAt } from '../tickets/clock-bar.tsx';
import { isBeforeFinish } from '../tickets/describe.ts';
import { isSensor, sensorState } from './points.ts';

const ticketLevels: readonly TicketLevel[] = ['property', 'community', 'city'];

interface Figure {
  label: string;
  value: string;
  alarming?: boolean;
}

interface BoardFiguresProps {
  /** Undefined until they are known. */
  tickets: readonly TicketSummary[] | undefined;
  devices: readonly DeviceView[] | undefined;
}

/** How things stand, in nine numbers. */
export function BoardFigures({ tickets, devices }: BoardFiguresProps) {
  const { t, format } = useDisplay();
  const stats = useQuery('stats', api.stats, {
    topics: ['incident', 'alert', 'device'],
    pollMs: 15_000,
  }).data;
  const work = useTicketFigures(tickets);
  const sensors = devices?.filter(isSensor);
  const down = sensors?.filter((device) => sensorState(device) === 'down').length;
  const figure = (label: string, value: number | undefined, alarming = false): Figure => ({
    label,
    value: value === undefined ? '–' : format.number(value),
    alarming: alarming && (value ?? 0) > 0,
  });
  const p50 = stats?.acknowledgeMsP50;
  const figures: Figure[] = [
    figure(t('stats.unacknowledged'), stats?.unacknowledged, true),
    figure(t('stats.open'), stats?.openIncidents, true),
    figure(t('stats.over'), work?.over, true),
    ...ticketLevels.map((level) => figure(t(`stats.tickets.${level}`), work?.byLevel[level])),
    figure(t('stats.silent'), stats?.silentDevices),
    figure(t('stats.gatewaysDown'), down, true),
    { label: t('stats.ackP50'), value: p50 === null || p50 === undefined ? '–' : format.span(p50) },
  ];
  return (
    <dl className="grid grid-cols-3 gap-px overflow-hidden rounded-card border border-line bg-line large:grid-cols-1 wide:grid-cols-9">
      {figures.map(({ label, value, alarming }) => (
        <div
          key={label}
          className={`flex min-w-0 flex-col-reverse justify-end px-3 py-2 ${alarming ? 'bg-danger-soft' : 'bg-surface'}`}
        >
          <dd className={`tnum text-title font-bold ${alarming ? 'text-danger' : ''}`}>{value}</dd>
          <dt className="text-fine text-muted">{label}</dt>
        </div>
      ))}
    </dl>
  );
}

function useTicketFigures(tickets: readonly TicketSummary[] | undefined) {
  const now = useNow(10_000);
  const readAt = useReadAt(tickets);
  if (!tickets) return undefined;
  const open = tickets.filter((ticket) => isBeforeFinish(ticket.status));
  const at = (level: TicketSummary['level']) => open.filter((ticket) => ticket.level === level).length;
  // A deadline that passed made the ticket rise and gave it a new one: the breach stays with it.
  const isOver = (ticket: TicketSummary) =>
    ticket.breaches > 0 || clockAt(ticket.clock, readAt, now).state === 'over';
  return {
    over: open.filter(isOver).length,
    byLevel: { property: at('property'), community: at('community'), city: at('city') },
  };
}
