/** Cuts a template of the Jinja subset into pieces, and an expression into tokens. */

export interface Piece {
  kind: 'text' | 'output' | 'statement';
  text: string;
}

export interface Token {
  kind: 'name' | 'number' | 'string' | 'sign';
  text: string;
}

/** Why a template is none that is understood here. */
export class Unsupported extends Error {}

const MOST_TOKENS = 400;
const PIECE = /\{\{(-?)([\s\S]*?)(-?)\}\}|\{%([-+]?)([\s\S]*?)([-+]?)%\}|\{#(-?)[\s\S]*?(-?)#\}/g;
const TOKEN =
  /\s*(?:([A-Za-z_]\w*)|(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\/\/|\*\*|==|!=|<=|>=|[-+*/%~|.,:()[\]{}<>=]))/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Text, outputs and statements in order; a dash inside the marks takes the spaces outside. */
export function piecesOf(template: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trim = false;
  const push = (text: string, end: boolean) => {
    const begun = trim ? text.trimStart() : text;
    const ended = end ? begun.trimEnd() : begun;
    if (ended !== '') pieces.push({ kind: 'text', text: ended });
  };
  for (const found of template.matchAll(PIECE)) {
    const [whole, before, output, after, leading, statement, trailing, opened, closed] = found;
    push(template.slice(at, found.index), [before, leading, opened].includes('-'));
    if (output !== undefined) pieces.push({ kind: 'output', text: output });
    if (statement !== undefined) pieces.push({ kind: 'statement', text: statement });
    trim = [after, trailing, closed].includes('-');
    at = found.index + whole.length;
  }
  push(template.slice(at), false);
  if (pieces.some(({ kind, text }) => kind === 'text' && /\{[{%#]/.test(text)))
    throw new Unsupported('a mark without its end');
  return pieces;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter);
}

/** The tokens of one expression or statement. Throws `Unsupported` on a character that none begins with. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const found = TOKEN.exec(text);
    if (!found || tokens.length >= MOST_TOKENS) throw new Unsupported('a character that no expression has');
    const [, name, number, single, double, sign] = found;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else tokens.push({ kind: 'string', text: unescaped(single ?? double ?? '') });
  }
  return tokens;
}
