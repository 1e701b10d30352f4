import type { IncidentDetail, NotificationView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Badge, type BadgeTone, Card } from '../ui/surface.tsx';

const rank: readonly NotificationView['state'][] = [
  'failed',
  'queued',
  'accepted',
  'delivered',
  'rung',
  'answered',
  'read',
  'acknowledged',
];
const tones: Readonly<Record<NotificationView['state'], BadgeTone>> = {
  failed: 'danger',
  queued: 'quiet',
  accepted: 'quiet',
  delivered: 'action',
  rung: 'action',
  answered: 'ok',
  read: 'ok',
  acknowledged: 'ok',
};

interface Asked {
  key: string;
  name: string;
  why: string;
  best: NotificationView;
  channels: string[];
}

/** One line per person: of all messages to her the one that got furthest. */
function perPerson(notifications: readonly NotificationView[]): Asked[] {
  const people = new Map<string, Asked>();
  for (const one of notifications) {
    const key = String(one.account?.id ?? one.channel);
    const known = people.get(key);
    if (!known) {
      people.set(key, {
        key,
        name: one.account?.name ?? one.channel,
        why: one.why,
        best: one,
        channels: [one.channel],
      });
      continue;
    }
    if (!known.channels.includes(one.channel)) known.channels.push(one.channel);
    if (rank.indexOf(one.state) > rank.indexOf(known.best.state)) known.best = one;
  }
  return [...people.values()];
}

/** Who else was told, and whether it reached them. */
export function NotifiedCard({ incident }: { incident: IncidentDetail }) {
  const { t, word, format } = useDisplay();
  const now = useNow();
  const people = perPerson(incident.notifications);
  const next = incident.nextStepAt;
  return (
    <Card title={t('notified.title', { count: people.length })} icon="users">
      {people.length === 0 && <p className="text-small text-muted">{t('notified.none')}</p>}
      <ul className="grid gap-2.5">
        {people.map((person) => (
          <li key={person.key} className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
            <span className="min-w-0 text-small">
              <span className="font-semibold">{person.name}</span>
              <span className="text-muted">
                {' '}
                · {word('target', person.why)} ·{' '}
                {person.channels.map((name) => word('channel', name)).join(t('common.comma'))}
              </span>
            </span>
            <Badge tone={tones[person.best.state]}>
              {t(`notified.${person.best.state}`)} {format.clock(person.best.updatedAt)}
            </Badge>
          </li>
        ))}
      </ul>
      {next !== null && (
        <p className="mt-3 border-t border-line pt-2.5 text-small font-medium text-warn">
          {next > now ? t('notified.next', { left: format.ticking(next - now) }) : t('notified.nextNow')}
        </p>
      )}
    </Card>
  );
}
