import { createContext, type ReactNode, use, useEffect, useMemo, useRef } from 'react';
import type { IncidentSummary, Me } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useOutbox } from '../core/outbox.ts';
import { type QueryState, useQuery } from '../core/query.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { type Display, useDisplay } from '../i18n/language.tsx';
import { byUrgency, isUnanswered, whoName } from '../incidents/describe.ts';
import { useSpeaker } from '../ui/toast.tsx';
import { useTitleFlash, useVibration, useWakeLock } from './attention.ts';
import { type Mutes, stampOf, useMutes } from './mutes.ts';
import { type Melody, wishSound } from './sound.ts';

export interface RingState extends Mutes {
  open: QueryState<IncidentSummary[]> & { reload: () => void };
  /** Incidents that ask the reader to act and that nobody has, the longest waiting first. */
  ringing: readonly IncidentSummary[];
  /** Those he is told of softly: offered to him, about silent devices, or unanswered on the board of his desk. */
  chiming: readonly IncidentSummary[];
}

const RingContext = createContext<RingState | undefined>(undefined);

export function useRing(): RingState {
  const ring = use(RingContext);
  if (!ring) throw new Error('useRing outside its provider');
  return ring;
}

/** Keeps the open incidents of the reader, and makes noise while one of them waits for him. */
export function RingProvider({ children }: { children: ReactNode }) {
  const display = useDisplay();
  const { me } = useSession();
  const mutes = useMutes(stampOf);
  const open = useQuery('incidents-open', () => api.incidents({ open: true, limit: 200 }), {
    topics: ['incident', 'alert'],
    pollMs: 15_000,
  });
  const acting = useOutbox().filter((pending) => pending.action === 'acknowledge');
  const { isMuted } = mutes;
  const ringing = (open.data ?? []).filter((one) => one.ringsForMe && !one.outage).sort(byUrgency);
  const isActing = (one: IncidentSummary) => acting.some((pending) => pending.incidentId === one.id);
  const loud = ringing.filter((one) => !isMuted(one) && !isActing(one));
  const chiming = (open.data ?? []).filter((one) => !ringing.includes(one) && concerns(one, me));
  const isChiming = chiming.some((one) => !isMuted(one) && !isActing(one));

  useNoise('incidents', loud.length > 0 ? 'urgent' : isChiming ? 'gentle' : undefined);
  useVibration(loud.length > 0);
  useWakeLock(ringing.length > 0);
  useTitleFlash(ringing[0] && headline(ringing[0], display), display.t('app.name'));
  useTakenAnnouncements(open.data, display);

  return <RingContext value={{ ...mutes, open, ringing, chiming }}>{children}</RingContext>;
}

function concerns(incident: IncidentSummary, me: Me): boolean {
  if (incident.handOverTo?.id === me.id || incident.ringsForMe) return true;
  return hasRole(me, 'dispatcher') && isUnanswered(incident.status) && incident.severity === 'critical';
}

function headline(incident: IncidentSummary, display: Display): string {
  return `【${display.word('kind', incident.kind)}】${whoName(incident, display)}`;
}

/** Sounds while there is a melody; of several such wishes on a page the loudest is heard. */
export function useNoise(who: string, melody: Melody | undefined): void {
  useEffect(() => wishSound(who, melody), [who, melody]);
  useEffect(() => () => wishSound(who, undefined), [who]);
}

/** Speaks up when a new incident rings and when somebody else took what rang here. */
function useTakenAnnouncements(incidents: readonly IncidentSummary[] | undefined, display: Display): void {
  const { me } = useSession();
  const { toast, announce } = useSpeaker();
  const rang = useRef(new Set<number>());
  const current = useMemo(() => incidents ?? [], [incidents]);
  useEffect(() => {
    for (const one of current) {
      if (one.ringsForMe && !rang.current.has(one.id)) {
        rang.current.add(one.id);
        announce(`${headline(one, display)} ${one.address ?? ''}`);
      }
      if (one.ringsForMe || !rang.current.delete(one.id) || !one.owner || one.owner.id === me.id) continue;
      toast({ tone: 'plain', text: display.t('act.takenBy', { name: one.owner.name }), forMs: 10_000 });
    }
  }, [current, display, me.id, toast, announce]);
}
