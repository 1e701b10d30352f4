import type { IncidentDetail } from '../../api/schemas.ts';
import { commandIcon, commandName, fateOf } from '../band/command-text.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Card } from '../ui/surface.tsx';
import { TimelineList } from '../ui/timeline.tsx';
import { entryDetail, entryIcons, namesIn } from './timeline-text.ts';

/** What happened, with how long after the alarm it was. */
export function Timeline({ incident }: { incident: IncidentDetail }) {
  const display = useDisplay();
  const { t, format, word } = display;
  const after = (at: number) => `+${format.ticking(at - incident.raisedAt)}`;
  const names = namesIn(incident);
  const lines = incident.timeline.map((entry) => ({
    id: entry.id,
    at: entry.at,
    icon: entryIcons[entry.kind],
    title: t(`timeline.${entry.kind}`),
    actor: entry.actor?.name,
    detail: entryDetail(entry, display, names),
    after: after(entry.at),
  }));
  const commands = incident.commands.map((command) => ({
    // Commands are numbered for themselves.
    id: -command.id,
    at: command.createdAt,
    icon: commandIcon({ kind: command.kind, ...(command.what ? { what: command.what } : {}) }),
    title: t('timeline.command', { what: commandName(command, word) }),
    actor: command.requestedBy?.name ?? t('band.byService'),
    detail: fateOf(command, t),
    after: after(command.createdAt),
  }));
  return (
    <Card title={t('timeline.title')} icon="clock">
      <TimelineList lines={[...lines, ...commands]} />
    </Card>
  );
}
