import { type Finding, isNamed, isNode, memberName, type Source, type SyntaxNode } from './source.ts';

const FILE_LINES = 400;
const FUNCTION_LINES = 60;
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const QUERY_BUILDERS = new Set([
  'selectFrom',
  'insertInto',
  'replaceInto',
  'updateTable',
  'deleteFrom',
  'mergeInto',
]);
const STATEMENT =
  /^\s*(select|insert|update|delete|create|alter|drop|truncate|with|lock|listen|begin|commit|copy|vacuum)\s/i;
const TIMERS = new Set(['setTimeout', 'setInterval']);
const SUITES = new Set(['describe', 'it', 'test', 'suite']);

type Rule = (source: Source) => Finding[];

/** Files of at most 400 lines, functions of at most 60; the body of a `describe` is a list of tests, no function. */
export const sizes: Rule = (source) => {
  const lines = source.text.trimEnd().split('\n').length;
  const long = source.nodes.filter(({ node, parent }) => {
    if (!FUNCTIONS.has(node.type) || isSuiteBody(node, parent)) return false;
    return source.lineOf(node.end) - source.lineOf(node.start) + 1 > FUNCTION_LINES;
  });
  const file = lines > FILE_LINES ? [`${source.path}: ${lines} lines, ${FILE_LINES} are the most`] : [];
  return [
    ...file,
    ...long.map(({ node }) => at(source, node, `a function of more than ${FUNCTION_LINES} lines`)),
  ];
};

function isSuiteBody(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  return (
    parent?.type === 'CallExpression' && parent.callee !== node && rootName(parent.callee) === 'describe'
  );
}

function rootName(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return String(node.name);
  return rootName(node.type === 'CallExpression' ? node.callee : node.object);
}

/** SQL stands in `*-store.ts` and migrations; `database.ts` has what every connection needs. */
export const sqlInStores: Rule = (source) => {
  const isStore = /-store\.ts$|\/migrations\/|^src\/platform\/database\.ts$/.test(source.path);
  if (!source.path.startsWith('src/') || isStore) return [];
  return where(source, isSql, 'SQL outside a *-store.ts file');
};

function isSql({ node }: { node: SyntaxNode }): boolean {
  if (node.type === 'TaggedTemplateExpression') return rootName(node.tag) === 'sql';
  if (node.type !== 'CallExpression' || !isNode(node.callee)) return false;
  const name = memberName(node.callee);
  if (name && QUERY_BUILDERS.has(name)) return true;
  return name === 'query' && STATEMENT.test(literalText((node.arguments as unknown[])[0]));
}

function literalText(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type === 'Literal') return String(node.value);
  const [first] = node.type === 'TemplateLiteral' ? (node.quasis as { value: { raw: string } }[]) : [];
  return first?.value.raw ?? '';
}

/** The environment is read in `config.ts`, and by tools, which run before it or hand it on to what they start. */
export const environmentInConfig: Rule = (source) => {
  const isScope = /^(src|protocols|device-sim)\//.test(source.path) && !source.path.startsWith('src/tools/');
  if (!isScope || source.path === 'src/config.ts') return [];
  return where(source, ({ node }) => readsEnvironment(node), 'the environment outside src/config.ts');
};

function readsEnvironment(node: SyntaxNode): boolean {
  if (node.type === 'MemberExpression') return isNamed(node.object, 'process') && memberName(node) === 'env';
  if (node.type === 'ImportSpecifier') return isNamed(node.imported, 'env');
  const init = node.type === 'VariableDeclarator' && isNamed(node.init, 'process') ? node.id : undefined;
  return isNode(init) && init.type === 'ObjectPattern';
}

/** The clock and timers are those of `platform/clock.ts`; pages and tools have their own, the simulator too. */
export const clockInOnePlace: Rule = (source) => {
  const isScope = /^(src|protocols)\//.test(source.path) && !/^src\/(web|tools)\//.test(source.path);
  if (!isScope || source.path === 'src/platform/clock.ts') return [];
  return where(source, readsClock, 'the clock or a timer outside src/platform/clock.ts');
};

function readsClock({ node }: { node: SyntaxNode }): boolean {
  if (node.type === 'NewExpression') return isNamed(node.callee, 'Date') && isEmpty(node.arguments);
  if (node.type === 'ImportDeclaration') return /^(node:)?timers/.test(literalText(node.source));
  if (node.type === 'CallExpression') {
    const { callee } = node;
    return (
      isNode(callee) &&
      callee.type === 'Identifier' &&
      (TIMERS.has(String(callee.name)) || callee.name === 'Date')
    );
  }
  if (node.type !== 'MemberExpression') return false;
  const name = memberName(node) ?? '';
  if (name === 'now') return isNamed(node.object, 'Date') || isNamed(node.object, 'performance');
  if (name === 'hrtime') return isNamed(node.object, 'process');
  return TIMERS.has(name) && isNamed(node.object, 'globalThis');
}

const isEmpty = (list: unknown) => Array.isArray(list) && list.length === 0;

/** No default exports (a tool's configuration has to have one). */
export const namedExports: Rule = (source) => {
  if (/\.config\.ts$/.test(source.path)) return [];
  const isDefault = ({ node }: { node: SyntaxNode }) =>
    node.type === 'ExportDefaultDeclaration' ||
    (node.type === 'ExportSpecifier' && isNamed(node.exported, 'default'));
  return where(source, isDefault, 'a default export');
};

/** No `any`, and nothing that tells the compiler to look away. */
export const typed: Rule = (source) => {
  const any = where(source, ({ node }) => node.type === 'TSAnyKeyword', '`any`');
  const hushed = source.comments.filter(({ value }) => /@ts-(ignore|nocheck|expect-error)/.test(value));
  return [
    ...any,
    ...hushed.map(({ start }) => `${source.path}:${source.lineOf(start)}: the compiler is told to look away`),
  ];
};

/** Nothing left for later in a comment. */
export const finished: Rule = (source) => {
  const left = source.comments.filter(({ value }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(value));
  return left.map(({ start }) => `${source.path}:${source.lineOf(start)}: something is left for later`);
};

/** No test runs alone or is switched off; `skipIf` and `runIf` say why. */
export const everyTestRuns: Rule = (source) => {
  const isSwitched = ({ node }: { node: SyntaxNode }) => {
    const name = memberName(node) ?? '';
    return /^(only|skip|todo|fails)$/.test(name) && SUITES.has(rootName(node.object) ?? '');
  };
  return where(source, isSwitched, 'a test that runs alone or not at all');
};

function where(
  source: Source,
  matches: (visited: Source['nodes'][number]) => boolean,
  what: string,
): Finding[] {
  return source.nodes.filter(matches).map(({ node }) => at(source, node, what));
}

export function at(source: Source, node: SyntaxNode, what: string): Finding {
  return `${source.path}:${source.lineOf(node.start)}: ${what}`;
}
