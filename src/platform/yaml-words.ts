import type { YAMLParseError, YAMLWarning } from 'yaml';
import { z } from 'zod';
import { nearestOf } from './nearest.ts';
import type { Bilingual } from './problem.ts';

/** What is wrong with the form of a YAML file and how it is mended. */
export function syntaxWords({ code, message }: YAMLParseError | YAMLWarning): Bilingual {
  const isOpen = code === 'BAD_INDENT' && message.startsWith('Flow');
  const { zh, en } = mends[isOpen ? 'FLOW_NOT_CLOSED' : code] ?? {
    zh: `${message}；${general.zh}`,
    en: `${message}; ${general.en}`,
  };
  return { zh: `YAML 语法错误：${zh}`, en: `YAML syntax: ${en}` };
}

const general: Bilingual = {
  zh: '写法是“键: 值”，下一层多缩进两个空格',
  en: 'it is written `key: value`, what is inside two spaces further in',
};

const mends: Readonly<Record<string, Bilingual>> = {
  BAD_INDENT: { zh: '缩进不齐，同一层的键要对齐', en: 'keys of one level begin in the same column' },
  TAB_AS_INDENT: { zh: '缩进要用空格，不能用制表符', en: 'indent with spaces, not with tabs' },
  DUPLICATE_KEY: { zh: '同一个键写了两次，请删去一个', en: 'the key is there twice: leave one out' },
  MISSING_CHAR: {
    zh: '括号或引号没有配对，或缺少逗号',
    en: 'close the bracket or the quote, or write the comma',
  },
  FLOW_NOT_CLOSED: { zh: '前面的括号没有配对', en: 'close the bracket that was opened before' },
  UNEXPECTED_TOKEN: {
    zh: '此处多了字符，请检查括号、引号和冒号',
    en: 'look at the brackets, quotes and colons before it',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    zh: '一行只能写一个“键: 值”；值里有冒号时要加引号',
    en: 'one `key: value` to a line; a value with a colon in it needs quotes',
  },
  MULTILINE_IMPLICIT_KEY: { zh: '键的后面缺少冒号', en: 'the key lacks its colon' },
  MULTIPLE_DOCS: { zh: '一个文件只能写一条，请删去 ---', en: 'one to a file: leave out the ---' },
  BAD_SCALAR_START: { zh: '以此字符开头的值要加引号', en: 'a value that begins so needs quotes' },
  BAD_DQ_ESCAPE: {
    zh: '双引号里的反斜杠要写两个，或改用单引号',
    en: 'write the backslash twice, or use single quotes',
  },
};

const zhWords = z.locales.zhCN().localeError;
const enWords = z.locales.en().localeError;

/** What a schema refuses and what to write instead. A refusal of our own brings its words in `params`. */
export function issueWords(issue: z.core.$ZodIssue): Bilingual {
  switch (issue.code) {
    case 'custom':
      return isBilingual(issue.params?.message) ? issue.params.message : zodWords(issue);
    case 'invalid_type':
      return wrongType(issue);
    case 'invalid_value':
      return wrongValue(issue);
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    case 'invalid_union': {
      const all = issue.errors.flatMap(([first]) =>
        first ? [issueWords({ ...first, input: issue.input } as z.core.$ZodIssue)] : [],
      );
      if (all.length === 0) return zodWords(issue);
      return { zh: all.map(({ zh }) => zh).join('；或'), en: all.map(({ en }) => en).join('; or ') };
    }
    default:
      return zodWords(issue);
  }
}

const zodWords = (issue: z.core.$ZodIssue): Bilingual => ({
  zh: textOf(zhWords, issue),
  en: textOf(enWords, issue),
});

type Of<Code extends z.core.$ZodIssue['code']> = Extract<z.core.$ZodIssue, { code: Code }>;

function wrongType({ expected, input }: Of<'invalid_type'>): Bilingual {
  const zh = zhTypes[expected] ?? expected;
  const en = enTypes[expected] ?? expected;
  if (input === undefined) return { zh: `缺少这一项，要写${zh}`, en: `is missing: write ${en}` };
  return { zh: `要写${zh}`, en: `must be ${en}` };
}

