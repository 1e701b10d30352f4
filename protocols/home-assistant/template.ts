/**
 * The part of Jinja that discovery messages use in their `value_template`: outputs, `if`, `set`, operators, and the filters, tests, methods
 * and functions of `template-library.ts`. There are no loops, so that the work is bounded by the length of the template. Whatever else
 * stands in one makes it unsupported.
 */

import { bounded, evaluate, type Names } from './template-evaluate.ts';
import { type Expression, Reader } from './template-expression.ts';
import { piecesOf, Unsupported } from './template-lexer.ts';
import { Failed, textOf, truthOfValue, type Value } from './template-library.ts';

/** A longer one is not kept. */
export const MAX_TEMPLATE = 1000;
const MOST_NODES = 100;
const DEEPEST = 8;

type Node =
  | { text: string }
  | { output: Expression }
  | { set: string; to: Expression }
  | { branches: { condition?: Expression; nodes: Node[] }[] };

/** A template that was understood. */
export type Template = readonly Node[];

class Parser {
  readonly #pieces;
  readonly #names = new Set(['value', 'value_json']);
  #at = 0;

  constructor(template: string) {
    this.#pieces = piecesOf(template);
    if (this.#pieces.length > MOST_NODES) throw new Unsupported('too long');
  }

  whole(): Node[] {
    const nodes = this.#until([], 0);
    if (this.#at < this.#pieces.length) throw new Unsupported('an end without a beginning');
    return nodes;
  }

  /** Up to a statement that begins with one of these words, which is not taken. */
  #until(ends: readonly string[], depth: number): Node[] {
    const nodes: Node[] = [];
    if (depth > DEEPEST) throw new Unsupported('too deep');
    for (let piece = this.#pieces[this.#at]; piece; piece = this.#pieces[this.#at]) {
      const word = piece.kind === 'statement' ? (/^\s*(\w*)/.exec(piece.text)?.[1] ?? '') : '';
      if (piece.kind === 'statement' && ends.includes(word)) return nodes;
      this.#at += 1;
      if (piece.kind === 'text') nodes.push({ text: piece.text });
      else if (piece.kind === 'output') nodes.push({ output: new Reader(piece.text, this.#names).whole() });
      else nodes.push(this.#statement(word, piece.text, depth));
    }
    if (ends.length > 0) throw new Unsupported('no endif');
    return nodes;
  }

  #statement(word: string, text: string, depth: number): Node {
    const reader = new Reader(text, this.#names);
    if (word === 'set') return this.#set(reader);
    if (word !== 'if') throw new Unsupported(`the statement ${word}`);
    reader.take('if');
    const branches: { condition?: Expression; nodes: Node[] }[] = [];
    let condition: Expression | undefined = reader.whole();
    for (;;) {
      const nodes = this.#until(['elif', 'else', 'endif'], depth + 1);
      branches.push({ ...(condition ? { condition } : {}), nodes });
      const next = new Reader(this.#pieces[this.#at]?.text ?? '', this.#names);
      this.#at += 1;
      if (next.take('endif')) return { branches };
      condition = next.take('elif') ? next.whole() : undefined;
    }
  }

  #set(reader: Reader): Node {
    reader.take('set');
    const name = reader.name();
    if (name.startsWith('__')) throw new Unsupported(`the name ${name}`);
    if (!reader.take('=')) throw new Unsupported('set without a value');
    const to = reader.whole();
    this.#names.add(name);
    return { set: name, to };
  }
}

/** The template, or why it is none that is understood here. */
export function parseTemplate(text: string): Template | string {
  if (text.length > MAX_TEMPLATE) return `longer than ${MAX_TEMPLATE} characters`;
  try {
    return new Parser(text).whole();
  } catch (error) {
    if (error instanceof Unsupported) return error.message;
    throw error;
  }
}

function renderAll(nodes: Template, names: Names): string {
  let text = '';
  for (const node of nodes) {
    if ('text' in node) text += node.text;
    else if ('output' in node) text += textOf(evaluate(node.output, names));
    else if ('set' in node) names[node.set] = evaluate(node.to, names);
    else {
      const taken = node.branches.find(
        ({ condition }) => !condition || truthOfValue(evaluate(condition, names)),
      );
      text += taken ? renderAll(taken.nodes, names) : '';
    }
    bounded(text);
  }
  return text;
}

/** What a template makes of a message; undefined where it makes nothing of this one. `json` is the message parsed, absent where it is none. */
export function render(template: Template, message: { text: string; json?: unknown }): string | undefined {
  const names: Names = { value: message.text };
  if (message.json !== undefined) names.value_json = message.json as Value;
  try {
    return renderAll(template, names).trim();
  } catch (error) {
    if (error instanceof Failed) return undefined;
    throw error;
  }
}
