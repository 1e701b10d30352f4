import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import type { Bilingual, Problem } from './problem.ts';
import { issueWords, keysAt, syntaxWords, unknownKeyWords } from './yaml-words.ts';

const MAX_CHARACTERS = 65_536;
/** Nothing that a person writes is nested so deeply; what reads it calls itself for each level. */
const MOST_NESTED = 100;
/** Whoever made more mistakes mends these first. */
const MOST_PROBLEMS = 50;
const MOST_LETTERS = 1_000;

export type YamlPath = readonly PropertyKey[];

/** A YAML file that parsed, and where in it each value stands. */
export interface YamlSource {
  value: unknown;
  /** `offset`: the character of the text at `path` that is meant, counted from 0. */
  problem(code: string, path: YamlPath, message: Bilingual, offset?: number): Problem;
}

/** A fault found by a check that zod cannot express. */
export interface Finding {
  path: YamlPath;
  message: Bilingual;
  /** Inside a text: which of its characters is meant, counted from 0. */
  offset?: number;
}

/** Parses one YAML 1.2 document. Of faults of form only the first is told, the others follow from it. Anchors and aliases are refused, so nothing can unfold into more than was written. */
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
  if (isTooDeep(text)) {
    const message = { zh: '嵌套太深', en: 'nested too deeply' };
    return { problems: [{ code: 'YAML_SYNTAX', file, line: 1, column: 1, message }] };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [first] = [...document.errors, ...document.warnings];
  const problems: Problem[] = first
    ? [{ code: 'YAML_SYNTAX', ...place(quoteBefore(document, first.pos[0])), message: syntaxWords(first) }]
    : [];
  problems.push(...aliasesIn(document).map((offset) => ({ ...aliasProblem, ...place(offset) })));
  if (problems.length > 0) return { problems };
  const problem: YamlSource['problem'] = (code, path, message, offset) => ({
    code,
    ...place(
      offset === undefined ? offsetOf(document, path) : insideOf(text, nodeAt(document, path), offset),
    ),
    message: { zh: message.zh.slice(0, MOST_LETTERS), en: message.en.slice(0, MOST_LETTERS) },
  });
  return { source: { value: document.toJS(), problem } };
}

/** Looks at brackets and dashes only, wherever they stand: a guard, not a parser. */
function isTooDeep(text: string): boolean {
  if (/(?:[-?] +){100}/.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > MOST_NESTED) return true;
  }
  return false;
}

const aliasProblem = {
  code: 'YAML_ALIAS',
  message: {
    zh: '不允许使用 YAML 锚点和别名，请直接写出内容',
    en: 'YAML anchors and aliases are not allowed: write it out',
  },
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

/** What is said to be missing at the end was forgotten where its quote begins. */
function quoteBefore(document: Document, offset: number): number {
  let start = offset;
  visit(document, {
    Scalar: (_key, { type, range }) => {
      const isQuote = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
      if (isQuote && range && range[0] < offset && range[1] >= offset) start = range[0];
    },
  });
  return start;
}

/** Where the value at `path` begins; for a key that is missing, where the map begins that lacks it; past a scalar, the scalar. */
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
    } else return node && step !== '' ? startOf(node) : offset;
  }
  return offset;
}

const nodeAt = (document: Document, path: YamlPath): unknown => document.getIn(path, true);

/**
 * Where in the file a character of a scalar stands. Folding and indentation change white space only, so the other characters are
 * counted; behind an escape in quotes that is not known, and the scalar itself is meant.
 */
function insideOf(text: string, node: unknown, offset: number): number {
  const start = startOf(node);
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return start;
  const source = text.slice(start, node.range[1]);
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  const body = isBlock ? source.indexOf('\n') + 1 : node.type === 'PLAIN' ? 0 : 1;
  const before = node.value.slice(0, offset).replace(/\s/g, '').length;
  if (!isBlock && node.type !== 'PLAIN' && /\\|''/.test(source)) return start;
  let passed = 0;
  for (const match of source.slice(body).matchAll(/\S/g)) {
    if (passed === before) return start + body + match.index;
    passed++;
  }
  return node.range[1];
}

const startOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

/** Checks the value against a schema and gives every fault at once (of very many the first), with its place, in both languages. */
export function readWith<T>(
  source: YamlSource,
  schema: z.ZodType<T>,
): { value: T } | { problems: Problem[] } {
  const parsed = schema.safeParse(source.value, { reportInput: true });
  if (parsed.success) return { value: parsed.data };
  const issues = parsed.error.issues.slice(0, MOST_PROBLEMS);
  return { problems: issues.flatMap((issue) => problemsOf(source, schema, issue)).slice(0, MOST_PROBLEMS) };
}

function problemsOf(source: YamlSource, schema: z.ZodType, issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== 'unrecognized_keys')
    return [source.problem('YAML_INVALID', issue.path, withPath(issue.path, issueWords(issue)))];
  const known = keysAt(schema, issue.path);
  return issue.keys.slice(0, MOST_PROBLEMS).map((key) => {
    const path = [...issue.path, key];
    return keyProblem(source, path, withPath(path, unknownKeyWords(key, known)));
  });
}

function keyProblem(source: YamlSource, path: YamlPath, message: Bilingual): Problem {
  return source.problem('YAML_UNKNOWN_KEY', [...path, ''], message);
}

export function withPath(path: YamlPath, message: Bilingual): Bilingual {
  if (path.length === 0) return message;
  const where = path.map(String).join('.');
  return { zh: `${where}：${message.zh}`, en: `${where}: ${message.en}` };
}
