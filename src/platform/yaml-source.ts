import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import type { Bilingual, Problem } from './problem.ts';

const MAX_CHARACTERS = 65_536;

export type YamlPath = readonly PropertyKey[];

/** A YAML file that parsed, and where in it each value stands. */
export interface YamlSource {
  value: unknown;
  problem(code: string, path: YamlPath, message: Bilingual): Problem;
}

/** A fault found by a check that zod cannot express. */
export interface Finding {
  path: YamlPath;
  message: Bilingual;
}

/** Parses one YAML 1.2 document. Anchors and aliases are refused, so nothing can unfold into more than was written. */
export function parseYaml(file: string, text: string): { source: YamlSource } | { problems: Problem[] } {
  const lines = new LineCounter();
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (text.length > MAX_CHARACTERS) {
    const message = {
      zh: `文件超过 ${MAX_CHARACTERS} 个字符`,
      en: `longer than ${MAX_CHARACTERS} characters`,
    };
    return { problems: [{ code: 'YAML_SYNTAX', file, line: 1, column: 1, message }] };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
    code: 'YAML_SYNTAX',
    ...place(error.pos[0]),
    message: { zh: `YAML 语法错误：${error.message}`, en: `YAML syntax: ${error.message}` },
  }));
  problems.push(...aliasesIn(document).map((offset) => ({ ...aliasProblem, ...place(offset) })));
  if (problems.length > 0) return { problems };
  const problem: YamlSource['problem'] = (code, path, message) => ({
    code,
    ...place(offsetOf(document, path)),
    message,
  });
  return { source: { value: document.toJS(), problem } };
}

const aliasProblem = {
  code: 'YAML_ALIAS',
  message: { zh: '不允许使用 YAML 锚点和别名', en: 'YAML anchors and aliases are not allowed' },
} as const;

function aliasesIn(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Alias: (_key, node) => void offsets.push(node.range?.[0] ?? 0),
    Node: (_key, node) => {
      if ('anchor' in node && node.anchor) offsets.push(node.range?.[0] ?? 0);
    },
  });
  return offsets;
}

/** Where the value at `path` begins; for a key that is missing, where the map begins that lacks it. */
function offsetOf(document: Document, path: YamlPath): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const [depth, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!pair) return offset;
      const last = depth === path.length - 1;
      offset = startOf(last ? (pair.value ?? pair.key) : pair.key);
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = startOf(node);
    } else return offset;
  }
  return offset;
}

const startOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

/** Checks the value against a schema and gives every fault at once, with its place, in both languages. */
export function readWith<T>(
  source: YamlSource,
  schema: z.ZodType<T>,
): { value: T } | { problems: Problem[] } {
  const parsed = schema.safeParse(source.value, { reportInput: true });
  if (parsed.success) return { value: parsed.data };
  return { problems: parsed.error.issues.flatMap((issue) => problemsOf(source, issue)) };
}

function problemsOf(source: YamlSource, issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== 'unrecognized_keys')
    return [source.problem('YAML_INVALID', issue.path, withPath(issue.path, wordsOf(issue)))];
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    const message = { zh: '不认识这个键', en: 'unknown key' };
    return keyProblem(source, path, withPath(path, message));
  });
}

function keyProblem(source: YamlSource, path: YamlPath, message: Bilingual): Problem {
  return source.problem('YAML_UNKNOWN_KEY', [...path, ''], message);
}

const zhWords = z.locales.zhCN().localeError;
const enWords = z.locales.en().localeError;

function wordsOf(issue: z.core.$ZodIssue): Bilingual {
  if (issue.code === 'custom' && isBilingual(issue.params?.message)) return issue.params.message;
  return { zh: textOf(zhWords, issue), en: textOf(enWords, issue) };
}

function textOf(words: z.core.$ZodErrorMap, issue: z.core.$ZodIssue): string {
  const text = words(issue as z.core.$ZodRawIssue);
  return typeof text === 'string' ? text : (text?.message ?? issue.message);
}

const isBilingual = (value: unknown): value is Bilingual =>
  typeof value === 'object' && value !== null && 'zh' in value && 'en' in value;

export function withPath(path: YamlPath, message: Bilingual): Bilingual {
  if (path.length === 0) return message;
  const where = path.map(String).join('.');
  return { zh: `${where}：${message.zh}`, en: `${where}: ${message.en}` };
}
