import type { AlarmQuality } from '../../api/alarm-quality-schemas.ts';

export type Verdict = 'good' | 'fair' | 'bad' | 'unknown';

/** What a figure is measured against; the upper ends of good and of what can just be borne. */
interface Target {
  good: number;
  fair: number;
  /** The more the better: then these are lower ends. */
  wantsMore?: true;
}

/** ISA-18.2 (table 7) and EEMUA 191; the share of actionable alarms is our own aim. */
export const targets = {
  average10Min: { good: 1, fair: 2 },
  most10Min: { good: 10, fair: 10 },
  floodShare: { good: 0.01, fair: 0.05 },
  topTenShare: { good: 0.05, fair: 0.2 },
  chattering: { good: 0, fair: 2 },
  stale: { good: 4, fair: 10 },
  actionableShare: { good: 0.5, fair: 0.3, wantsMore: true },
  /** A call for help is answered within a minute. */
  incidentP50: { good: 60_000, fair: 180_000 },
} as const satisfies Record<string, Target>;

export function verdictOn(figure: keyof typeof targets, value: number | null): Verdict {
  if (value === null) return 'unknown';
  const { good, fair, wantsMore }: Target = targets[figure];
  if (wantsMore ? value >= good : value <= good) return 'good';
  return (wantsMore ? value >= fair : value <= fair) ? 'fair' : 'bad';
}

/** Of so few alarms neither a mix nor the ten worst say anything. */
const FEW = 50;
export const saysEnough = (report: AlarmQuality): boolean => report.figures.alarms >= FEW;

/** After Bonafide 2015: from 30 non-actionable alarms in 120 min people answer more slowly, from 80 much more. */
export function fatigueOf(notActionable: number): Verdict {
  if (notActionable < 30) return 'good';
  return notActionable < 80 ? 'fair' : 'bad';
}
