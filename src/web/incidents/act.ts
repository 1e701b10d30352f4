import { useCallback } from 'react';
import { type ActionBodies, type ActionName, api } from '../core/endpoints.ts';
import { ApiError } from '../core/http.ts';
import { type PendingAction, perform, useOutbox } from '../core/outbox.ts';
import { refresh } from '../core/query.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { useErrorText } from '../ui/states.tsx';
import { useSpeaker } from '../ui/toast.tsx';

/** Actions on one incident through the outbox: pressed once, sent until the service answers. */
export function useAct(incidentId: number): <A extends ActionName>(action: A, body: ActionBodies[A]) => void {
  const { me } = useSession();
  return useCallback((action, body) => perform(me.id, incidentId, { action, body }), [me.id, incidentId]);
}

/** What of this incident did not reach the service yet. */
export function usePending(incidentId: number): readonly PendingAction[] {
  return useOutbox().filter((pending) => pending.incidentId === incidentId);
}

/** Gives an incident back within the ten seconds after an acknowledgement; not queued, as later it would be wrong. */
export function useRelease(): (incidentId: number) => Promise<void> {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const text = useErrorText();
  return useCallback(
    async (incidentId) => {
      try {
        await api.act(incidentId, 'release', {});
        toast({ tone: 'plain', text: t('act.released') });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        toast({ tone: 'danger', text: text(error) });
      }
      refresh(['incident']);
    },
    [t, toast, text],
  );
}
