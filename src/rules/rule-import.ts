import type { Problem } from '../platform/problem.ts';
import type { RuleFile, RuleFolder } from './rule-folder.ts';
import type { NewVersion, RuleVersion } from './rule-version-store.ts';

/** What is known of the rules when a folder is read. */
export interface Known {
  /** The last version of each rule and lane. */
  heads: readonly RuleVersion[];
  /** The hashes of all the texts that a rule ever had. */
  versions: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * What a folder says that is not in force yet. A rule that follows its file changes with it; one that a person has changed on the page
 * stays as he left it, and a newer file is told instead. `gone`: rules whose file is no longer there.
 */
export function planImport(
  known: Known,
  folder: RuleFolder,
): { add: NewVersion[]; gone: NewVersion[]; notices: Problem[] } {
  const heads = new Map(known.heads.filter(({ shadow }) => !shadow).map((head) => [head.rule, head]));
  const add: NewVersion[] = [];
  const notices: Problem[] = [];
  for (const file of folder.files) {
    const head = heads.get(file.rule);
    if (!head || head.origin === 'file') {
      if (!head || differs(head, file)) add.push(fileVersion(head, file));
    } else if (!known.versions.get(file.rule)?.has(file.version)) notices.push(newerFile(file, head));
  }
  return { add, gone: folder.unreadable ? [] : removals(heads, folder), notices };
}

/** Whether a file says something else than what is in force. */
export const differs = (
  head: Pick<RuleVersion, 'body' | 'tests'>,
  file: Pick<RuleFile, 'body' | 'tests'>,
): boolean => head.body !== file.body || head.tests !== file.tests;

function removals(heads: ReadonlyMap<string, RuleVersion>, folder: RuleFolder): NewVersion[] {
  const there = new Set([...folder.faulty, ...folder.files.map(({ rule }) => rule)]);
  return [...heads.values()]
    .filter((head) => head.origin === 'file' && head.body !== null && !there.has(head.rule))
    .map((head) => ({
      ...ofFolder(head, head.rule),
      action: 'file_removed' as const,
      version: null,
      body: null,
      tests: null,
    }));
}

const fileVersion = (head: RuleVersion | undefined, file: RuleFile): NewVersion => ({
  ...ofFolder(head, file.rule),
  action: 'file',
  version: file.version,
  body: file.body,
  tests: file.tests,
});

const ofFolder = (head: RuleVersion | undefined, rule: string) => ({
  rule,
  shadow: false,
  revision: (head?.revision ?? 0) + 1,
  origin: 'file' as const,
  accountId: null,
  note: null,
});

const newerFile = (file: RuleFile, head: RuleVersion): Problem => ({
  code: 'RULES_FILE_WAITS',
  file: `${file.rule}.yaml`,
  line: 1,
  column: 1,
  message: {
    zh: `文件有新的内容，但正在运行的是${head.author?.name ?? ''}在页面上${head.body === null ? '停用' : '保存'}的版本；请在规则页面选择采用哪一个`,
    en: `the file says something new, but ${head.author?.name ?? 'somebody'} ${head.body === null ? 'removed the rule' : 'saved another version'} on the page, and that holds; choose on the rules page`,
  },
});
