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

/** Names of who occurs in a ticket: its entries name some of them by their id only. */
export interface TicketNames {
  people: ReadonlyMap<number, string>;
  companies: ReadonlyMap<number, string>;
}

export function ticketNames(ticket: TicketDetail): TicketNames {
  const people = [
    ticket.owner,
    ticket.finishedBy,
    ticket.verifiedBy,
    ...ticket.assignees,
    ...ticket.assignable.people,
    ...ticket.tasks.flatMap((task) => [task.account, task.assignedBy]),
    ...ticket.timeline.map((entry) => entry.actor),
  ];
  const companies = [
    ticket.company,
    ...ticket.dispatchable,
    ...ticket.assignable.companies,
    ...ticket.tasks.map((task) => task.company),
  ];
  return { people: byId(people), companies: byId(companies) };
}

function byId(named: readonly ({ id: number; name: string } | null)[]): ReadonlyMap<number, string> {
  return new Map(named.flatMap((one) => (one ? [[one.id, one.name] as const] : [])));
}

/** The second line of an entry: what was said, chosen or measured. Empty where the kind says all. */
export function ticketEntryDetail(entry: TicketTimelineEntry, display: Display, names: TicketNames): string {
  const { detail } = entry;
  const parts = [
    ...whoOf(detail, display, names),
    ...wordsOf(entry, display),
    ...measuresOf(detail, display),
    ...timesOf(entry, display),
    ...['reason', 'text', 'note'].map((name) => textOf(detail, name)),
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

function textOf(detail: Detail, name: string): string | undefined {
  const value = detail[name];
  return typeof value === 'string' ? value : undefined;
}

function whoOf(detail: Detail, { t }: Display, names: TicketNames): (string | undefined)[] {
  const { accountId, companyId, people } = detail;
  const told = Array.isArray(people)
    ? people.flatMap((one) => (isRecord(one) ? [String(one.name)] : []))
    : [];
  return [
    typeof companyId === 'number' ? names.companies.get(companyId) : undefined,
    typeof accountId === 'number' ? names.people.get(accountId) : undefined,
    told.join(t('common.comma')),
  ];
}

/** Words of ours that the service names by their key. */
function wordsOf({ kind, detail }: TicketTimelineEntry, { t, word }: Display): string[] {
  const named = (name: string, prefix: string) => {
    const value = textOf(detail, name);
    return value === undefined ? [] : [word(prefix, value)];
  };
  const isChange = kind === 'escalated' || kind === 'severity';
  const scale = kind === 'escalated' ? 'ticketLevel' : 'severity';
  const change = isChange ? [[...named('from', scale), ...named('to', scale)].join(' → ')] : [];
  const first = kind === 'reported' || kind === 'occurrence' || kind === 'severity';
  return [
    ...change,
    ...(first ? named('kind', 'kind') : []),
    ...named('level', 'ticketLevel'),
    ...named('stage', kind === 'photo' ? 'photo' : 'ticketStage'),
    ...named('cause', 'cause'),
    ...named('finding', 'finding'),
    ...named('by', 'ticketWhy'),
    ...named('waits', 'ticketWait'),
    ...(kind === 'switched' ? [t(detail.on === true ? 'switch.on' : 'switch.off')] : []),
    ...named('outcome', 'switchOutcome'),
  ];
}

function measuresOf(detail: Detail, display: Display): string[] {
  const { t, word, format } = display;
  const parts: string[] = [];
  const signal = textOf(detail, 'signal');
  if (signal !== undefined && typeof detail.value === 'number')
    parts.push(`${word('signal', signal)} ${valueText(signal, detail.value, display)}`);
  if (typeof detail.percent === 'number') parts.push(format.percent(detail.percent));
  if (typeof detail.rating === 'number') parts.push(t('ticket.rated', { rating: detail.rating }));
  if (typeof detail.reworks === 'number') parts.push(t('ticket.reworks', { count: detail.reworks }));
  return parts;
}

function timesOf({ at, detail }: TicketTimelineEntry, { t, format }: Display): string[] {
  const parts: string[] = [];
  if (typeof detail.until === 'number')
    parts.push(t('ticketRequest.until', { time: format.moment(detail.until, at) }));
  if (typeof detail.byMs === 'number') parts.push(t('ticketRequest.by', { span: format.span(detail.byMs) }));
  if (typeof detail.dueAt === 'number')
    parts.push(t('breach.due', { time: format.moment(detail.dueAt, at) }));
  return parts;
}
