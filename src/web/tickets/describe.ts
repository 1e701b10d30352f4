import type { TicketDetail, TicketSummary } from '../../api/ticket-schemas.ts';
import type { FaultClass, TicketAction, TicketStatus } from '../../model/tickets.ts';
import type { Display } from '../i18n/language.tsx';
import type { IconName } from '../ui/icons.tsx';
import type { BadgeTone } from '../ui/surface.tsx';
import { clockAt } from './clock.ts';

export const faultIcons: Readonly<Record<FaultClass, IconName>> = {
  water_leak: 'drop',
  water_supply: 'gauge',
  sewer_level: 'level',
  bin_full: 'bin',
  manhole_open: 'manhole',
  breaker_trip: 'breaker',
  electrical_warning: 'bolt',
  power_quality: 'pulse',
  device_battery: 'device',
  device_silent: 'offline',
  device_fault: 'wrench',
  gateway_dead: 'gateway',
};

export function isOpenTicket(status: TicketStatus): boolean {
  return status !== 'closed';
}

/** Whether somebody still has to mend something. */
export function isBeforeFinish(status: TicketStatus): boolean {
  return !['finished', 'verified', 'closed'].includes(status);
}

export function ticketTone(status: TicketStatus): BadgeTone {
  if (status === 'reported' || status === 'dispatched') return 'danger';
  if (status === 'accepted' || status === 'in_progress') return 'action';
  if (status === 'paused') return 'warn';
  return status === 'closed' ? 'quiet' : 'ok';
}

/** What stands there: the asset, else the device. */
export function placeName({ asset, device }: TicketSummary): string {
  return asset?.name ?? device.name ?? device.nativeId;
}

/** "estate › building › floor"; where there is no asset, the address or what is known of the device. */
export function placePath({ asset, address, device, grid }: TicketSummary): string {
  if (asset && asset.path.length > 0) return asset.path.join(' › ');
  return address ?? grid?.name ?? device.nativeId;
}

/** Past the deadline first, then what is due soonest, then what is newest; what is finished last. */
export function byTicketUrgency(readAt: number, now: number) {
  const rank = (ticket: TicketSummary): number => {
    if (!isBeforeFinish(ticket.status)) return 3;
    if (clockAt(ticket.clock, readAt, now).state === 'over') return 0;
    return ticket.clock.dueAt === null ? 2 : 1;
  };
  return (a: TicketSummary, b: TicketSummary): number =>
    rank(a) - rank(b) ||
    (a.clock.dueAt ?? Number.MAX_SAFE_INTEGER) - (b.clock.dueAt ?? Number.MAX_SAFE_INTEGER) ||
    b.reportedAt - a.reportedAt;
}

export function isMine(ticket: TicketSummary, readerId: number): boolean {
  return ticket.owner?.id === readerId || ticket.assignees.some((person) => person.id === readerId);
}

/** The one thing to do next and, where there are two ways on, the other; undefined where the reader waits for somebody. */
export function nextStep(
  ticket: TicketDetail,
  readerId: number,
): { main: TicketAction; beside?: TicketAction } | undefined {
  const has = (action: TicketAction) => ticket.actions.includes(action);
  if (ticket.request && has('approve')) return { main: 'approve', beside: 'refuse' };
  if (has('accept')) return { main: 'accept' };
  if (ticket.status === 'accepted') return afterAccepting(ticket, readerId);
  if (has('dispatch') && ticket.company === null) return { main: 'dispatch' };
  const inOrder: readonly TicketAction[] = ['finish', 'resume', 'verify'];
  const main = inOrder.find(has) ?? afterVerifying(ticket);
  return main && { main };
}

function afterVerifying({ actions, rating }: TicketDetail): TicketAction | undefined {
  if (rating === null && actions.includes('rate')) return 'rate';
  return actions.includes('close') ? 'close' : undefined;
}

function afterAccepting(ticket: TicketDetail, readerId: number): ReturnType<typeof nextStep> {
  const { actions, assignees } = ticket;
  const isGiven = assignees.some((person) => person.id === readerId);
  if (isGiven || !actions.includes('assign'))
    return actions.includes('start') ? { main: 'start' } : undefined;
  if (assignees.length > 0) return undefined;
  return actions.includes('start') ? { main: 'assign', beside: 'start' } : { main: 'assign' };
}

/** Where the ticket stands, for whoever waits. */
export function standing(ticket: TicketSummary, { t, format }: Display, now: number): string {
  const names = ticket.assignees.map((person) => person.name).join(t('common.comma'));
  switch (ticket.status) {
    case 'reported':
      return t('ticketNow.reported');
    case 'dispatched':
      return t('ticketNow.dispatched', {
        who: ticket.desk?.name ?? ticket.company?.name ?? t('ticketNow.anyDesk'),
      });
    case 'accepted':
      return names ? t('ticketNow.assigned', { names }) : t('ticketNow.accepted');
    case 'in_progress':
      return t('ticketNow.in_progress', { names: names || (ticket.owner?.name ?? t('common.unknown')) });
    case 'paused':
      return ticket.pausedUntil === null
        ? t('ticketNow.pausedOpen')
        : t('ticketNow.paused', { until: format.moment(ticket.pausedUntil, now) });
    case 'finished':
      return t('ticketNow.finished');
    case 'verified':
      return t('ticketNow.verified');
    case 'closed':
      return t('ticketNow.closed');
  }
}

/** Photos are of work that is not finished, by whoever has to do with it. */
export function mayTakePhotos(ticket: TicketDetail): boolean {
  return isBeforeFinish(ticket.status) && ticket.actions.includes('comment');
}
