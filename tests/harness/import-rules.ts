import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { type Finding, isNode, type Source, type SyntaxNode } from './source.ts';
import { at } from './source-rules.ts';

const FACTS = ['devices', 'people', 'telemetry'];
const FLOW = ['transport', 'ingest', 'rules', 'incidents', 'tickets', 'notify'];
const BELOW_FLOW = ['model', 'platform', 'protocols', ...FACTS];
const EVERYTHING = ['config', 'api', 'demo', ...FLOW, ...BELOW_FLOW];

/** What each part may import of the others: the arrow of the design. A part may always import itself. */
const allowed: Record<string, readonly string[]> = {
  model: [],
  protocols: ['model'],
  platform: ['model'],
  ...Object.fromEntries(FACTS.map((part) => [part, ['model', 'platform', ...FACTS]])),
  ...Object.fromEntries(FLOW.map((part) => [part, BELOW_FLOW])),
  config: ['model', 'platform'],
  demo: ['model', 'platform', ...FACTS],
  api: [...FLOW, ...BELOW_FLOW],
  web: ['api', 'model'],
  app: EVERYTHING,
  main: [...EVERYTHING, 'app'],
  tools: [...EVERYTHING, 'app', 'main'],
  'device-sim': [],
};

export interface Import {
  node: SyntaxNode;
  specifier: string;
  isType: boolean;
}

export function importsOf(source: Source): Import[] {
  return source.nodes.flatMap(({ node }) => {
    const from = isNode(node.source) ? node.source.value : undefined;
    if (typeof from !== 'string') return [];
    return [{ node, specifier: from, isType: isTypeOnly(node) }];
  });
}

function isTypeOnly(node: SyntaxNode): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const names = Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : [];
  return names.length > 0 && names.every((name) => name.importKind === 'type' || name.exportKind === 'type');
}

/** Imports follow the arrow, and pages take types only from the server's side. */
export function importOrder(source: Source): Finding[] {
  const part = partOf(source.path);
  if (!part || !(part in allowed)) return [];
  return importsOf(source).flatMap(({ node, specifier, isType }) => {
    if (!specifier.startsWith('.')) return [];
    const target = partOf(posix.join(posix.dirname(source.path), specifier));
    if (target === part) return [];
    if (!target || !allowed[part]?.includes(target)) {
      return [at(source, node, `${part} must not import ${target ?? specifier}`)];
    }
    return part === 'web' && !isType ? [at(source, node, `web must import only types from ${target}`)] : [];
  });
}

/** `rules` of `src/rules/evaluate.ts`, `app` of `src/app.ts`, `protocols` of `protocols/index.ts`. */
function partOf(path: string): string | undefined {
  const inSource = /^src\/([\w-]+)(?:\/|\.ts$)/.exec(path);
  return inSource?.[1] ?? /^(protocols|device-sim)\//.exec(path)?.[1];
}

/**
 * Only packages that package.json names are imported, and what runs in production only those that are there in
 * production: not a development dependency of `manifest`.
 */
export function declaredPackages(
  source: Source,
  manifest: { dependencies: Record<string, string>; devDependencies: Record<string, string> },
): Finding[] {
  const isProduction =
    /^(src|protocols|device-sim)\//.test(source.path) && !/^src\/(web|tools)\//.test(source.path);
  return importsOf(source).flatMap(({ node, specifier, isType }) => {
    if (/^[./]|^node:|^virtual:/.test(specifier) || builtinModules.includes(specifier)) return [];
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    if (name in manifest.dependencies) return [];
    if (!(name in manifest.devDependencies)) return [at(source, node, `${name} is not in package.json`)];
    return isProduction && !isType ? [at(source, node, `${name} is not there in production`)] : [];
  });
}
