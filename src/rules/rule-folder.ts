import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Problem } from '../platform/problem.ts';
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
    const body = await textOf(file);
    if (body === undefined) {
      folder.faulty.push(rule);
      continue;
    }
    const read = readRule(file, body);
    if ('problems' in read) {
      folder.faulty.push(rule);
      folder.problems.push(...read.problems);
      continue;
    }
    const tests = (await textOf(join(directory, 'tests', `${rule}.yaml`))) ?? null;
    folder.files.push({ rule, version: versionOf(body), body, tests });
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

/** Undefined where it is not there, or no longer. */
const textOf = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
