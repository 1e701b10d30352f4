import { Dialog } from 'radix-ui';
import { type ReactNode, useRef, useState } from 'react';
import type { IncidentSummary } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { perform } from '../core/outbox.ts';
import { navigate, pathTo, type Route } from '../core/router.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { type Display, useDisplay } from '../i18n/language.tsx';
import { usePending } from '../incidents/act.ts';
import { Undelivered } from '../incidents/action-panel.tsx';
import {
  ageInYears,
  isUnregistered,
  kindIcon,
  lateText,
  mayTakeAtOnce,
  whoName,
} from '../incidents/describe.ts';
import { useIncident } from '../incidents/incident-page.tsx';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { stampOf } from './mutes.ts';
import { useReceipt } from './receipts.ts';
import { useRing } from './ring-state.tsx';
import { unlockSound, useSoundState } from './sound.ts';

/**
 * Fills the screen while an incident asks the reader to act, until somebody has it. On the incident's own page, and at a desk whose
 * board shows all of them, a strip at the top says the same.
 */
export function RingLayer({ route }: { route: Route }) {
  const { ringing, chiming } = useRing();
  const { me } = useSession();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const shown = ringing.find((one) => !folded.has(stampOf(one)));
  const isDesk = hasRole(me, 'dispatcher');
  const atItsPage = route.name === 'incident' || route.name === 'boardIncident';
  const atBoard = isDesk && ['board', 'boardIncident', 'boardTicket'].includes(route.name);
  if (shown && !atBoard && !(atItsPage && route.id === shown.id)) {
    const fold = () => setFolded((before) => new Set([...before, ...ringing.map(stampOf)]));
    return <RingScreen incident={shown} count={ringing.length} onFold={fold} />;
  }
  // The page of an incident says all of this itself; a wide board has it in its list and its sound bar.
  const isElsewhere = (one: IncidentSummary) => !(atItsPage && route.id === one.id);
  const strip = { page: isDesk ? ('boardIncident' as const) : ('incident' as const) };
  return (
    <>
      <Strip
        {...strip}
        incidents={ringing.filter(isElsewhere)}
        className={`bg-danger ${atBoard ? 'wide:hidden' : ''}`}
      />
      <Strip
        {...strip}
        incidents={chiming.filter(isElsewhere)}
        className={`bg-[#46524f] ${atBoard ? 'wide:hidden' : ''}`}
      />
    </>
  );
}

interface StripProps {
  incidents: readonly IncidentSummary[];
  page: 'boardIncident' | 'incident';
  className: string;
}

function Strip({ incidents, page, className }: StripProps) {
  const display = useDisplay();
  const { t, word, format } = display;
  const { isMuted, mute } = useRing();
  const now = useNow();
  const [first] = incidents;
  if (!first) return null;
  const loud = incidents.filter((one) => !isMuted(one));
  return (
    <div
      className={`on-dark sticky top-0 z-30 flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5 text-white ${className}`}
    >
      <Icon name="bell" className="breathe" />
      <p className="tnum min-w-0 flex-1 basis-48 text-small font-bold">
        {word('kind', first.kind)} · {whoName(first, display)} · {format.ticking(now - first.raisedAt)}
        {first.handOverTo && ` · ${t('incident.handedTo', { name: first.handOverTo.name })}`}
        {incidents.length > 1 && ` · ${t('ring.more', { count: incidents.length - 1 })}`}
      </p>
      <div className="flex gap-2">
        {loud.length > 0 && (
          <Button tone="onDark" size="small" icon="bellOff" onClick={() => mute(incidents)}>
            {t('ring.mute')}
          </Button>
        )}
        <Button tone="onDark" size="small" onClick={() => navigate(pathTo(page, first.id))}>
          {t('ring.open')}
        </Button>
      </div>
    </div>
  );
}

interface RingScreenProps {
  incident: IncidentSummary;
  count: number;
  onFold: () => void;
}

function RingScreen({ incident, count, onFold }: RingScreenProps) {
  const display = useDisplay();
  const { t } = display;
  const detail = useIncident(incident.id);
  const sound = useSoundState();
  const { isMuted } = useRing();
  useReceipt(detail.data, sound === 'ready' && !isMuted(incident) ? 'rung' : undefined);
  const care = detail.data?.subjectDetail?.careNotes;
  return (
    <FullScreen>
      <RingFacts incident={incident} count={count} display={display} care={care} />
      <div className="grid gap-2.5">
        <RingActions key={incident.id} incident={incident} />
        <RingSound incident={incident} />
        <p className="text-center text-small">{t('ring.muteIsNotAck')}</p>
        <Button tone="onDark" size="small" icon="down" className="border-0!" onClick={onFold}>
          {t('ring.fold')}
        </Button>
      </div>
    </FullScreen>
  );
}

