import { useState } from 'react';
import type { TicketClockView, TicketSummary } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { type Display, useDisplay } from '../i18n/language.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { type ClockNow, type ClockState, clockAt, HALF, LATE } from './clock.ts';

const MINUTE = 60_000;
const looks: Readonly<Record<ClockState, { icon: IconName; text: string; bar: string }>> = {
  calm: { icon: 'clock', text: 'text-ink', bar: 'bg-ok' },
  half: { icon: 'clock', text: 'text-warn', bar: 'bg-warn' },
  late: { icon: 'alert', text: 'text-danger', bar: 'bg-danger' },
  over: { icon: 'alert', text: 'text-danger font-bold', bar: 'bg-danger' },
  still: { icon: 'pause', text: 'text-muted', bar: 'bg-edge' },
};

/** When this answer of the service was first shown here. */
export function useReadAt(answer: unknown): number {
  const [read, setRead] = useState(() => ({ answer, at: Date.now() }));
  if (read.answer !== answer) setRead({ answer, at: Date.now() });
  return read.at;
}

function useTicketClock(clock: TicketClockView): { at: ClockNow; now: number } {
  const now = useNow();
  const readAt = useReadAt(clock);
  return { at: clockAt(clock, readAt, now), now };
}

/** Seconds matter in the last hour only. */
function wholeMinutes(ms: number): number {
  return ms < MINUTE ? ms : Math.floor(ms / MINUTE) * MINUTE;
}

/** "3 h 20 min left to accept": the running deadline in words. */
export function clockWords(ticket: TicketSummary, at: ClockNow, { t, format }: Display): string {
  const { clock } = ticket;
  if (at.leftMs === undefined) {
    return ticket.status === 'paused' ? t('ticketClock.paused') : t('ticketClock.still');
  }
  if (at.leftMs <= 0)
    return t(`ticketClock.over.${clock.stage}`, { span: format.span(wholeMinutes(-at.leftMs)) });
  const span = at.leftMs < 3_600_000 ? format.ticking(at.leftMs) : format.span(at.leftMs);
  return t(`ticketClock.left.${clock.stage}`, { span });
}

interface ClockBarProps {
  ticket: TicketSummary;
  /** With the deadline and how it is counted. */
  full?: boolean;
}

/** The running deadline in words and as a bar with marks where people are reminded. */
export function ClockBar({ ticket, full = false }: ClockBarProps) {
  const display = useDisplay();
  const { t, format } = display;
  const { at, now } = useTicketClock(ticket.clock);
  const look = looks[at.state];
  const words = clockWords(ticket, at, display);
  return (
    <div className="grid min-w-0 gap-1.5">
      <p
        className={`tnum flex items-center gap-1.5 font-semibold ${full ? 'text-lead' : 'text-small'} ${look.text}`}
      >
        <Icon name={look.icon} size={full ? 22 : 18} />
        <span className="min-w-0">{words}</span>
        <span className="ml-auto shrink-0 text-fine font-medium text-muted">
          {format.percent(Math.round(at.part * 100))}
        </span>
      </p>
      <Bar at={at} look={look.bar} />
      {full && (
        <p className="text-fine text-muted">
          {ticket.clock.dueAt !== null &&
            `${t(`ticketClock.due.${ticket.clock.stage}`, { time: format.moment(ticket.clock.dueAt, now) })} · `}
          {t(`clockUnit.${ticket.clock.unit}`)}
          {at.countedMs !== undefined &&
            ` · ${t('ticketClock.counted', { span: format.span(at.countedMs) })}`}
        </p>
      )}
    </div>
  );
}

/** What the words beside it say, at a glance. */
function Bar({ at, look }: { at: ClockNow; look: string }) {
  const percent = Math.round(at.part * 100);
  return (
    <div aria-hidden="true" className="relative h-2 overflow-hidden rounded-full bg-sunken">
      <div className={`h-full rounded-full ${look}`} style={{ width: `${Math.max(2, percent)}%` }} />
      {[HALF, LATE].map((mark) => (
        <span key={mark} className="absolute inset-y-0 w-0.5 bg-surface" style={{ left: `${mark * 100}%` }} />
      ))}
    </div>
  );
}
