/** Reads the expressions of the Jinja subset. What it does not know is refused here, before any message comes. */

import { type Token, tokensOf, Unsupported } from './template-lexer.ts';
import { FILTERS, FUNCTIONS, METHODS, TESTS } from './template-library.ts';

export type Expression =
  | { op: 'literal'; value: string | number | boolean | null }
  | { op: 'name'; name: string }
  | { op: 'list'; items: Expression[] }
  | { op: 'dict'; entries: [Expression, Expression][] }
  | { op: 'get'; of: Expression; key: Expression }
  | { op: 'slice'; of: Expression; from?: Expression; to?: Expression }
  | { op: 'call'; kind: 'function' | 'method' | 'filter' | 'test'; name: string; args: Expression[] }
  | { op: 'not' | 'minus'; of: Expression }
  | { op: 'binary'; sign: string; left: Expression; right: Expression }
  | { op: 'if'; condition: Expression; yes: Expression; otherwise?: Expression };

const DEEPEST = 24;
const CONSTANTS: Readonly<Record<string, boolean | null>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};
/** From the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['==', '!=', '<', '<=', '>', '>=', 'in', 'not in'],
  ['~'],
  ['+', '-'],
  ['*', '/', '//', '%'],
];
const COMPARISON = 2;

const literal = (value: string | number | boolean | null): Expression => ({ op: 'literal', value });

/** One expression being read, token by token. */
export class Reader {
  readonly #tokens: Token[];
  readonly #names: ReadonlySet<string>;
  #at = 0;
  #depth = 0;

  constructor(text: string, names: ReadonlySet<string>) {
    this.#tokens = tokensOf(text);
    this.#names = names;
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** The next token where it is this sign or word, taken. */
  take(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (!token || token.kind === 'string' || token.kind === 'number' || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  name(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'name') throw new Unsupported('a name was expected');
    this.#at += 1;
    return token.text;
  }

  whole(): Expression {
    const read = this.expression();
    if (!this.ended) throw new Unsupported(`what follows ${this.#tokens[this.#at - 1]?.text ?? ''}`);
    return read;
  }

  expression(): Expression {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new Unsupported('too deep');
    let read = this.#binary(0);
    while (this.take('if')) {
      const condition = this.#binary(0);
      read = {
        op: 'if',
        condition,
        yes: read,
        ...(this.take('else') ? { otherwise: this.expression() } : {}),
      };
    }
    this.#depth -= 1;
    return read;
  }

  #binary(level: number): Expression {
    const signs = LEVELS[level];
    if (!signs) return this.#unary();
    if (level === COMPARISON && this.take('not')) return { op: 'not', of: this.#binary(level) };
    let left = this.#binary(level + 1);
    for (;;) {
      const sign = this.#sign(signs);
      if (sign !== undefined) left = { op: 'binary', sign, left, right: this.#binary(level + 1) };
      else if (level === COMPARISON && this.take('is')) left = this.#test(left);
      else return left;
    }
  }

  #sign(signs: readonly string[]): string | undefined {
    const sign = signs.find((one) => one !== 'not in' && this.take(one));
    if (sign !== undefined || !signs.includes('not in')) return sign;
    const [first, second] = [this.#tokens[this.#at], this.#tokens[this.#at + 1]];
    if (first?.text !== 'not' || second?.text !== 'in' || second.kind !== 'name') return undefined;
    this.#at += 2;
    return 'not in';
  }

  #test(of: Expression): Expression {
    const negated = this.take('not');
    const name = this.name();
    if (!TESTS.has(name)) throw new Unsupported(`the test ${name}`);
    const args = this.take('(') ? this.#arguments(')') : [];
    const test: Expression = { op: 'call', kind: 'test', name, args: [of, ...args] };
    return negated ? { op: 'not', of: test } : test;
  }

  #unary(): Expression {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new Unsupported('too deep');
    const read: Expression = this.take('-')
      ? { op: 'minus', of: this.#unary() }
      : this.take('+')
        ? this.#unary()
        : this.#filtered(this.#postfix(this.#primary()));
    this.#depth -= 1;
    return read;
  }

  #filtered(of: Expression): Expression {
    let read = of;
    while (this.take('|')) {
      const name = this.name();
      if (!FILTERS.has(name)) throw new Unsupported(`the filter ${name}`);
      const args = this.take('(') ? this.#arguments(')') : [];
      read = this.#postfix({ op: 'call', kind: 'filter', name, args: [read, ...args] });
    }
    return read;
  }

  #postfix(of: Expression): Expression {
    let read = of;
    for (;;) {
      if (this.take('.')) read = this.#attribute(read);
      else if (this.take('[')) read = this.#index(read);
      else return read;
    }
  }

