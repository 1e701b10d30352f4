import type { Severity } from '../model/alerts.ts';
import type { AlertRef } from './holder.ts';
import type { RuleChange } from './rule-change.ts';

/** A change and the alert that it was, or is, about; without one it is about a new one. */
export interface Told {
  change: RuleChange;
  alert: AlertRef | undefined;
}

/** One alert from its beginning, or from before what is compared, to its end. */
interface Episode {
  /** Absent: it stood before. */
  begins?: RuleChange;
  steps: RuleChange[];
  ends?: RuleChange;
  alert?: AlertRef | undefined;
  /** Of one that stood before. */
  severity?: Severity;
}

/** An alert that fired before all that is compared. */
export interface Standing {
  alert: AlertRef | undefined;
  severity: Severity;
}

/**
 * What must be told so that what was told before is what is known now. What both say alike needs no word; an alert that was told and never
 * came true is withdrawn, one that has not ended is opened again, one that began or ended at another time is amended. `standing`: the alert
 * that fired before all of it.
 */
export function corrections(
  told: readonly Told[],
  known: readonly RuleChange[],
  standing: Standing | undefined,
): Told[] {
  const were = episodesOf(told, standing);
  const are = episodesOf(
    known.map((change) => ({ change, alert: undefined })),
    standing,
  );
  const found: Told[] = [];
  for (let index = 0; index < Math.max(were.length, are.length); index++) {
    const [was, is] = [were[index], are[index]];
    if (was && is) for (const change of compared(was, is)) found.push({ change, alert: was.alert });
    else if (was) found.push({ change: withdrawn(was), alert: was.alert });
    else if (is) for (const change of changesOf(is)) found.push({ change, alert: undefined });
  }
  return found;
}

function episodesOf(all: readonly Told[], standing: Standing | undefined): Episode[] {
  const episodes: Episode[] = standing ? [{ steps: [], ...standing }] : [];
  for (const { change, alert } of all) {
    const last = episodes.at(-1);
    if (change.history || isBeginning(change) || !last) episodes.push({ begins: change, steps: [], alert });
    else if (change.state === 'resolved') last.ends = change;
    else last.steps.push(change);
  }
  return episodes;
}

function compared(was: Episode, is: Episode): RuleChange[] {
  const changes: RuleChange[] = [];
  const [wasSeverity, severity] = [severityOf(was), severityOf(is)];
  const last = is.steps.at(-1) ?? wasBetter(was, severity);
  if (is.begins && (was.begins?.at !== is.begins.at || wasSeverity !== severity))
    changes.push({ ...is.begins, severity: severity ?? is.begins.severity, correction: 'amended' });
  else if (!is.begins && last && wasSeverity !== severity) changes.push(last);
  if (is.ends && !was.ends) changes.push(is.ends);
  else if (is.ends && was.ends?.at !== is.ends.at) changes.push({ ...is.ends, correction: 'amended' });
  else if (was.ends && !is.ends) changes.push({ ...was.ends, state: 'firing', correction: 'reopened' });
  return changes;
}

const severityOf = ({ begins, steps, severity }: Episode) => (steps.at(-1) ?? begins)?.severity ?? severity;

/** It did not change after all: as before. */
function wasBetter({ steps }: Episode, severity: Severity | undefined): RuleChange | undefined {
  const last = steps.at(-1);
  if (!last || !severity) return undefined;
  const { rise: _rise, ...step } = last;
  return { ...step, severity, eased: true };
}

function withdrawn({ begins, ends, steps }: Episode): RuleChange {
  const change = begins ?? ends ?? (steps[0] as RuleChange);
  return { ...change, state: 'resolved', correction: 'withdrawn' };
}

const changesOf = ({ begins, steps, ends }: Episode): RuleChange[] => [
  ...(begins ? [begins] : []),
  ...steps,
  ...(ends ? [ends] : []),
];

export const isBeginning = (change: RuleChange): boolean =>
  change.state === 'firing' && !change.rise && !change.eased && !change.again && !change.correction;

/** What has been told by now: the changes as they are known, each with the alert that it is about. */
export function retold(
  told: readonly Told[],
  known: readonly RuleChange[],
  { corrected, standing }: { corrected: readonly Told[]; standing: Standing | undefined },
): Told[] | undefined {
  const were = episodesOf(told, standing);
  const fresh = corrected
    .filter(({ change }) => isBeginning(change) || change.history)
    .map(({ alert }) => alert);
  let episode = standing ? 0 : -1;
  const all = known.map((change) => {
    if (isBeginning(change) || change.history) episode++;
    return { change, alert: were[episode]?.alert ?? fresh[episode - were.length] };
  });
  return all.length > 0 ? all : undefined;
}
