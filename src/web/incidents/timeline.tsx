import type { IncidentDetail } from '../../api/schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card } from '../ui/surface.tsx';
import { entryDetail, entryIcons, namesIn } from './timeline-text.ts';

/** What happened, the newest first, with how long after the alarm it was. */
export function Timeline({ incident }: { incident: IncidentDetail }) {
  const display = useDisplay();
  const { t, format } = display;
  const names = namesIn(incident);
  const entries = [...incident.timeline].sort((a, b) => b.at - a.at || b.id - a.id);
  return (
    <Card title={t('timeline.title')} icon="clock">
      <ol className="grid">
        {entries.map((entry, index) => {
          const detail = entryDetail(entry, display, names);
          return (
            <li key={entry.id} className="relative flex gap-3 pb-4 last:pb-0">
              {index < entries.length - 1 && (
                <span className="absolute top-8 bottom-0 left-[0.9rem] w-0.5 bg-line" aria-hidden="true" />
              )}
              <span className="grid size-[1.8rem] shrink-0 place-items-center rounded-full bg-brand-soft text-brand">
                <Icon name={entryIcons[entry.kind]} size={16} />
              </span>
              <div className="min-w-0 flex-1">
                <p className="text-small">
                  <span className="font-semibold">{t(`timeline.${entry.kind}`)}</span>
                  {entry.actor && <span> · {entry.actor.name}</span>}
                </p>
                {detail && <p className="text-small text-muted">{detail}</p>}
                <p className="tnum text-fine text-muted">
                  {format.clockSeconds(entry.at)} · +{format.ticking(entry.at - incident.raisedAt)}
                </p>
              </div>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
