import { useDisplay } from '../i18n/language.tsx';
import { Icon, type IconName } from './icons.tsx';

export interface TimelineLine {
  id: number;
  at: number;
  icon: IconName;
  title: string;
  actor: string | undefined;
  /** What was said, chosen or measured; empty where the title says all. */
  detail: string;
  /** After the time of day; in place of the day where it says enough. */
  after?: string;
}

/** What happened, the newest first. */
export function TimelineList({ lines, now }: { lines: readonly TimelineLine[]; now?: number }) {
  const { format } = useDisplay();
  const sorted = [...lines].sort((a, b) => b.at - a.at || b.id - a.id);
  return (
    <ol className="grid">
      {sorted.map((line, index) => (
        <li key={line.id} className="relative flex gap-3 pb-4 last:pb-0">
          {index < sorted.length - 1 && (
            <span className="absolute top-8 bottom-0 left-[0.9rem] w-0.5 bg-line" aria-hidden="true" />
          )}
          <span className="grid size-[1.8rem] shrink-0 place-items-center rounded-full bg-brand-soft text-brand">
            <Icon name={line.icon} size={16} />
          </span>
          <div className="min-w-0 flex-1">
            <p className="text-small">
              <span className="font-semibold">{line.title}</span>
              {line.actor && <span> · {line.actor}</span>}
            </p>
            {line.detail && <p className="text-small text-muted">{line.detail}</p>}
            <p className="tnum text-fine text-muted">
              {now === undefined ? format.clockSeconds(line.at) : format.moment(line.at, now)}
              {line.after && ` · ${line.after}`}
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}
