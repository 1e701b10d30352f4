import type { IncidentDetail } from '../../api/schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Card } from '../ui/surface.tsx';
import { TimelineList } from '../ui/timeline.tsx';
import { entryDetail, entryIcons, namesIn } from './timeline-text.ts';

/** What happened, with how long after the alarm it was. */
export function Timeline({ incident }: { incident: IncidentDetail }) {
  const display = useDisplay();
  const { t, format } = display;
  const names = namesIn(incident);
  const lines = incident.timeline.map((entry) => ({
    id: entry.id,
    at: entry.at,
    icon: entryIcons[entry.kind],
    title: t(`timeline.${entry.kind}`),
    actor: entry.actor?.name,
    detail: entryDetail(entry, display, names),
    after: `+${format.ticking(entry.at - incident.raisedAt)}`,
  }));
  return (
    <Card title={t('timeline.title')} icon="clock">
      <TimelineList lines={lines} />
    </Card>
  );
}
