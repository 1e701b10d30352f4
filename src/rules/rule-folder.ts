import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Bilingual, Problem } from '../platform/problem.ts';
import { readRule, versionOf, yamlFiles } from './load-rules.ts';

/** A sound rule file with the test cases that lie beside it. */
export interface RuleFile {
  rule: string;
  version: string;
  body: string;
  tests: string | null;
}

/** What a folder of rules holds. */
export interface RuleFolder {
  files: RuleFile[];
  /** Names of rules whose file is faulty: what is known of them stays. */
  faulty: string[];
  problems: Problem[];
  /** The folder itself cannot be read, which does not say that its rules were taken away. */
  unreadable: boolean;
}

/** Reads `*.yaml` and `tests/*.yaml`. Faults are collected, never thrown. */
export async function readRuleFolder(directory: string): Promise<RuleFolder> {
  const listed = await yamlFiles(directory);
  if ('problem' in listed) return { files: [], faulty: [], problems: [listed.problem], unreadable: true };
  const folder: RuleFolder = { files: [], faulty: [], problems: [], unreadable: false };
  for (const name of listed.names) {
    const rule = basename(name).replace(/\.ya?ml$/, '');
    const file = join(directory, name);
    const text = await textOf(file);
    if (text === undefined || 'problem' in text) {
      folder.faulty.push(rule);
      if (text) folder.problems.push(text.problem);
      continue;
    }
    const { body } = text;
    const read = readRule(file, body);
    if ('problems' in read) {
      folder.faulty.push(rule);
      folder.problems.push(...read.problems);
      continue;
    }
    const tests = await textOf(join(directory, 'tests', `${rule}.yaml`));
    if (tests && 'problem' in tests) folder.problems.push(tests.problem);
    folder.files.push({
      ...{ rule, version: versionOf(body), body },
      tests: tests && 'body' in tests ? tests.body : null,
    });
  }
  return folder;
}

/** Changes whenever a file of the folder does; undefined while it cannot be read. */
export async function stampOf(directory: string): Promise<string | undefined> {
  const stamps: string[] = [];
  for (const folder of [directory, join(directory, 'tests')]) {
    const listed = await yamlFiles(folder);
    if ('problem' in listed) {
      if (folder === directory) return undefined;
      continue;
    }
    for (const name of listed.names) {
      const facts = await stat(join(folder, name)).catch(() => undefined);
      stamps.push(`${folder}/${name} ${facts?.mtimeMs} ${facts?.size}`);
    }
  }
  return stamps.join('\n');
}

/** No text of ours is nearly as long; another kind of file may never end. */
const MOST_BYTES = 1_000_000;

/** Undefined where it is not there, or no longer. */
async function textOf(file: string): Promise<{ body: string } | { problem: Problem } | undefined> {
  try {
    const facts = await stat(file);
    if (!facts.isFile() || facts.size > MOST_BYTES)
      return unreadable(file, { zh: '不是文本文件，或太大', en: 'is no text file, or too long' });
    return { body: await readFile(file, 'utf8') };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : unreadable(file, { zh: `无法读取：${message}`, en: message });
  }
}

const unreadable = (file: string, message: Bilingual): { problem: Problem } => ({
  problem: { code: 'RULES_UNREADABLE', file, line: 1, column: 1, message },
});
