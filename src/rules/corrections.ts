import type { RuleChange } from './rule-change.ts';

/**
 * What must be told so that what was told before is what is known now. What both say alike needs no word; an alert that was told and never
 * came true is withdrawn, one that has not ended is opened again, one that began or ended at another time is amended.
 */
export function corrections(told: readonly RuleChange[], known: readonly RuleChange[]): RuleChange[] {
  let same = 0;
  while (same < told.length && same < known.length && isSame(told[same], known[same])) same++;
  const wrong = told.slice(same);
  const right = known.slice(same);
  const [first, ...others] = right;
  const lastTold = told.at(-1);
  if (wrong.length === 0) return right;
  if (!lastTold) return right;
  if (!first) return [undone(wrong)];
  if (wrong.length === 1 && isSameStep(lastTold, first))
    return [{ ...first, correction: 'amended' }, ...others];
  return rewritten(lastTold, wrong, right);
}

/** Nothing of it was so. */
function undone(wrong: readonly RuleChange[]): RuleChange {
  const [first] = wrong as [RuleChange];
  if (first.state === 'resolved') return { ...first, state: 'firing', correction: 'reopened' };
  if (!isBeginning(first)) return { ...first, correction: 'amended' };
  return { ...first, state: 'resolved', correction: 'withdrawn' };
}

/** Several steps differ: the alert that was told last becomes what is known last, and what is missing before is told. */
function rewritten(
  lastTold: RuleChange,
  wrong: readonly RuleChange[],
  right: readonly RuleChange[],
): RuleChange[] {
  const known = right.at(-1) as RuleChange;
  if (lastTold.state === 'firing' && known.state === 'firing') {
    const beginning = right.findLast(isBeginning);
    return beginning
      ? [{ ...beginning, ...levelOf(known), correction: 'amended' }]
      : [{ ...known, correction: 'amended' }];
  }
  if (known.state === 'resolved') {
    const hasBegun = !wrong.some(isBeginning) || right.some(isBeginning);
    if (lastTold.state === 'firing')
      return [{ ...known, ...(hasBegun ? {} : { correction: 'withdrawn' as const }) }];
    return [{ ...known, correction: 'amended' }];
  }
  const beginning = right.findLast(isBeginning);
  return [beginning ? { ...beginning, ...levelOf(known) } : { ...known, correction: 'reopened' }];
}

const levelOf = ({ severity, consequence }: RuleChange) => ({ severity, consequence });

const isBeginning = (change: RuleChange): boolean =>
  change.state === 'firing' && !change.rise && !change.eased && !change.again;

const isSameStep = (a: RuleChange, b: RuleChange): boolean =>
  a.state === b.state && a.rise === b.rise && a.eased === b.eased && a.again === b.again;

const isSame = (a: RuleChange | undefined, b: RuleChange | undefined): boolean =>
  a !== undefined && b !== undefined && a.at === b.at && a.severity === b.severity && isSameStep(a, b);
