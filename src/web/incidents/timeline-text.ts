import type { IncidentDetail, TimelineEntryView } from '../../api/schemas.ts';
import { isRecord } from '../core/http.ts';
import type { Display } from '../i18n/language.tsx';
import type { IconName } from '../ui/icons.tsx';

export const entryIcons: Readonly<Record<TimelineEntryView['kind'], IconName>> = {
  raised: 'sos',
  press: 'bell',
  location: 'pin',
  step: 'users',
  nobody: 'alert',
  notified: 'bell',
  acknowledged: 'check',
  released: 'undo',
  lease_ended: 'clock',
  en_route: 'run',
  on_scene: 'flag',
  hand_over_asked: 'handOver',
  handed_over: 'handOver',
  need_help: 'alert',
  taken_over: 'shield',
  comment: 'note',
  resolved: 'checkCircle',
  reopened: 'refresh',
  closed: 'lock',
  alert: 'pulse',
};

/** Names of everybody who occurs in an incident: its entries name some of them by their id only. */
export function namesIn(incident: IncidentDetail): ReadonlyMap<number, string> {
  const people = [
    incident.owner,
    incident.handOverTo,
    ...incident.notifications.map((one) => one.account),
    ...incident.timeline.map((entry) => entry.actor),
    ...(incident.subjectDetail?.family ?? []),
  ];
  return new Map(people.flatMap((person) => (person ? [[person.id, person.name] as const] : [])));
}

/** The second line of an entry: what was said, chosen or measured. Empty where the kind says all. */
export function entryDetail(
  entry: TimelineEntryView,
  display: Display,
  names: ReadonlyMap<number, string>,
): string {
  const { detail } = entry;
  const parts = [
    ...peopleOf(entry, display, names),
    ...wordsOf(entry, display),
    ...measuresOf(detail, display),
    textOf(detail, 'text'),
    textOf(detail, 'note'),
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

type Detail = TimelineEntryView['detail'];

function textOf(detail: Detail, name: string): string | undefined {
  const value = detail[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function peopleOf(
  entry: TimelineEntryView,
  { t, word }: Display,
  names: ReadonlyMap<number, string>,
): string[] {
  const { detail } = entry;
  const comma = t('common.comma');
  const nameOf = (value: unknown): string[] => {
    if (typeof value === 'number') return [names.get(value) ?? ''];
    return isRecord(value) && typeof value.name === 'string' ? [value.name] : [];
  };
  const parts = [listOf(detail.people).flatMap(nameOf).join(comma)];
  parts.push(...nameOf(detail.to));
  if (entry.kind === 'lease_ended') parts.push(...nameOf(detail.ownerId));
  const missing = listOf(detail.missing).map((target) => word('target', String(target)));
  if (missing.length > 0) parts.push(t('timeline.missing', { who: missing.join(comma) }));
  const unreachable = listOf(detail.unreachable).flatMap(nameOf);
  if (unreachable.length > 0) parts.push(t('timeline.unreachable', { who: unreachable.join(comma) }));
  return parts;
}

/** Words of ours that the service names by their key. */
function wordsOf({ kind, detail }: TimelineEntryView, { t, word }: Display): string[] {
  const prefixes = {
    what: 'help',
    outcome: 'outcome',
    rule: 'kind',
    reason: 'reason',
  } as const;
  const parts = Object.entries(prefixes).flatMap(([name, prefix]) => {
    const value = textOf(detail, name);
    return value === undefined ? [] : [word(prefix, value)];
  });
  const state = textOf(detail, 'state');
  if (kind === 'alert' && state !== undefined) parts.push(word('alertState', state));
  if (detail.late === true) parts.push(t('incident.late'));
  if (typeof detail.into === 'number') parts.push(t('outage.into', { id: detail.into }));
  if (detail.reminder === true) parts.push(t('timeline.reminder'));
  return parts;
}

function measuresOf(detail: Detail, { t, word, format }: Display): string[] {
  const parts: string[] = [];
  const signal = textOf(detail, 'signal');
  if (signal !== undefined && typeof detail.value === 'number') {
    parts.push(`${word('signal', signal)} ${format.number(detail.value, 1)} ${word('unit', signal)}`);
  }
  const { outage } = detail;
  if (isRecord(outage) && typeof outage.silent === 'number' && typeof outage.of === 'number')
    parts.push(t('outage.of', { silent: outage.silent, of: outage.of }));
  if (typeof detail.etaAt === 'number')
    parts.push(t('incident.etaClock', { time: format.clock(detail.etaAt) }));
  if (typeof detail.distanceM === 'number') {
    parts.push(t('timeline.distance', { distance: format.metres(detail.distanceM) }));
  }
  return parts;
}
