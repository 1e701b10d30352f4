/** A sentence in both languages of the people who write configuration. */
export interface Bilingual {
  zh: string;
  en: string;
}

/** A fault in a configuration file, at the place where a person can mend it. */
export interface Problem {
  /** `YAML_…` for faults of form, else of the area whose file it is. */
  code: string;
  file: string;
  /** Counted from 1. */
  line: number;
  column: number;
  message: Bilingual;
}

/** `alert-rules/sos.yaml:3:5 …`, as editors and terminals make it clickable. */
export function formatProblem(problem: Problem, language: 'zh' | 'en'): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.message[language]}`;
}
