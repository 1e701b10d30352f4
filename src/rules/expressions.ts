import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { definitionOf, isSignal, type Signal, signals } from '../model/signals.ts';
import { nearestOf } from '../platform/nearest.ts';
import type { Bilingual } from '../platform/problem.ts';
import type { ExpressionPart } from './rule.ts';

/** An expression of the Common Expression Language (https://cel.dev) over the latest values of a device, checked before it ever runs. */
export interface Expression {
  /** What it reads: each name once, in the order of the text. */
  reads: ExpressionPart['reads'];
  /** Undefined while one of the values is missing or is not of the kind of its signal. Costs at most one step for each of its nodes, of which there are no more than 200. */
  evaluate(values: Readonly<Record<string, unknown>>): boolean | undefined;
}

/** Why it cannot run, and at which character, counted from 0. */
export interface ExpressionFault {
  message: Bilingual;
  offset: number;
}

/** No loop, no regular expression, no text that grows: what is left takes as long as it is. */
const operators = new Set<string>([
  ...['value', 'id', '&&', '||', '!_', '-_', '?:', 'in'],
  ...['+', '-', '*', '/', '==', '!=', '<', '<=', '>', '>='],
]);
const functions = ['abs', 'min', 'max'];

const environment = new Environment({
  limits: { maxAstNodes: 200, maxDepth: 32, maxListElements: 32, maxMapEntries: 0, maxCallArguments: 3 },
})
  .registerFunction('abs(double): double', Math.abs)
  .registerFunction('min(double, double): double', Math.min)
  .registerFunction('min(double, double, double): double', Math.min)
  .registerFunction('max(double, double): double', Math.max)
  .registerFunction('max(double, double, double): double', Math.max);

const kept = new Map<string, Expression>();
const KEPT = 500;

/** The expression of a rule that passed the checks. Throws a `TypeError` where it could not have. */
export function compileExpression(text: string): Expression {
  const known = kept.get(text);
  if (known) return known;
  const read = readExpression(text);
  if ('fault' in read) throw new TypeError(read.fault.message.en);
  if (kept.size >= KEPT) kept.clear();
  kept.set(text, read.expression);
  return read.expression;
}

/** Parses and checks: every name is a signal, every type fits, and the whole is true or false. */
export function readExpression(text: string): { expression: Expression } | { fault: ExpressionFault } {
  const parsed = parse(environment, text);
  if ('fault' in parsed) return parsed;
  const names: ASTNode[] = [];
  const fault = collect(parsed.run.ast, names);
  if (fault) return { fault };
  const reads = readsOf(names);
  if ('fault' in reads) return reads;
  const typed = environment.clone({});
  for (const { name, signal } of reads) typed.registerVariable(name, typeOf(signal));
  const { valid, type, error } = typed.check(text);
  if (!valid) return { fault: typeFault(error) };
  if (type !== 'bool') return { fault: notBoolean(type) };
  return { expression: expressionOf(typed, text, reads) };
}

