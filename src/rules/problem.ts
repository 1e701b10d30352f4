/** A sentence in both languages of the people who write rules. */
export interface Bilingual {
  zh: string;
  en: string;
}

/** A fault in a rule file, at the place where a person can mend it. */
export interface Problem {
  code: ProblemCode;
  file: string;
  /** Counted from 1. */
  line: number;
  column: number;
  message: Bilingual;
}

export type ProblemCode =
  | 'RULES_UNREADABLE'
  | 'RULES_SYNTAX'
  | 'RULES_ALIAS'
  | 'RULES_UNKNOWN_KEY'
  | 'RULES_INVALID'
  | 'RULES_NO_SOS'
  | 'RULES_SOS_MUTED'
  | 'RULES_UNTESTED';

/** `alert-rules/sos.yaml:3:5 …`, as editors and terminals make it clickable. */
export function formatProblem(problem: Problem, language: 'zh' | 'en'): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.message[language]}`;
}
