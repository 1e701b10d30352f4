import type { IncidentSummary, Me } from '../../api/schemas.ts';
import type { IncidentStatus } from '../../model/incidents.ts';
import type { Display } from '../i18n/language.tsx';
import type { IconName } from '../ui/icons.tsx';
import type { BadgeTone } from '../ui/surface.tsx';

export const isUnanswered = (status: IncidentStatus): boolean => status === 'raised' || status === 'notified';
export const isOpen = (status: IncidentStatus): boolean => status !== 'resolved' && status !== 'closed';

const icons: Readonly<Record<string, IconName>> = {
  sos: 'sos',
  fall: 'fall',
  service_call: 'phone',
  heart_rate: 'heart',
  spo2: 'drop',
  blood_pressure: 'gauge',
  body_temperature: 'thermometer',
  temperature: 'thermometer',
  battery: 'watch',
  not_worn: 'watch',
  device_silent: 'offline',
  mass_offline: 'offline',
};

/** The icon of a kind of alert: of its own name or of the signal that it begins with. */
export function kindIcon(kind: string): IconName {
  const match = Object.keys(icons).find((name) => kind === name || kind.startsWith(`${name}_`));
  return (match && icons[match]) || 'alert';
}

export function statusTone(status: IncidentStatus): BadgeTone {
  if (isUnanswered(status)) return 'danger';
  if (status === 'resolved' || status === 'closed') return 'quiet';
  return status === 'on_scene' ? 'ok' : 'warn';
}

/** How long nobody has answered, in the steps at which more people are asked: 0, 45 s, 180 s. */
export function ageLevel(ageMs: number): 0 | 1 | 2 {
  if (ageMs >= 180_000) return 2;
  return ageMs >= 45_000 ? 1 : 0;
}

type Watched = Pick<IncidentSummary, 'subject' | 'asset' | 'device' | 'grid' | 'outage'>;

/** "Wang Guiying", or where a sensor of a building is, or the id of a device that belongs to nobody. */
export function whoName(incident: Watched, { t, word }: Pick<Display, 't' | 'word'>): string {
  const { subject, asset, device, outage, grid } = incident;
  if (subject) return subject.name;
  if (asset) return asset.path.replaceAll(' / ', ' › ');
  if (outage) return outageName(outage, { t, word }) ?? grid?.name ?? outage.label;
  return t(isUnregistered(incident) ? 'incident.unknownDevice' : 'incident.nobodys', { id: device.nativeId });
}

type Outage = NonNullable<IncidentSummary['outage']>;

/** What failed, where it is not a place of ours. */
function outageName({ scope, key, label }: Outage, { t, word }: Pick<Display, 't' | 'word'>) {
  if (scope === 'operator') {
    const known = word('operator', key);
    return known === key ? label : known;
  }
  if (scope === 'platform') return t('outage.platform', { name: key });
  return scope === 'everything' ? t('outage.everything') : undefined;
}

/** What these devices have in common, and where to look first. */
export const outageHint = ({ scope }: Outage, { t }: Pick<Display, 't'>): string => t(`outageScope.${scope}`);

/** Nobody knows whose it is, only its id. */
export function isUnregistered({ subject, asset, device, outage }: Watched): boolean {
  return outage === null && subject === null && asset === null && device.id === null;
}

/** How old it is where we heard of it late, as far as that is known. */
export function lateText(
  { kind, happenedAt }: Pick<IncidentSummary, 'kind' | 'happenedAt'>,
  { t, format }: Pick<Display, 't' | 'format'>,
  now: number,
): string {
  if (happenedAt === null) return t('incident.late');
  const isPressed = kind === 'sos' || kind === 'service_call';
  return t(isPressed ? 'incident.pressedAgo' : 'incident.happenedAgo', { ago: format.ago(happenedAt, now) });
}

export function ageInYears(birthYear: number | null | undefined, now: number): number | undefined {
  return birthYear ? new Date(now).getFullYear() - birthYear : undefined;
}

/** Unanswered first, the longest waiting first; then those that somebody has. */
export function byUrgency(a: IncidentSummary, b: IncidentSummary): number {
  const unanswered = Number(isUnanswered(b.status)) - Number(isUnanswered(a.status));
  return unanswered || a.raisedAt - b.raisedAt;
}

export function phoneHref(phone: string): string {
  return `tel:${phone.replace(/[^\d+]/g, '')}`;
}

/** Whoever is there to go takes an incident with one tap; family, who may be far away, is asked first: it ends the search for others. */
export function mayTakeAtOnce(me: Me): boolean {
  return me.roles.includes('responder') || me.roles.includes('dispatcher');
}
