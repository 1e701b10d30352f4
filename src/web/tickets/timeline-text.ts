import type { TicketDetail, TicketTimelineEntry } from '../../api/ticket-schemas.ts';
import type { TicketTimelineKind } from '../../model/tickets.ts';
import { isRecord } from '../core/http.ts';
import type { Display } from '../i18n/language.tsx';
import type { IconName } from '../ui/icons.tsx';
import { valueText } from './evidence.ts';

export const ticketEntryIcons: Readonly<Record<TicketTimelineKind, IconName>> = {
  reported: 'alert',
  dispatched: 'building',
  nobody: 'alert',
  notified: 'bell',
  occurrence: 'pulse',
  severity: 'up',
  recovered: 'check',
  accepted: 'check',
  assigned: 'users',
  task_done: 'check',
  started: 'wrench',
  pause_asked: 'pause',
  pause_approved: 'pause',
  pause_refused: 'close',
  paused: 'pause',
  resumed: 'wrench',
  extend_asked: 'clock',
  extended: 'clock',
  extend_refused: 'close',
  reminded: 'bell',
  breached: 'alert',
  escalated: 'up',
  taken_over: 'shield',
  returned: 'undo',
  photo: 'camera',
  comment: 'note',
  finished: 'checkCircle',
  verified: 'shield',
  rejected: 'refresh',
  rated: 'star',
  closed: 'lock',
  reopened: 'refresh',
  switched: 'power',
};

type Detail = TicketTimelineEntry['detail'];
type Names = ReadonlyMap<number, string>;

/** Names of everybody who occurs in a ticket: its entries name some of them by their id only. */
export function ticketNames(ticket: TicketDetail): Names {
  const people = [
    ticket.owner,
    ticket.finishedBy,
    ticket.verifiedBy,
    ...ticket.assignees,
    ...ticket.assignable.people,
    ...ticket.tasks.flatMap((task) => [task.account, task.assignedBy]),
    ...ticket.timeline.map((entry) => entry.actor),
  ];
  return new Map(people.flatMap((person) => (person ? [[person.id, person.name] as const] : [])));
}

/** The second line of an entry: what was said, chosen or measured. Empty where the kind says all. */
export function ticketEntryDetail(entry: TicketTimelineEntry, display: Display, names: Names): string {
  const { detail } = entry;
  const parts = [
    ...whoOf(detail, display, names),
    ...wordsOf(detail, display),
    ...measuresOf(detail, display),
    ...timesOf(detail, display),
    ...['reason', 'text', 'note'].map((name) => textOf(detail, name)),
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

function textOf(detail: Detail, name: string): string | undefined {
  const value = detail[name];
  return typeof value === 'string' ? value : undefined;
}

function whoOf(detail: Detail, { t }: Display, names: Names): string[] {
  const nameOf = (value: unknown): string[] => {
    if (typeof value === 'number') return [names.get(value) ?? ''];
    return isRecord(value) && typeof value.name === 'string' ? [value.name] : [];
  };
  const people = Array.isArray(detail.people) ? detail.people.flatMap(nameOf) : [];
  const ones = [detail.company, detail.desk, detail.to, detail.account, detail.organisation];
  return [
    ...ones.flatMap((one) => (typeof one === 'string' ? [one] : nameOf(one))),
    people.filter(Boolean).join(t('common.comma')),
  ];
}

/** Words of ours that the service names by their key. */
function wordsOf(detail: Detail, { t, word }: Display): string[] {
  const prefixes = {
    rule: 'kind',
    kind: 'kind',
    severity: 'severity',
    level: 'ticketLevel',
    stage: 'ticketStage',
    cause: 'cause',
    why: 'ticketWhy',
  } as const;
  const parts = Object.entries(prefixes).flatMap(([name, prefix]) => {
    const value = textOf(detail, name);
    return value === undefined ? [] : [word(prefix, value)];
  });
  if (detail.by === 'sensor' || detail.bySensor === true) parts.push(t('ticketWhy.sensor'));
  return parts;
}

function measuresOf(detail: Detail, display: Display): string[] {
  const { t, word, format } = display;
  const parts: string[] = [];
  const signal = textOf(detail, 'signal');
  if (signal !== undefined && detail.value !== undefined)
    parts.push(`${word('signal', signal)} ${valueText(signal, detail.value, display)}`);
  if (typeof detail.percent === 'number') parts.push(format.percent(detail.percent));
  if (typeof detail.rating === 'number') parts.push(t('ticket.rated', { rating: detail.rating }));
  if (typeof detail.occurrences === 'number')
    parts.push(t('ticket.occurrences', { count: detail.occurrences }));
  return parts;
}

function timesOf(detail: Detail, { t, format }: Display): string[] {
  const parts: string[] = [];
  if (typeof detail.until === 'number')
    parts.push(t('ticketRequest.until', { time: format.full(detail.until) }));
  if (typeof detail.byMs === 'number') parts.push(t('ticketRequest.by', { span: format.span(detail.byMs) }));
  if (typeof detail.dueAt === 'number') parts.push(t('breach.due', { time: format.full(detail.dueAt) }));
  return parts;
}
