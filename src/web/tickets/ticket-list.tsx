import { useState } from 'react';
import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { TextField } from '../ui/field.tsx';
import { Segments } from '../ui/segments.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Card } from '../ui/surface.tsx';
import { useReadAt } from './clock-bar.tsx';
import { byTicketUrgency, isMine, placeName, placePath } from './describe.ts';
import { TicketRow } from './ticket-row.tsx';

const filters = ['open', 'mine', 'done'] as const;
/** From here on a phone offers the search, too; fewer fit on a screen or two. */
const MANY = 12;
type Filter = (typeof filters)[number];

export function useOpenTickets() {
  return useQuery('tickets-open', () => api.tickets({ open: true, limit: 500 }), {
    topics: ['ticket'],
    pollMs: 60_000,
  });
}

/** Tickets by urgency, in as many columns as there is room for. */
export function TicketList() {
  const { t } = useDisplay();
  const { me } = useSession();
  const [filter, setFilter] = useState<Filter>('open');
  const [text, setText] = useState('');
  const open = useOpenTickets();
  const done = useQuery('tickets-done', () => api.tickets({ open: false, limit: 100 }), {
    topics: ['ticket'],
    pollMs: 60_000,
    enabled: filter === 'done',
  });
  const mine = open.data?.filter((ticket) => isMine(ticket, me.id));
  const counts = { open: open.data?.length, mine: mine?.length, done: undefined };
  const isMany = (open.data?.length ?? 0) > MANY || filter === 'done';
  const choices = filters.map((value) => ({
    value,
    label: t(`ticketFilter.${value}`),
    count: counts[value],
  }));
  return (
    <section aria-label={t('nav.property')} className="grid min-w-0 gap-3">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <Segments label={t('ticketFilter.label')} choices={choices} value={filter} onChange={setFilter} />
        <div className={`w-full middle:block middle:max-w-xs ${isMany || text !== '' ? '' : 'hidden'}`}>
          <TextField
            label={t('ticketFilter.search')}
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      </div>
      <Fetched query={filter === 'done' ? done : open}>
        {(tickets) => (
          <Rows
            tickets={filter === 'mine' ? tickets.filter((ticket) => isMine(ticket, me.id)) : tickets}
            filter={filter}
            text={text}
          />
        )}
      </Fetched>
    </section>
  );
}

function Rows({
  tickets,
  filter,
  text,
}: {
  tickets: readonly TicketSummary[];
  filter: Filter;
  text: string;
}) {
  const { t, word } = useDisplay();
  const { me } = useSession();
  const now = useNow(10_000);
  const readAt = useReadAt(tickets);
  const wanted = text.trim().toLowerCase();
  const fits = (ticket: TicketSummary) =>
    [
      word('kind', ticket.kind),
      placeName(ticket),
      placePath(ticket),
      ticket.company?.name,
      ticket.owner?.name,
      String(ticket.id),
      ...ticket.assignees.map((person) => person.name),
    ].some((field) => field?.toLowerCase().includes(wanted));
  const shown = tickets.filter(fits);
  const sorted =
    filter === 'done'
      ? shown.sort((a, b) => (b.closedAt ?? b.reportedAt) - (a.closedAt ?? a.reportedAt))
      : shown.sort(byTicketUrgency(readAt, now));
  if (sorted.length === 0) {
    return (
      <Card>
        {wanted === '' ? (
          <Empty icon={filter === 'done' ? 'list' : 'shield'} title={t(`ticketNone.${filter}`)}>
            {filter === 'open' && t('ticketNone.openNote')}
          </Empty>
        ) : (
          <Empty icon="search" title={t('common.nothing')} />
        )}
      </Card>
    );
  }
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,25rem),1fr))] gap-3">
      {sorted.map((ticket) => (
        <li
          key={ticket.id}
          className="min-w-0 overflow-hidden rounded-card border border-line bg-surface shadow-card has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-action"
        >
          <TicketRow ticket={ticket} readerId={me.id} />
        </li>
      ))}
    </ul>
  );
}
