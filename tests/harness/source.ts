import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseSync } from 'vite';

export const projectRoot = resolve(import.meta.dirname, '../..');
const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'coverage']);

/** A node of the syntax tree that Vite's parser gives (ESTree with TypeScript's nodes), seen without its types. */
export interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

export interface Visited {
  node: SyntaxNode;
  parent: SyntaxNode | undefined;
}

export interface Source {
  /** Relative to the project, with `/`. */
  path: string;
  text: string;
  nodes: readonly Visited[];
  comments: readonly { value: string; start: number }[];
  lineOf(offset: number): number;
}

/** Something that breaks a rule of the house, as `path:line: what`. */
export type Finding = string;

export function parseSource(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const nodes: Visited[] = [];
  collect(program as unknown as SyntaxNode, undefined, nodes);
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  return { path, text, nodes, comments, lineOf };
}

function collect(node: SyntaxNode, parent: SyntaxNode | undefined, into: Visited[]): void {
  into.push({ node, parent });
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) collect(child, node, into);
    }
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Every file of the project whose name ends in one of `endings`, relative to it. */
export function projectFiles(endings: readonly string[], folder = projectRoot): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name) || (entry.name.startsWith('.') && entry.name !== '.ci')) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return projectFiles(endings, path);
    return endings.some((ending) => entry.name.endsWith(ending)) ? [relative(projectRoot, path)] : [];
  });
}

export function readProjectFile(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** Is `node` the plain name `name`? */
export function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.type === 'Identifier' && node.name === name;
}

/** The name that a member expression ends in: `only` of `it.only`. */
export function memberName(node: SyntaxNode): string | undefined {
  const property = node.type === 'MemberExpression' && !node.computed ? node.property : undefined;
  return isNode(property) && typeof property.name === 'string' ? property.name : undefined;
}
