/** Evaluates the expressions of the Jinja subset. No step loops over more than its own argument. */
import type { Expression } from './template-expression.ts';
import {
  Failed,
  FILTERS,
  FUNCTIONS,
  MAX_TEXT,
  METHODS,
  MISSING,
  numberOf,
  TESTS,
  textOf,
  truthOfValue,
  type Value,
} from './template-library.ts';

export type Names = Record<string, Value>;

function own(of: Value, key: Value): Value {
  if (of === MISSING || of === undefined) throw new Failed('not there');
  if (typeof key === 'number' && (typeof of === 'string' || Array.isArray(of))) {
    const item: unknown = of.at(Math.trunc(key));
    return item === undefined ? MISSING : (item as Value);
  }
  if (typeof of !== 'object' || of === null) return MISSING;
  const name = typeof key === 'number' ? String(key) : key;
  return typeof name === 'string' && Object.hasOwn(of, name)
    ? ((of as Record<string, Value>)[name] as Value)
    : MISSING;
}

function arithmetic(sign: string, left: Value, right: Value): Value {
  if (sign === '+' && typeof left === 'string' && typeof right === 'string') return bounded(left + right);
  const [a, b] = [left, right].map((side) => (typeof side === 'string' ? undefined : numberOf(side)));
  if (a === undefined || b === undefined) throw new Failed('no number');
  if (b === 0 && /[/%]/.test(sign)) throw new Failed('divided by zero');
  switch (sign) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    default:
      return a - b * Math.floor(a / b);
  }
}

export function bounded(text: string): string {
  if (text.length > MAX_TEXT) throw new Failed('too long');
  return text;
}

function equal(left: Value, right: Value): boolean {
  if (typeof left === 'object' || typeof right === 'object')
    return (
      left === right || (left !== null && right !== null && JSON.stringify(left) === JSON.stringify(right))
    );
  const [a, b] = [left, right].map((side): Value => (typeof side === 'boolean' ? Number(side) : side));
  return a === b;
}

function contains(of: Value, part: Value): boolean {
  if (typeof of === 'string') return of.includes(textOf(part));
  if (Array.isArray(of)) return of.some((one: Value) => equal(one, part));
  if (typeof of === 'object' && of !== null) return typeof part === 'string' && Object.hasOwn(of, part);
  throw new Failed('nothing to look in');
}

function ordered(sign: string, left: Value, right: Value): boolean {
  const texts = typeof left === 'string' && typeof right === 'string';
  const numbers = [left, right].every((side) => typeof side === 'number' || typeof side === 'boolean');
  if (!texts && !numbers) throw new Failed('cannot be compared');
  const [a, b] = texts ? [left, right] : [Number(left), Number(right)];
  if (sign === '<') return a < b;
  if (sign === '<=') return a <= b;
  return sign === '>' ? a > b : a >= b;
}

function binary({ sign, left: l, right: r }: Extract<Expression, { op: 'binary' }>, names: Names): Value {
  const left = evaluate(l, names);
  if (sign === 'or') return truthOfValue(left) ? left : evaluate(r, names);
  if (sign === 'and') return truthOfValue(left) ? evaluate(r, names) : left;
  const right = evaluate(r, names);
  if (sign === '==') return equal(left, right);
  if (sign === '!=') return !equal(left, right);
  if (sign === 'in') return contains(right, left);
  if (sign === 'not in') return !contains(right, left);
  if (sign === '~') return bounded(textOf(left) + textOf(right));
  return /^[<>]/.test(sign) ? ordered(sign, left, right) : arithmetic(sign, left, right);
}

const LIBRARY = { function: FUNCTIONS, method: METHODS, filter: FILTERS, test: TESTS };

function slice({ of, from, to }: Extract<Expression, { op: 'slice' }>, names: Names): Value {
  const whole = evaluate(of, names);
  const [first, last] = [from, to].map((side) => (side ? numberOf(evaluate(side, names)) : undefined));
  if (typeof whole !== 'string' && !Array.isArray(whole)) throw new Failed('nothing to cut');
  return whole.slice(first, last) as Value;
}

/** The value of an expression; throws `Failed` where the message does not have what it asks for. */
export function evaluate(expression: Expression, names: Names): Value {
  switch (expression.op) {
    case 'literal':
      return expression.value;
    case 'name':
      return Object.hasOwn(names, expression.name) ? names[expression.name] : MISSING;
    case 'list':
      return expression.items.map((item) => evaluate(item, names));
    case 'dict':
      return Object.fromEntries(
        expression.entries.map(([key, value]) => [textOf(evaluate(key, names)), evaluate(value, names)]),
      );
    case 'get':
      return own(evaluate(expression.of, names), evaluate(expression.key, names));
    case 'slice':
      return slice(expression, names);
    case 'not':
      return !truthOfValue(evaluate(expression.of, names));
    case 'minus':
      return arithmetic('-', 0, evaluate(expression.of, names));
    case 'binary':
      return binary(expression, names);
    case 'if':
      if (truthOfValue(evaluate(expression.condition, names))) return evaluate(expression.yes, names);
      return expression.otherwise ? evaluate(expression.otherwise, names) : MISSING;
    case 'call': {
      const call = LIBRARY[expression.kind].get(expression.name);
      return call?.(expression.args.map((arg) => evaluate(arg, names))) ?? null;
    }
  }
}