function expressionOf(typed: Environment, text: string, reads: Expression['reads']): Expression {
  const run = typed.parse(text);
  run.check();
  return {
    reads,
    evaluate(values) {
      if (reads.some(({ name }) => values[name] === undefined)) return undefined;
      try {
        const said: unknown = run(values);
        return typeof said === 'boolean' ? said : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

function parse(
  env: Environment,
  text: string,
): { run: ReturnType<Environment['parse']> } | { fault: ExpressionFault } {
  try {
    return { run: env.parse(text) };
  } catch (error) {
    return { fault: syntaxFault(error, text) };
  }
}

/** Every name into `names`; the first node that is not allowed as a fault. */
function collect(node: ASTNode, names: ASTNode[], isAfterIn = false): ExpressionFault | undefined {
  if (node.op === 'id') names.push(node);
  const listed = node.op === 'list' && isAfterIn;
  const called = node.op === 'call' && functions.includes(node.args[0]);
  if (!operators.has(node.op) && !listed && !called) return { message: notAllowed(node), offset: node.start };
  for (const [index, child] of childrenOf(node).entries()) {
    const fault = collect(child, names, node.op === 'in' && index === 1);
    if (fault) return fault;
  }
  return undefined;
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case 'call':
      return node.args[1];
    case '!_':
    case '-_':
      return [node.args];
    default:
      return (node.args as readonly unknown[]).filter(
        (item): item is ASTNode => typeof item === 'object' && item !== null && 'op' in item,
      );
  }
}

function readsOf(names: readonly ASTNode[]): Expression['reads'] | { fault: ExpressionFault } {
  const reads = new Map<string, Expression['reads'][number]>();
  for (const node of names) {
    const name = String(node.args);
    const read = readOf(name);
    if ('message' in read) return { fault: { message: read.message, offset: node.start } };
    reads.set(name, read);
  }
  return [...reads.values()];
}

/** `voltage`, or `voltage_a` for channel `a`: the longest signal that the name begins with. */
function readOf(name: string): Expression['reads'][number] | { message: Bilingual } {
  const signal = isSignal(name)
    ? name
    : Object.keys(signals)
        .filter(isSignal)
        .filter((known) => name.startsWith(`${known}_`))
        .sort((a, b) => b.length - a.length)[0];
  if (!signal) return { message: unknownName(name) };
  const { kind } = definitionOf(signal);
  if (kind !== 'number' && kind !== 'boolean' && kind !== 'enum') return { message: noValue(signal) };
  const channel = name.slice(signal.length + 1);
  return { name, signal, ...(channel ? { channel } : {}) };
}

function typeOf(signal: Signal): string {
  const { kind } = definitionOf(signal);
  if (kind === 'number') return 'double';
  return kind === 'boolean' ? 'bool' : 'string';
}

function unknownName(name: string): Bilingual {
  const near = nearestOf(name, Object.keys(signals));
  return {
    zh: `没有名为 ${name} 的信号${near ? `（是不是 ${near}？）` : '，名称见 src/model/signals.ts'}`,
    en: `no signal is called ${name}${near ? ` (did you mean ${near}?)` : '; the names are in src/model/signals.ts'}`,
  };
}

const noValue = (signal: Signal): Bilingual => ({
  zh: `${signal} 没有可比较的值，请改用 event、count 或 geofence 条件`,
  en: `${signal} has no value to compare: use the conditions event, count or geofence`,
});

const notBoolean = (type: string | undefined): ExpressionFault => ({
  message: {
    zh: `结果是 ${type}，必须是真或假：写成比较，例如 heart_rate > 120.0`,
    en: `it gives ${type}, it must be true or false: write a comparison, for example heart_rate > 120.0`,
  },
  offset: 0,
});

function notAllowed(node: ASTNode): Bilingual {
  const name = node.op === 'call' ? node.args[0] : node.op === 'rcall' ? node.args[0] : node.op;
  return {
    zh: `不能使用 ${name}；可用：比较、加减乘除、&& || ! ? :、in [...]、abs、min、max`,
    en: `${name} is not there; what is: comparisons, + - * /, && || ! ? :, in [...], abs, min, max`,
  };
}

interface CelFault {
  summary?: string;
  code?: string;
  range?: { start: number };
}

function syntaxFault(error: unknown, text: string): ExpressionFault {
  const { summary = String(error), code, range } = error as CelFault;
  const [word] = /\b(and|or|not)\b/.exec(text) ?? [];
  const offset = word ? text.search(/\b(and|or|not)\b/) : (range?.start ?? 0);
  const { zh, en } = word
    ? { zh: `${word} 要写成 ${asSymbol(word)}`, en: `${word} is written ${asSymbol(word)}` }
    : code === 'limit_exceeded'
      ? { zh: '太长，请写短一些或分成几条规则', en: 'it is too long: shorten it or make several rules of it' }
      : summary.includes('EOF')
        ? { zh: '没有写完，请补全', en: 'it ends too early: write the rest' }
        : {
            zh: `${summary}，写法如 heart_rate > 120.0 && spo2 < 92.0`,
            en: `${summary}; it is written like heart_rate > 120.0 && spo2 < 92.0`,
          };
  return { message: { zh: `CEL 语法错误：${zh}`, en: `CEL syntax: ${en}` }, offset };
}

const asSymbol = (word: string): string => (word === 'and' ? '&&' : word === 'or' ? '||' : '!');

function typeFault(error: unknown): ExpressionFault {
  const { summary = String(error), range } = error as CelFault;
  const mixed = /\b(double|int)\b.*\b(double|int)\b/.test(summary) && /\bint\b/.test(summary);
  const hint = mixed
    ? { zh: '；数要带小数点，例如 120.0', en: '; numbers need a decimal point: 120.0' }
    : {
        zh: '；数与数、真假与真假、文字与文字才能相比',
        en: '; compare numbers with numbers, true with false, words with words',
      };
  return {
    message: { zh: `类型不符：${summary}${hint.zh}`, en: `types do not fit: ${summary}${hint.en}` },
    offset: range?.start ?? 0,
  };
}
