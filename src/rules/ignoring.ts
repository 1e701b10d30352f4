import type { Reading } from '../model/readings.ts';
import type { Rule } from './rule.ts';
import type { RuleState } from './rule-state.ts';

/** What the device says of what makes samples of this rule worthless; what it says otherwise ends that. */
export function noteSaid(rule: Rule, state: RuleState | undefined, reading: Reading): RuleState | undefined {
  const { signal, value, observedAt } = reading;
  if (typeof value !== 'boolean' && typeof value !== 'string') return state;
  const one = rule.ignoreWhile?.find((said) => said.signal === signal);
  if (!one) return state;
  const was = state?.said?.[signal];
  if (value === one.is)
    return {
      parts: rule.parts.map(() => null),
      ...state,
      said: { ...state?.said, [signal]: [value, observedAt] },
    };
  if (!was || !state) return state;
  const { [signal]: _over, ...said } = state.said ?? {};
  const { said: _none, ...rest } = state;
  return Object.keys(said).length > 0 ? { ...rest, said } : rest;
}

/** Whether samples do not count now. */
export const isIgnored = (
  watched: NonNullable<Rule['ignoreWhile']>,
  said: NonNullable<RuleState['said']>,
  { observedAt }: Reading,
): boolean =>
  watched.some(({ signal, is, maxAgeMs }) => {
    const last = said[signal];
    return last !== undefined && last[0] === is && observedAt - last[1] <= maxAgeMs;
  });
