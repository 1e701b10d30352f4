import { type ReactNode, useId } from 'react';
import { Icon, type IconName } from './icons.tsx';

interface CardProps {
  title?: string;
  icon?: IconName;
  /** What stands at the right of the title. */
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Without inner margins, for lists and maps that reach to the edge. */
  flush?: boolean;
}

export function Card({ title, icon, aside, children, className = '', flush = false }: CardProps) {
  const id = useId();
  return (
    <section
      {...(title ? { 'aria-labelledby': id } : {})}
      className={`min-w-0 overflow-hidden rounded-card border border-line bg-surface shadow-card ${className}`}
    >
      {title && (
        <header className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 px-4 pt-3.5 pb-1">
          <h2 id={id} className="flex min-w-0 items-center gap-2 text-base font-bold">
            {icon && <Icon name={icon} size={20} className="text-muted" />}
            {title}
          </h2>
          {aside}
        </header>
      )}
      {flush ? children : <div className="px-4 pt-2 pb-4">{children}</div>}
    </section>
  );
}

export type BadgeTone = 'danger' | 'warn' | 'ok' | 'action' | 'quiet';

const badgeTones: Readonly<Record<BadgeTone, string>> = {
  danger: 'bg-danger-soft text-danger',
  warn: 'bg-warn-soft text-warn',
  ok: 'bg-ok-soft text-ok',
  action: 'bg-action-soft text-action-deep',
  quiet: 'bg-sunken text-muted',
};

export function Badge({ tone, icon, children }: { tone: BadgeTone; icon?: IconName; children: ReactNode }) {
  return (
    <span
      className={`inline-flex max-w-full items-center gap-1 rounded-chip px-2 py-0.5 text-fine font-semibold ${badgeTones[tone]}`}
    >
      {icon && <Icon name={icon} size={15} />}
      {children}
    </span>
  );
}

/** A message that stays in the page; `live` is read out when it appears. */
export function Notice({
  tone,
  icon,
  title,
  children,
  live = false,
}: {
  tone: BadgeTone;
  icon?: IconName;
  title?: string;
  children?: ReactNode;
  live?: boolean;
}) {
  return (
    <div
      {...(live ? { role: 'status' } : {})}
      className={`flex items-start gap-3 rounded-card px-4 py-3 ${badgeTones[tone]}`}
    >
      {icon && <Icon name={icon} className="mt-0.5" />}
      <div className="min-w-0 flex-1">
        {title && <p className="font-bold">{title}</p>}
        {children && <div className="text-small text-ink">{children}</div>}
      </div>
    </div>
  );
}

/** Names and values in rows. */
export function Facts({
  rows,
}: {
  rows: readonly (readonly [label: string, value: ReactNode] | undefined)[];
}) {
  return (
    <dl className="grid gap-y-2">
      {rows.map(
        (row) =>
          row && (
            <div key={row[0]} className="flex flex-wrap justify-between gap-x-4">
              <dt className="text-small text-muted">{row[0]}</dt>
              <dd className="min-w-0 text-small font-medium">{row[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

export function PageTitle({
  children,
  note,
  aside,
}: {
  children: ReactNode;
  note?: ReactNode;
  aside?: ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
      <div className="min-w-0">
        <h1 className="text-title font-bold tracking-tight">{children}</h1>
        {note && <p className="mt-0.5 text-small text-muted">{note}</p>}
      </div>
      {aside}
    </div>
  );
}