function wrongValue({ values, input }: Of<'invalid_value'>): Bilingual {
  const known = values.map(String);
  const near = typeof input === 'string' ? nearestOf(input, known) : undefined;
  const missing = input === undefined ? { zh: '缺少这一项，', en: 'is missing: ' } : { zh: '', en: '' };
  return {
    zh: `${missing.zh}只能是 ${known.join('、')}${near ? `，是不是 ${near}？` : ''}`,
    en: `${missing.en}must be one of ${known.join(', ')}${near ? `: did you mean ${near}?` : ''}`,
  };
}

const isList = (origin: string): boolean => origin === 'array' || origin === 'set';

function tooSmall({ origin, minimum, inclusive }: Of<'too_small'>): Bilingual {
  if (isList(origin)) return { zh: `至少要有 ${minimum} 项`, en: `must have at least ${minimum} of them` };
  if (origin === 'string')
    return { zh: `至少 ${minimum} 个字`, en: `must have at least ${minimum} characters` };
  return inclusive
    ? { zh: `不能小于 ${minimum}`, en: `must be at least ${minimum}` }
    : { zh: `必须大于 ${minimum}`, en: `must be more than ${minimum}` };
}

function tooBig({ origin, maximum, inclusive }: Of<'too_big'>): Bilingual {
  if (isList(origin)) return { zh: `最多 ${maximum} 项`, en: `must have at most ${maximum} of them` };
  if (origin === 'string')
    return { zh: `最多 ${maximum} 个字`, en: `must have at most ${maximum} characters` };
  return inclusive
    ? { zh: `不能大于 ${maximum}`, en: `must be at most ${maximum}` }
    : { zh: `必须小于 ${maximum}`, en: `must be less than ${maximum}` };
}

const zhTypes: Readonly<Record<string, string>> = {
  string: '文字',
  number: '数',
  int: '整数',
  boolean: ' true 或 false',
  object: '“键: 值”',
  array: '列表 [...]',
};
const enTypes: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: '`key: value`',
  array: 'a list [...]',
};

function textOf(words: z.core.$ZodErrorMap, issue: z.core.$ZodIssue): string {
  const text = words(issue as z.core.$ZodRawIssue);
  return typeof text === 'string' ? text : (text?.message ?? issue.message);
}

const isBilingual = (value: unknown): value is Bilingual =>
  typeof value === 'object' && value !== null && 'zh' in value && 'en' in value;

export function unknownKeyWords(key: string, known: readonly string[]): Bilingual {
  const near = nearestOf(key, known);
  const all = known.join(', ');
  return {
    zh: `不认识这个键${near ? `，是不是 ${near}？` : all ? `，可用：${all}` : ''}`,
    en: `unknown key${near ? `: did you mean ${near}?` : all ? `; there are: ${all}` : ''}`,
  };
}

interface Shape {
  $ref?: string;
  $defs?: Record<string, Shape>;
  properties?: Record<string, Shape>;
  items?: Shape;
  anyOf?: Shape[];
}

const shapes = new WeakMap<z.ZodType, Shape>();

function shapeOf(schema: z.ZodType): Shape {
  const known = shapes.get(schema);
  if (known) return known;
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
  shapes.set(schema, shape);
  return shape;
}

/** The keys that a schema knows at a path, for telling what may be written there. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const root = shapeOf(schema);
  const unfold = (shape: Shape): Shape[] => {
    const named = shape.$ref ? root.$defs?.[shape.$ref.replace('#/$defs/', '')] : undefined;
    return [shape, ...(named ? unfold(named) : []), ...(shape.anyOf ?? []).flatMap(unfold)];
  };
  let found = unfold(root);
  for (const step of path)
    found = found
      .flatMap(
        ({ properties, items }) => (typeof step === 'number' ? items : properties?.[String(step)]) ?? [],
      )
      .flatMap(unfold);
  return [...new Set(found.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}
