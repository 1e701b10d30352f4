import { useEffect, useRef } from 'react';
import type { Me } from '../../api/schemas.ts';
import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { navigate, pathTo } from '../core/router.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { chime } from '../ring/sound.ts';
import { useSpeaker } from '../ui/toast.tsx';
import { placeName } from './describe.ts';
import { useOpenTickets } from './ticket-list.tsx';

/** Says softly, once, that a ticket came which is the reader's to take: to the managers on duty, and to whoever is sent. */
export function TicketChime() {
  const { t, word } = useDisplay();
  const { me } = useSession();
  const { toast } = useSpeaker();
  const { data } = useOpenTickets();
  const known = useRef<Set<string> | undefined>(undefined);
  useEffect(() => {
    if (!data) return;
    const asked = data.flatMap((ticket) => askOf(ticket, me).map((why) => ({ ticket, why })));
    const fresh = asked.filter(
      ({ ticket, why }) => known.current && !known.current.has(`${why}-${ticket.id}`),
    );
    known.current = new Set(asked.map(({ ticket, why }) => `${why}-${ticket.id}`));
    if (fresh.length === 0) return;
    chime();
    for (const { ticket, why } of fresh.slice(0, 2)) {
      const words = { kind: word('kind', ticket.kind), place: placeName(ticket) };
      toast({
        tone: 'plain',
        text: why === 'sent' ? t('tickets.forYou', words) : t('tickets.newOne', words),
        undo: { label: t('tickets.open'), run: () => navigate(pathTo('ticket', ticket.id)) },
        forMs: 15_000,
      });
    }
  }, [data, me, t, word, toast]);
  return null;
}

function askOf(ticket: TicketSummary, me: Me): ('new' | 'sent')[] {
  const company = me.companies.find(({ id }) => id === ticket.company?.id);
  const isForManagers = company?.duty === 'manager' && company.onDuty && ticket.status === 'dispatched';
  const isSent = ticket.assignees.some(({ id }) => id === me.id) && ticket.status === 'accepted';
  return [...(isForManagers ? (['new'] as const) : []), ...(isSent ? (['sent'] as const) : [])];
}
