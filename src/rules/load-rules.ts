import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Bilingual, Problem } from '../platform/problem.ts';
import { parseYaml, readWith, withPath, type YamlPath } from '../platform/yaml-source.ts';
import { checkInhibition } from './inhibition-checks.ts';
import { isSosRule, type Rule } from './rule.ts';
import { checkRelations } from './rule-checks.ts';
import { ruleFile } from './rule-schema.ts';
import { toRule } from './to-rule.ts';

/**
 * Reads every `*.yaml` of a folder (not of its sub-folders). Faults are collected, never thrown: the caller decides, and
 * must not run a set with problems. A set without an `sos` rule that nobody can mute is a problem in itself.
 */
export async function loadRules(directory: string): Promise<{ rules: Rule[]; problems: Problem[] }> {
  const files = await yamlFiles(directory);
  if ('problem' in files) return { rules: [], problems: [files.problem] };
  const rules: Rule[] = [];
  const problems: Problem[] = [];
  const placed = new Map<string, Place>();
  for (const name of files.names) {
    const file = join(directory, name);
    const read = readRule(file, await readFile(file, 'utf8'));
    if ('problems' in read) problems.push(...read.problems);
    else {
      rules.push(read.rule);
      placed.set(read.rule.name, read.place);
    }
  }
  if (problems.length === 0) problems.push(...checkSet(rules, directory, placed));
  return { rules, problems };
}

/** Where in the file of a rule something stands. */
export type Place = (path: YamlPath) => Pick<Problem, 'file' | 'line' | 'column'>;

/**
 * What is wrong with rules that are each sound, where they are to run together. Without `placed`, by the names of rules, a fault is told
 * at the beginning of the file.
 */
export function checkSet(
  rules: readonly Rule[],
  directory: string,
  placed: ReadonlyMap<string, Place> = new Map(),
): Problem[] {
  const placeOf = (rule: Rule, path: YamlPath): ReturnType<Place> =>
    placed.get(rule.name)?.(path) ?? { file: join(directory, `${rule.name}.yaml`), line: 1, column: 1 };
  const problems = checkInhibition(rules).map(({ rule, path, message }) => ({
    code: 'RULES_INVALID',
    ...placeOf(rule, path),
    message: withPath(path, message),
  }));
  if (rules.some(isSosRule)) return problems;
  return [...problems, problemOf('RULES_NO_SOS', directory, noSosMessage)];
}

/** Ten times what the longest of ours has. Reading takes as long as the text is, where an SOS may wait. */
const MOST_CHARACTERS = 16_384;
const MOST_PROBLEMS = 50;

/** One rule file; `file` is only named in messages, and its base name must be the rule's name. */
export function readRule(file: string, text: string): { rule: Rule; place: Place } | { problems: Problem[] } {
  if (text.length > MOST_CHARACTERS) return { problems: [problemOf('RULES_INVALID', file, tooLong)] };
  const parsed = parseYaml(file, text);
  if ('problems' in parsed) return parsed;
  const { source } = parsed;
  const found = checkRelations(source.value).slice(0, MOST_PROBLEMS);
  const problems = found.map(({ path, message, offset }) =>
    source.problem('RULES_INVALID', path, withPath(path, message), offset),
  );
  const read = readWith(source, ruleFile);
  if ('problems' in read) problems.unshift(...read.problems);
  const expected = basename(file).replace(/\.ya?ml$/, '');
  if ('value' in read && read.value.name !== expected)
    problems.push(
      source.problem('RULES_INVALID', ['name'], {
        zh: `name：必须与文件名相同（${expected}）`,
        en: `name: must equal the file's name (${expected})`,
      }),
    );
  if ('problems' in read || problems.length > 0) return { problems: inOrder(problems) };
  const rule = toRule(read.value, versionOf(text));
  const muting = mutesSos(rule);
  if (muting) {
    const message = muting === 'kind' ? kindMessage : mutedMessage;
    return { problems: [source.problem('RULES_SOS_MUTED', [muting], withPath([muting], message))] };
  }
  const place: Place = (path) => {
    const { line, column } = source.problem('', path, mutedMessage);
    return { file, line, column };
  };
  return { rule, place };
}

/** What tells one text of a rule from another: the first twelve hexadecimal digits of its SHA-256. */
export const versionOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Sorted names of the YAML files of a folder, or why it cannot be read. */
export async function yamlFiles(directory: string): Promise<{ names: string[] } | { problem: Problem }> {
  try {
    const names = await readdir(directory);
    return { names: names.filter((name) => /\.ya?ml$/.test(name)).sort() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: problemOf('RULES_UNREADABLE', directory, { zh: `无法读取：${reason}`, en: reason }) };
  }
}

const tooLong: Bilingual = {
  zh: `超过 ${MOST_CHARACTERS} 个字符，请写短一些或分成几条规则`,
  en: `longer than ${MOST_CHARACTERS} characters: shorten it or make several rules of it`,
};

const noSosMessage: Bilingual = {
  zh: '缺少 sos 规则：必须有一个 sos.yaml，写明 event: sos、severity: critical、consequence: incident',
  en: 'there is no rule for sos: write one with event: sos, severity: critical, consequence: incident',
};

const kindMessage: Bilingual = {
  zh: 'sos 的规则必须是 kind: sos，其他规则不能用：否则求救会并入别的警情',
  en: 'a rule for sos is of kind sos and no other is, or a press would join an incident about something else',
};

const mutedMessage: Bilingual = {
  zh: 'sos 规则必须是 critical、incident，且不得限制设备（删去 only、except）',
  en: 'the rule for sos must be critical, an incident, and for every device: without only and except',
};

/** The key by which an SOS would not reach everybody at once, or would be taken for something else. */
function mutesSos(rule: Rule): 'kind' | 'severity' | 'consequence' | 'only' | 'except' | undefined {
  if (!isSosRule(rule)) return rule.kind === 'sos' ? 'kind' : undefined;
  if (rule.severity !== 'critical') return 'severity';
  if (rule.consequence !== 'incident') return 'consequence';
  if (rule.only) return 'only';
  if (rule.except) return 'except';
  return rule.kind === 'sos' ? undefined : 'kind';
}

const problemOf = (code: Problem['code'], file: string, message: Bilingual): Problem => ({
  code,
  file,
  line: 1,
  column: 1,
  message,
});

const inOrder = (problems: Problem[]): Problem[] =>
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
