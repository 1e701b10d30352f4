import type { Rule } from './rule.ts';
import type { PartState, PartStates, RuleState } from './rule-state.ts';

/** What all points of an asset say together: of each part the one that is true, else the one heard last. */
export function joined(
  rule: Rule,
  state: RuleState | undefined,
  points: Readonly<Record<string, PartStates>>,
): RuleState {
  const all = Object.values(points);
  const parts = rule.parts.map((_, index) => {
    let top: PartState | null = null;
    for (const point of all) {
      const part = point[index];
      if (part && (!top || rank(part) > rank(top) || (rank(part) === rank(top) && part.last > top.last)))
        top = part;
    }
    return top;
  });
  return { ...state, points, parts };
}

const rank = (part: PartState): number => part.level ?? 0;