  #attribute(of: Expression): Expression {
    const token = this.#tokens[this.#at];
    if (token?.kind === 'number' && /^\d+$/.test(token.text)) {
      this.#at += 1;
      return { op: 'get', of, key: literal(Number(token.text)) };
    }
    const name = this.name();
    if (!this.take('(')) return { op: 'get', of, key: literal(name) };
    if (!METHODS.has(name)) throw new Unsupported(`the method ${name}`);
    return { op: 'call', kind: 'method', name, args: [of, ...this.#arguments(')')] };
  }

  #index(of: Expression): Expression {
    const from = this.take(':') ? undefined : this.expression();
    if (from && this.take(']')) return { op: 'get', of, key: from };
    if (from && !this.take(':')) throw new Unsupported('an index without its end');
    const to = this.take(']') ? undefined : this.expression();
    if (to && !this.take(']')) throw new Unsupported('a slice without its end');
    return { op: 'slice', of, ...(from ? { from } : {}), ...(to ? { to } : {}) };
  }

  /** The name of a named argument is taken for its place. */
  #arguments(end: string): Expression[] {
    const args: Expression[] = [];
    while (!this.take(end)) {
      const [token, next] = [this.#tokens[this.#at], this.#tokens[this.#at + 1]];
      if (token?.kind === 'name' && next?.kind === 'sign' && next.text === '=') this.#at += 2;
      args.push(this.expression());
      if (!this.take(',') && this.#tokens[this.#at]?.text !== end) throw new Unsupported(`no ${end}`);
    }
    return args;
  }

  #dict(): Expression {
    const entries: [Expression, Expression][] = [];
    while (!this.take('}')) {
      const key = this.expression();
      if (!this.take(':')) throw new Unsupported('a key without its value');
      entries.push([key, this.expression()]);
      if (!this.take(',') && this.#tokens[this.#at]?.text !== '}') throw new Unsupported('no }');
    }
    return { op: 'dict', entries };
  }

  #primary(): Expression {
    const token = this.#tokens[this.#at];
    if (!token) throw new Unsupported('it ends too early');
    if (this.take('[')) return { op: 'list', items: this.#arguments(']') };
    if (this.take('{')) return this.#dict();
    if (this.take('(')) {
      const items = this.#arguments(')');
      return items.length === 1 && items[0] ? items[0] : { op: 'list', items };
    }
    this.#at += 1;
    if (token.kind === 'number') return literal(Number(token.text));
    if (token.kind === 'string') return literal(token.text);
    if (token.kind === 'name') return this.#named(token.text);
    throw new Unsupported(`the sign ${token.text}`);
  }

  #named(name: string): Expression {
    const constant = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
    if (constant !== undefined) return literal(constant);
    if (this.take('(')) {
      if (!FUNCTIONS.has(name)) throw new Unsupported(`the function ${name}`);
      return { op: 'call', kind: 'function', name, args: this.#arguments(')') };
    }
    if (!this.#names.has(name)) throw new Unsupported(`the name ${name}`);
    return { op: 'name', name };
  }
}
