import { formatProblem, type Problem } from '../../platform/problem.ts';

export type Language = 'zh' | 'en';

/** One line of the result. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** What is said beside the result. */
export const note = (line: string): void => void process.stderr.write(`${line}\n`);

export function tell(problems: readonly Problem[], language: Language): number {
  for (const problem of problems) note(formatProblem(problem, language));
  return 1;
}

/** A line that is written over itself on a terminal; elsewhere one for each tenth. */
export function createProgress(): (share: number, text: string) => void {
  const { isTTY } = process.stderr;
  let tenths = -1;
  return (share, text) => {
    if (isTTY) {
      process.stderr.write(`\r\u001B[K${text}${share >= 1 ? '\n' : ''}`);
      return;
    }
    const now = Math.floor(share * 10);
    if (now > tenths) note(text);
    tenths = Math.max(tenths, now);
  };
}
