import type { ReactNode } from 'react';
import type { IncidentDetail } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { useDisplay } from '../i18n/language.tsx';
import { useRing } from '../ring/ring-state.tsx';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { ageInYears, isOpen, isUnanswered, isUnregistered, kindIcon, lateText, whoName } from './describe.ts';

/** Who, what, since when and who has it: the first thing to be read. */
export function IncidentHero({ incident, readerId }: { incident: IncidentDetail; readerId: number }) {
  const display = useDisplay();
  const { t, word, format } = display;
  const now = useNow();
  const waiting = isUnanswered(incident.status);
  const looks = waiting ? 'bg-danger' : isOpen(incident.status) ? 'bg-brand' : 'bg-[#46524f]';
  const age = ageInYears(incident.subject?.birthYear, now);
  return (
    <header className={`on-dark rounded-card px-4 py-4 text-white shadow-card ${looks}`}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="flex items-center gap-2 text-lead font-bold">
          <Icon name={kindIcon(incident.kind)} size={26} />
          {word('kind', incident.kind)}
        </p>
        <p className="tnum text-title font-bold">
          <span className="sr-only">{t('incident.since')} </span>
          {isOpen(incident.status) ? format.ticking(now - incident.raisedAt) : t(`status.${incident.status}`)}
        </p>
      </div>
      <h1 className="mt-1 text-head font-bold tracking-tight">
        {whoName(incident, display)}
        {age !== undefined && (
          <span className="text-title font-semibold"> · {t('common.years', { age })}</span>
        )}
      </h1>
      <Traits incident={incident} />
      <MuteButton incident={incident} />
      <div className="mt-3 grid gap-1 border-t border-white/30 pt-3 text-small">
        <StateLine incident={incident} readerId={readerId} now={now} />
        <HeroLine icon="clock">{t('incident.raisedAt', { time: format.full(incident.raisedAt) })}</HeroLine>
        {incident.presses > 1 && (
          <HeroLine icon="bell">
            {t('incident.pressesLast', {
              count: incident.presses,
              ago: format.ago(incident.lastPressAt, now),
            })}
          </HeroLine>
        )}
        {incident.late && (
          <HeroLine icon="alert">
            {lateText(incident, display, now)}
            {incident.happenedAt !== null &&
              ` · ${t('incident.lateLong', { time: format.full(incident.happenedAt) })}`}
          </HeroLine>
        )}
        {isUnregistered(incident) && (
          <HeroLine icon="watch">
            {t('incident.unregisteredLong', {
              id: incident.device.nativeId,
              protocol: incident.device.protocol,
            })}
          </HeroLine>
        )}
      </div>
    </header>
  );
}

/** Silences this device while the incident's own page is open; it goes on waiting for somebody. */
function MuteButton({ incident }: { incident: IncidentDetail }) {
  const { t } = useDisplay();
  const { ringing, chiming, isMuted, mute } = useRing();
  if (![...ringing, ...chiming].some((one) => one.id === incident.id)) return null;
  const muted = isMuted(incident);
  return (
    <Button
      tone="onDark"
      size="small"
      icon="bellOff"
      className="mt-2"
      disabled={muted}
      onClick={() => mute([incident])}
    >
      {muted ? t('ring.muted') : t('ring.mute')}
    </Button>
  );
}

function HeroLine({ icon, children }: { icon: IconName; children: ReactNode }) {
  return (
    <p className="flex items-start gap-2">
      <Icon name={icon} size={19} className="mt-0.5" />
      <span className="min-w-0">{children}</span>
    </p>
  );
}

function Traits({ incident }: { incident: IncidentDetail }) {
  const { t } = useDisplay();
  const detail = incident.subjectDetail;
  if (!detail) return null;
  const traits = [
    detail.kind === 'child' ? t('subject.child') : detail.sex ? t(`sex.${detail.sex}`) : undefined,
    detail.livesAlone ? t('subject.livesAlone') : undefined,
    detail.mobility === 'impaired' ? t('mobility.impaired') : undefined,
  ].filter((trait) => trait !== undefined);
  return traits.length > 0 ? <p className="mt-0.5 text-base">{traits.join(' · ')}</p> : null;
}

function StateLine({ incident, readerId, now }: { incident: IncidentDetail; readerId: number; now: number }) {
  const { t, format } = useDisplay();
  const { owner, status } = incident;
  if (isUnanswered(status)) return <HeroLine icon="bell">{t('incident.nobodyYet')}</HeroLine>;
  const name = owner?.id === readerId ? t('incident.you') : (owner?.name ?? '');
  if (!isOpen(status) || !owner) return null;
  const late = incident.etaAt !== null && incident.etaAt < now;
  return (
    <>
      <HeroLine icon="user">{t('incident.hasIt', { name, status: t(`status.${status}`) })}</HeroLine>
      {incident.etaAt !== null && (
        <HeroLine icon="run">
          {late
            ? t('incident.etaPassed', { ago: format.ago(incident.etaAt, now) })
            : t('incident.eta', { time: format.clock(incident.etaAt), ago: format.ago(incident.etaAt, now) })}
        </HeroLine>
      )}
      {incident.handOverTo && (
        <HeroLine icon="handOver">
          {incident.handOverTo.id === readerId
            ? t('incident.yoursToTake')
            : t('incident.handedTo', { name: incident.handOverTo.name })}
        </HeroLine>
      )}
      {status === 'acknowledged' && incident.leaseUntil !== null && owner.id === readerId && (
        <HeroLine icon="clock">
          {t('incident.leaseUntil', { left: format.ticking(incident.leaseUntil - now) })}
        </HeroLine>
      )}
    </>
  );
}
