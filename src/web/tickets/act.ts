import { useCallback } from 'react';
import type { TicketBodies } from '../../api/ticket-schemas.ts';
import type { TicketAction } from '../../model/tickets.ts';
import { api } from '../core/endpoints.ts';
import { refresh } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { useSpeaker } from '../ui/toast.tsx';

export type SendTicketAction = <A extends TicketAction>(action: A, body: TicketBodies[A]) => Promise<void>;

/** Does one thing to a ticket and says so when the service has done it; rejects with the service's refusal. */
export function useTicketAction(ticketId: number): SendTicketAction {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  return useCallback(
    async (action, body) => {
      try {
        await api.ticketAct(ticketId, action, body);
        const done: TicketAction = action;
        toast({ tone: 'ok', text: t(`ticketDone.${done}`) });
      } finally {
        // After a refusal, too: it was shown as something that it is no longer.
        refresh(['ticket']);
      }
    },
    [ticketId, t, toast],
  );
}