/** Over everything, and not to be closed by a key or a touch beside it. */
function FullScreen({ children }: { children: ReactNode }) {
  const content = useRef<HTMLDivElement>(null);
  const keep = (event: Event) => event.preventDefault();
  return (
    <Dialog.Root open modal>
      <Dialog.Portal>
        <Dialog.Content
          ref={content}
          tabIndex={-1}
          onOpenAutoFocus={(event) => {
            // Not on the button: whoever is typing when it rings must not take it with the space bar.
            event.preventDefault();
            content.current?.focus();
          }}
          onEscapeKeyDown={keep}
          onPointerDownOutside={keep}
          onInteractOutside={keep}
          className="on-dark fixed inset-0 z-40 overflow-y-auto bg-danger text-white outline-none"
        >
          <div className="mx-auto flex min-h-full w-full max-w-xl flex-col gap-4 px-5 pt-5 pb-[max(1.25rem,env(safe-area-inset-bottom))]">
            {children}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function RingSound({ incident }: { incident: IncidentSummary }) {
  const { t } = useDisplay();
  const { me } = useSession();
  const sound = useSoundState();
  const { isMuted, mute } = useRing();
  const muted = isMuted(incident);
  return (
    <>
      {sound === 'locked' && !muted && (
        <Button tone="onDark" block icon="speaker" onClick={() => void unlockSound()}>
          {t('ring.soundLocked')}
        </Button>
      )}
      <div className="grid auto-cols-fr grid-flow-col gap-2.5 large:grid-flow-row">
        <Button tone="onDark" icon="bellOff" disabled={muted} onClick={() => mute([incident])}>
          {muted ? t('ring.muted') : t('ring.mute')}
        </Button>
        {mayTakeAtOnce(me) && (
          <Button tone="onDark" icon="list" onClick={() => navigate(pathTo('incident', incident.id))}>
            {t('ring.details')}
          </Button>
        )}
      </div>
    </>
  );
}

interface RingFactsProps {
  incident: IncidentSummary;
  count: number;
  display: Display;
  care: string | null | undefined;
}

function RingFacts({ incident, count, display, care }: RingFactsProps) {
  const { t, word, format } = display;
  const now = useNow();
  const age = ageInYears(incident.subject?.birthYear, now);
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-3 text-center">
      <RingMark kind={incident.kind} />
      <Dialog.Title className="grid gap-1">
        <span className="text-title font-semibold">{word('kind', incident.kind)}</span>
        <span className="text-huge font-bold tracking-tight">{whoName(incident, display)}</span>
        {age !== undefined && <span className="text-lead">{t('common.years', { age })}</span>}
      </Dialog.Title>
      <Dialog.Description className="grid gap-1 text-lead">
        <span className="font-bold">
          {incident.address ?? (incident.location ? t('where.pointOnly') : t('where.unknown'))}
        </span>
        {incident.grid && <span className="text-base">{incident.grid.name}</span>}
        <span className="tnum text-title font-bold">
          <span className="sr-only">{t('incident.since')} </span>
          {format.ticking(now - incident.raisedAt)}
        </span>
      </Dialog.Description>
      <div className="flex flex-wrap justify-center gap-2 text-small font-semibold">
        {incident.presses > 1 && <Chip>{t('incident.presses', { count: incident.presses })}</Chip>}
        {incident.late && <Chip>{lateText(incident, display, now)}</Chip>}
        {isUnregistered(incident) && <Chip>{t('incident.unregistered')}</Chip>}
        {count > 1 && <Chip>{t('ring.more', { count: count - 1 })}</Chip>}
      </div>
      {care && <p className="w-full rounded-card bg-danger-deep px-4 py-2.5 text-left text-base">{care}</p>}
    </div>
  );
}

function Chip({ children }: { children: ReactNode }) {
  return <span className="rounded-chip bg-white px-2 py-0.5 text-danger">{children}</span>;
}

function RingMark({ kind }: { kind: string }) {
  return (
    <div
      className="relative grid size-32 place-items-center [@media(height<760px)]:hidden"
      aria-hidden="true"
    >
      {[0, 1, 2].map((ring) => (
        <span key={ring} className="wave absolute inset-0 rounded-full border-4 border-white" />
      ))}
      <span className="grid size-20 place-items-center rounded-full bg-white text-danger">
        <Icon name={kindIcon(kind)} size={48} />
      </span>
    </div>
  );
}

/** A touch that was meant for what stood there before does not count. */
const GUARD_MS = 500;

function RingActions({ incident }: { incident: IncidentSummary }) {
  const { t } = useDisplay();
  const { me } = useSession();
  const pending = usePending(incident.id);
  const [shownAt] = useState(() => Date.now());
  if (pending.length > 0) return <Undelivered incidentId={incident.id} />;
  const open = () => navigate(pathTo('incident', incident.id));
  if (!mayTakeAtOnce(me)) return <BigButton icon="list" label={t('ring.progress')} onPress={open} />;
  const take = (etaMinutes?: number) => {
    if (Date.now() - shownAt < GUARD_MS) return;
    perform(me.id, incident.id, { action: 'acknowledge', body: {} });
    if (etaMinutes !== undefined) perform(me.id, incident.id, { action: 'en-route', body: { etaMinutes } });
    open();
  };
  return (
    <>
      <BigButton icon="check" label={t('act.acknowledge')} onPress={() => take()} />
      <div className="grid grid-cols-3 gap-2.5 large:hidden">
        {[5, 10, 20].map((minutes) => (
          <Button key={minutes} tone="onDark" className="px-1!" onClick={() => take(minutes)}>
            {t('ring.etaIn', { minutes })}
          </Button>
        ))}
      </div>
    </>
  );
}

function BigButton({ icon, label, onPress }: { icon: IconName; label: string; onPress: () => void }) {
  return (
    <button
      type="button"
      onClick={onPress}
      className="flex min-h-20 w-full items-center justify-center gap-3 rounded-card bg-white px-6 text-head font-bold text-danger hover:bg-danger-soft large:min-h-24"
    >
      <Icon name={icon} size={34} />
      {label}
    </button>
  );
}
