import { useState } from 'react';
import type { SubjectView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { pathTo } from '../core/router.ts';
import { type BoardState, boardState, wellBeingLooks } from '../family/well-being.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Battery } from '../incidents/contact-card.tsx';
import { Link } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card } from '../ui/surface.tsx';

const order: readonly BoardState[] = ['emergency', 'attention', 'unknown', 'ok', 'none'];

/** All wearers, those one has to think of first; a press on a state shows only its wearers. */
export function WearerStates({ subjects }: { subjects: readonly SubjectView[] }) {
  const { t } = useDisplay();
  const [only, setOnly] = useState<BoardState | undefined>();
  const shown = subjects
    .filter((subject) => only === undefined || boardState(subject) === only)
    .sort(
      (a, b) =>
        order.indexOf(boardState(a)) - order.indexOf(boardState(b)) ||
        (a.lastSeenAt ?? 0) - (b.lastSeenAt ?? 0),
    );
  return (
    <Card title={t('board.wearers', { count: subjects.length })} icon="users" flush className="flex flex-col">
      <fieldset aria-label={t('board.filter')} className="flex flex-wrap gap-2 px-4 py-2.5">
        {order.map((state) => (
          <button
            key={state}
            type="button"
            aria-pressed={only === state}
            onClick={() => setOnly(only === state ? undefined : state)}
            className="tap-small inline-flex items-center gap-1.5 rounded-full border border-edge px-3.5 text-small font-semibold aria-pressed:border-brand aria-pressed:bg-brand aria-pressed:text-white"
          >
            <Icon name={wellBeingLooks[state].icon} size={18} />
            {t(`state.${state}`)}
            <span className="tnum">{subjects.filter((subject) => boardState(subject) === state).length}</span>
          </button>
        ))}
      </fieldset>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reached by keyboard.
        tabIndex={0}
        aria-label={t('board.wearers', { count: shown.length })}
        className="max-h-[32rem] min-h-0 divide-y divide-line overflow-y-auto border-t border-line wide:max-h-none wide:flex-1"
      >
        {shown.map((subject) => (
          <li key={subject.id}>
            <WearerRow subject={subject} />
          </li>
        ))}
      </ul>
      {shown.length === 0 && (
        <p className="px-4 py-6 text-center text-small text-muted">{t('board.noWearers')}</p>
      )}
    </Card>
  );
}

function WearerRow({ subject }: { subject: SubjectView }) {
  const { t, word, format } = useDisplay();
  const now = useNow(10_000);
  const looks = wellBeingLooks[boardState(subject)];
  const row = (
    <>
      <span className={`grid size-9 shrink-0 place-items-center rounded-full ${looks.soft}`}>
        <Icon name={looks.icon} size={20} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block text-small font-semibold">
          {subject.name}
          <span className="font-normal text-muted"> · {subject.grid?.name ?? t('where.noGrid')}</span>
        </span>
        <span className="block text-fine text-muted">
          {t(`state.${boardState(subject)}`)}
          {subject.alerts.map((alert) => ` · ${word('kind', alert.kind)}`).join('')}
        </span>
      </span>
      {subject.device && (
        <span className="text-right text-fine">
          <span className="block text-muted">
            {subject.lastSeenAt === null ? t('common.never') : format.ago(subject.lastSeenAt, now)}
          </span>
          <Battery level={subject.device.battery} />
        </span>
      )}
    </>
  );
  const looksOfRow = 'flex items-center gap-3 px-4 py-2';
  if (subject.openIncidentId === null) return <div className={looksOfRow}>{row}</div>;
  return (
    <Link to={pathTo('boardIncident', subject.openIncidentId)} className={`${looksOfRow} hover:bg-sunken`}>
      {row}
    </Link>
  );
}
