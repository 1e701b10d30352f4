import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from './source.ts';

interface Project {
  root: string;
  scripts: Record<string, string>;
}

const NPM_OWN = new Set(['ci', 'install', 'ping', 'run']);

/** Every path and every npm command that the text at `path` (relative to the project) names exists. */
export function readmeFaults(path: string, text: string, project: Project): Finding[] {
  const commands = [...text.matchAll(/\bnpm (?:run (?:--?\w+ )*)?([a-z][\w:-]*)/g)].map(
    ([, name]) => name ?? '',
  );
  const unknown = commands.filter((name) => !(name in project.scripts) && !NPM_OWN.has(name));
  const absent = pathsIn(text, project.root).filter((named) => !exists(named, path, project.root));
  return [
    ...unknown.map((name) => `${path}: there is no command npm run ${name}`),
    ...absent.map((named) => `${path}: there is no ${named}`),
  ];
}

/** Targets of links, and in code what begins with the name of something in the project's folder. */
function pathsIn(text: string, root: string): string[] {
  const links = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target]) => target ?? '');
  const words = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) => (code ?? '').split(/\s+/));
  const top = new Set(readdirSync(root));
  const named = words.filter(
    (word) => /^[\w.@-]+(\/[\w.@*<>-]*)+$/.test(word) && top.has(word.split('/')[0] ?? ''),
  );
  const files = words.filter((word) => /^[\w-]+(\.[\w-]+)*\.(md|ts|mjs|ya?ml|json|html)$/.test(word));
  return [...links.filter((link) => !/^\w+:/.test(link)), ...named, ...files];
}

/** A pattern (`*`, `<name>`) exists if the folder before it does. A path counts from the text's folder or the project's. */
function exists(named: string, from: string, root: string): boolean {
  const fixed = named.replace(/[^/]*[*<].*$/, '');
  return existsSync(join(root, dirname(from), fixed)) || existsSync(join(root, fixed));
}
