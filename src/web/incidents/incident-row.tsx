import type { IncidentSummary } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { type Display, useDisplay } from '../i18n/language.tsx';
import { Link } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Badge } from '../ui/surface.tsx';
import {
  ageInYears,
  ageLevel,
  isOpen,
  isUnanswered,
  isUnregistered,
  kindIcon,
  lateText,
  statusTone,
  whoName,
} from './describe.ts';

interface IncidentRowProps {
  incident: IncidentSummary;
  to: string;
  selected?: boolean;
  /** Whose the list is, to say "you" of the owner. */
  readerId: number;
}

const waitingLooks = [
  'border-l-danger bg-danger-soft',
  'border-l-danger bg-danger-soft ring-2 ring-inset ring-danger',
  'border-l-gold bg-danger text-white on-dark',
] as const;

/** One incident in a list: colour, icon and words say how it stands. */
export function IncidentRow({ incident, to, selected = false, readerId }: IncidentRowProps) {
  const display = useDisplay();
  const now = useNow();
  const waiting = isUnanswered(incident.status);
  const level = ageLevel(now - incident.raisedAt);
  const looks = waiting
    ? waitingLooks[level]
    : isOpen(incident.status)
      ? 'border-l-warn bg-surface'
      : 'border-l-line bg-surface';
  const solid = waiting && level === 2;
  const quiet = solid ? 'text-white' : 'text-muted';
  return (
    <Link
      to={to}
      {...(selected ? { 'aria-current': 'true' as const } : {})}
      className={`block border-l-6 px-4 py-3 hover:brightness-[0.97] ${looks} ${selected ? 'outline-3 -outline-offset-3 outline-ink' : ''}`}
    >
      <div className="flex items-start gap-3">
        <Icon
          name={kindIcon(incident.kind)}
          size={28}
          className={solid ? '' : waiting ? 'text-danger' : 'text-muted'}
        />
        <div className="min-w-0 flex-1">
          <div className="flex items-baseline justify-between gap-x-3">
            <p className="min-w-0 text-lead font-bold">
              <Headline incident={incident} display={display} now={now} />
            </p>
            <Age incident={incident} display={display} now={now} />
          </div>
          <p className={`text-small ${quiet}`}>{placeLine(incident, display)}</p>
          <div className="mt-1.5 flex flex-wrap items-center gap-1.5">
            <StateBadges incident={incident} display={display} readerId={readerId} now={now} />
          </div>
        </div>
      </div>
    </Link>
  );
}

interface PartProps {
  incident: IncidentSummary;
  display: Display;
  now: number;
}

function Headline({ incident, display, now }: PartProps) {
  const { t, word } = display;
  const age = ageInYears(incident.subject?.birthYear, now);
  return (
    <>
      {whoName(incident, display)}
      {age !== undefined && <span className="font-normal"> {t('common.years', { age })}</span>}
      <span> · {word('kind', incident.kind)}</span>
    </>
  );
}

function Age({ incident, display, now }: PartProps) {
  const { t, format } = display;
  if (!isOpen(incident.status)) {
    return <span className="shrink-0 text-small text-muted">{format.moment(incident.raisedAt, now)}</span>;
  }
  return (
    <span className="tnum shrink-0 text-lead font-bold">
      <span className="sr-only">{t('incident.since')} </span>
      {format.ticking(now - incident.raisedAt)}
    </span>
  );
}

function placeLine(incident: IncidentSummary, { t }: Display): string {
  const place = incident.address ?? (incident.location ? t('where.pointOnly') : t('where.unknown'));
  return incident.grid ? `${incident.grid.name} · ${place}` : place;
}

function StateBadges({ incident, display, readerId, now }: PartProps & { readerId: number }) {
  const { t, word, format } = display;
  const { owner, status } = incident;
  const mine = owner?.id === readerId;
  return (
    <>
      <Badge tone={statusTone(status)} {...(isUnanswered(status) ? { icon: 'bell' as const } : {})}>
        {t(`status.${status}`)}
      </Badge>
      {owner && isOpen(status) && (
        <Badge tone={mine ? 'action' : 'quiet'} icon="user">
          {mine ? t('incident.byYou') : owner.name}
        </Badge>
      )}
      {incident.handOverTo && isOpen(status) && (
        <Badge tone={incident.handOverTo.id === readerId ? 'danger' : 'quiet'} icon="handOver">
          {incident.handOverTo.id === readerId
            ? t('incident.yoursToTake')
            : t('incident.handedTo', { name: incident.handOverTo.name })}
        </Badge>
      )}
      {incident.etaAt !== null && status === 'en_route' && (
        <Badge tone="quiet" icon="run">
          {t('incident.etaClock', { time: format.clock(incident.etaAt) })}
        </Badge>
      )}
      {incident.outcome && <Badge tone="quiet">{word('outcome', incident.outcome)}</Badge>}
      {incident.presses > 1 && (
        <Badge tone="danger">{t('incident.presses', { count: incident.presses })}</Badge>
      )}
      {incident.late && (
        <Badge tone="warn" icon="clock">
          {lateText(incident, display, now)}
        </Badge>
      )}
      {isUnregistered(incident) && (
        <Badge tone="warn" icon="watch">
          {t('incident.unregistered')}
        </Badge>
      )}
    </>
  );
}
