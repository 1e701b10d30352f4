import type { ReplayedChange } from '../replay.ts';

/** A step of a rule in a backtest. */
export interface LabChange extends Omit<ReplayedChange, 'rule'> {
  rule: string;
  kind: string;
  shadow?: true;
}

export const labChange = ({ rule, ...change }: ReplayedChange): LabChange => ({
  ...change,
  rule: rule.name,
  kind: rule.kind,
  ...(rule.shadow ? { shadow: true } : {}),
});

/** The alert begins here; not where it rises, eases, is raised again or corrected. */
export const isBeginning = ({ state, rise, eased, again, correction }: LabChange): boolean =>
  state === 'firing' && !rise && !eased && !again && !correction;

/** An alert of a backtest from its beginning to its end. */
export interface LabAlert {
  holder: number;
  rule: string;
  kind: string;
  channel: string | undefined;
  severity: LabChange['severity'];
  from: number;
  /** Absent: it had not ended. */
  to?: number;
  history?: true;
}

/** The alerts behind changes, which come in the order in which they were known; what was withdrawn is none. */
export function alertsOf(changes: readonly LabChange[]): LabAlert[] {
  const alerts: LabAlert[] = [];
  const open = new Map<string, LabAlert>();
  for (const change of changes) {
    const { holder, rule, kind, channel, severity, at, history, correction } = change;
    const key = `${holder}/${channel ?? ''}/${rule}`;
    const standing = open.get(key);
    if (change.state === 'resolved') {
      if (history)
        alerts.push({ holder, rule, kind, channel, severity, from: history.firedAt, to: at, history: true });
      else if (standing && correction === 'withdrawn') alerts.splice(alerts.indexOf(standing), 1);
      else if (standing) standing.to = at;
      open.delete(key);
    } else if (standing) {
      standing.severity = severity;
      if (correction === 'amended') standing.from = at;
    } else {
      const alert: LabAlert = { holder, rule, kind, channel, severity, from: at };
      alerts.push(alert);
      open.set(key, alert);
    }
  }
  return alerts;
}
