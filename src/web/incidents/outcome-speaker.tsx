import { useEffect } from 'react';
import { isRecord } from '../core/http.ts';
import { type OutboxResult, onOutboxResult } from '../core/outbox.ts';
import { useDisplay } from '../i18n/language.tsx';
import { useErrorText } from '../ui/states.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { useRelease } from './act.ts';

const UNDO_MS = 10_000;

/** Says what became of each action that was sent, wherever in the page its person is by then. */
export function OutcomeSpeaker() {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const text = useErrorText();
  const release = useRelease();
  useEffect(() => {
    const speak = ({ pending, error }: OutboxResult) => {
      if (error) {
        const { owner } = error.details;
        const name = typeof owner === 'string' ? owner : isRecord(owner) ? String(owner.name) : undefined;
        const taken = error.code === 'INCIDENT_TAKEN' && name !== undefined;
        toast({ tone: 'danger', text: taken ? t('act.takenBy', { name }) : text(error), forMs: 8_000 });
        return;
      }
      if (pending.action === 'acknowledge') {
        toast({
          tone: 'ok',
          text: t('act.done.acknowledge'),
          forMs: UNDO_MS,
          undo: { label: t('act.undo'), run: () => void release(pending.incidentId) },
        });
        return;
      }
      toast({ tone: 'ok', text: t(`act.done.${pending.action}`) });
    };
    return onOutboxResult(speak);
  }, [t, toast, text, release]);
  return null;
}
