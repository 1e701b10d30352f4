import type { SubjectView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { type Display, useDisplay } from '../i18n/language.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';

type WellBeing = SubjectView['wellBeing'];

export const wellBeingLooks: Readonly<Record<BoardState, { icon: IconName; soft: string }>> = {
  ok: { icon: 'checkCircle', soft: 'bg-ok-soft text-ok' },
  attention: { icon: 'alert', soft: 'bg-warn-soft text-warn' },
  emergency: { icon: 'sos', soft: 'bg-danger-soft text-danger' },
  unknown: { icon: 'offline', soft: 'bg-sunken text-muted' },
  none: { icon: 'home', soft: 'bg-sunken text-muted' },
};

/** How a wearer stands on a board; of those who wear nothing we cannot know anything. */
export type BoardState = WellBeing | 'none';

export function boardState(subject: SubjectView): BoardState {
  return subject.wellBeing === 'unknown' && !subject.device ? 'none' : subject.wellBeing;
}

/** "She is well", "he is well", or the name where we do not know. */
export function wellBeingText(subject: SubjectView, { t }: Display): string {
  const who = subject.sex ?? 'other';
  return t(`wellBeing.${subject.wellBeing}.${who}`);
}

/** How she is and how old that knowledge is, in colour, icon and words. */
export function WellBeingLine({ subject }: { subject: SubjectView }) {
  const display = useDisplay();
  const { t, format } = display;
  const now = useNow(5000);
  const looks = wellBeingLooks[subject.wellBeing];
  return (
    <p className={`flex items-center gap-3 rounded-control px-3.5 py-3 text-lead font-bold ${looks.soft}`}>
      <Icon name={looks.icon} size={30} />
      <span className="min-w-0">
        {wellBeingText(subject, display)}
        <span className="font-medium">
          {' · '}
          {subject.lastSeenAt === null ? t('wellBeing.never') : format.ago(subject.lastSeenAt, now)}
        </span>
      </span>
    </p>
  );
}

/** What is the matter, where something is. */
export function AlertLines({ subject }: { subject: SubjectView }) {
  const { word, format } = useDisplay();
  const now = useNow(5000);
  if (subject.alerts.length === 0) return null;
  return (
    <ul className="grid gap-1">
      {subject.alerts.map((alert) => (
        <li key={alert.id} className="flex flex-wrap gap-x-2 text-small font-medium text-warn">
          <span>{word('kind', alert.kind)}</span>
          <span className="text-muted">{format.ago(alert.firedAt, now)}</span>
        </li>
      ))}
    </ul>
  );
}
