import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { declaredPackages, importOrder } from './harness/import-rules.ts';
import { readmeFaults } from './harness/readme-rules.ts';
import {
  type Finding,
  parseSource,
  projectFiles,
  projectRoot,
  readProjectFile,
  type Source,
} from './harness/source.ts';
import {
  clockInOnePlace,
  environmentInConfig,
  everyTestRuns,
  finished,
  namedExports,
  sizes,
  sqlInStores,
  typed,
} from './harness/source-rules.ts';

const manifest = JSON.parse(readProjectFile('package.json'));
const sources = projectFiles(['.ts', '.tsx', '.mjs']).map((path) => parseSource(path, readProjectFile(path)));
const packages = (source: Source) => declaredPackages(source, manifest);

const rules: Record<string, (source: Source) => Finding[]> = {
  'imports go one way': importOrder,
  'every imported package is declared': packages,
  'files and functions are small': sizes,
  'SQL stands in stores': sqlInStores,
  'the environment is read in one place': environmentInConfig,
  'the clock is read in one place': clockInOnePlace,
  'exports have names': namedExports,
  'everything is typed': typed,
  'nothing is left for later': finished,
  'every test runs': everyTestRuns,
};

describe('the house rules', () => {
  it('are checked on every source file', () => expect(sources.length).toBeGreaterThan(50));

  it.each(Object.entries(rules))('%s', (_name, rule) => {
    expect(sources.flatMap(rule)).toEqual([]);
  });

  it('versions are exact', () => {
    const wanted = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    };
    expect(inexact(wanted)).toEqual([]);
    expect(inexact({ a: '^1.2.3', b: '1.2', c: 'latest', d: '1.2.3-beta.4' })).toEqual(['a', 'b', 'c']);
  });

  it('the lock file is whole: npm ci refuses one that lacks a package of another platform', () => {
    const { packages } = JSON.parse(readProjectFile('package-lock.json')) as {
      packages: Record<string, LockEntry>;
    };
    expect(absentOptional(packages)).toEqual([]);
    expect(absentOptional({ 'node_modules/a': { optionalDependencies: { b: '1.0.0' } } })).toEqual(['b']);
  });

  it('paths and commands in the documents exist', () => {
    const documents = projectFiles(['.md']);
    const project = { root: projectRoot, scripts: manifest.scripts };
    expect(documents.flatMap((path) => readmeFaults(path, readProjectFile(path), project))).toEqual([]);
  });
});

function inexact(versions: Record<string, string>): string[] {
  return Object.keys(versions).filter((name) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(versions[name] ?? ''));
}

interface LockEntry {
  optionalDependencies?: Record<string, string>;
}

function absentOptional(packages: Record<string, LockEntry>): string[] {
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  );
  const present = Object.keys(packages);
  return wanted.filter((name) => !present.some((path) => path.endsWith(`node_modules/${name}`)));
}

const lines = (count: number) => 'f();\n'.repeat(count);

/** A rule, a file with a fault in it, and the nearest that has none. */
const planted: [rule: (source: Source) => Finding[], path: string, faulty: string, good: string][] = [
  [
    importOrder,
    'src/rules/x.ts',
    "import { a } from '../incidents/a.ts';",
    "import { a } from '../devices/a.ts';",
  ],
  [importOrder, 'src/platform/x.ts', "export * from '../people/a.ts';", "export * from './a.ts';"],
  [
    importOrder,
    'src/platform/x.ts',
    "const a = await import('../app.ts');",
    "const a = await import('./a.ts');",
  ],
  [
    importOrder,
    'src/model/x.ts',
    "import type { A } from '../platform/a.ts';",
    "import type { A } from './a.ts';",
  ],
  [
    importOrder,
    'src/notify/x.ts',
    "import { a } from '../app.ts';",
    "import { a } from '../../protocols/a.ts';",
  ],
  [importOrder, 'src/api/x.ts', "import { a } from '../main.ts';", "import { a } from '../incidents/a.ts';"],
  [
    importOrder,
    'protocols/x.ts',
    "import { a } from '../src/platform/a.ts';",
    "import { a } from '../src/model/a.ts';",
  ],
  [
    importOrder,
    'device-sim/x.ts',
    "import type { A } from '../src/model/a.ts';",
    "import { a } from './a.ts';",
  ],
  [
    importOrder,
    'src/web/core/x.ts',
    "import { a } from '../../api/a.ts';",
    "import type { A } from '../../api/a.ts';",
  ],
  [
    importOrder,
    'src/web/x.ts',
    "import { type A, b } from '../api/a.ts';",
    "import { type A } from '../api/a.ts';",
  ],
  [
    importOrder,
    'src/web/x.ts',
    "import type { A } from '../rules/a.ts';",
    "import type { A } from '../model/a.ts';",
  ],
  [packages, 'src/api/x.ts', "import x from 'rolldown';", "import x from 'fastify';"],
  [packages, 'src/api/x.ts', "import x from 'vite';", "import x from 'node:fs';"],
  [packages, 'src/web/x.ts', "import x from '@nobody/x/y';", "import x from 'react/jsx-runtime';"],
  [sizes, 'src/rules/x.ts', lines(401), lines(400)],
  [sizes, 'src/rules/x.ts', `function f() {\n${lines(59)}}`, `function f() {\n${lines(58)}}`],
  [
    sizes,
    'src/web/x.tsx',
    `const X = () => (\n<p>\n${lines(60)}</p>);`,
    `const X = () => (\n<p>\n${lines(50)}</p>);`,
  ],
  [sizes, 'src/rules/x.ts', `class A { m() {\n${lines(60)}} }`, `class A {\n${'m() {}\n'.repeat(70)}}`],
  [sizes, 'tests/x.test.ts', `it('x', () => {\n${lines(60)}});`, `describe('x', () => {\n${lines(60)}});`],
  [sqlInStores, 'src/rules/x.ts', 'await sql`select 1`.execute(db);', 'html`<p>select 1</p>`;'],
  [sqlInStores, 'src/rules/x.ts', "db.selectFrom('alerts').execute();", "page.select('alerts');"],
  [sqlInStores, 'src/rules/x.ts', "trx.updateTable('alerts');", "url.searchParams.get('query');"],
  [sqlInStores, 'src/rules/x.ts', "pool.query('select 1');", "influx.query('cpu');"],
  [environmentInConfig, 'src/rules/x.ts', 'const p = process.env.PORT;', 'const p = config.env.PORT;'],
  [
    environmentInConfig,
    'src/rules/x.ts',
    "import { env } from 'node:process';",
    "import { pid } from 'node:process';",
  ],
  [environmentInConfig, 'src/rules/x.ts', 'const { env } = process;', 'const { pid } = process.versions;'],
  [clockInOnePlace, 'src/rules/x.ts', 'const t = Date.now();', 'const t = clock.now();'],
  [clockInOnePlace, 'protocols/x.ts', 'const t = new Date();', 'const t = new Date(ms);'],
  [clockInOnePlace, 'src/rules/x.ts', 'setTimeout(f, 1);', 'socket.setTimeout(1);'],
  [clockInOnePlace, 'src/rules/x.ts', 'globalThis.setInterval(f, 1);', 'clock.every(1, f);'],
  [clockInOnePlace, 'src/rules/x.ts', 'performance.now();', 'performance.mark();'],
  [
    clockInOnePlace,
    'src/rules/x.ts',
    "import { setTimeout as s } from 'node:timers/promises';",
    "import 'node:net';",
  ],
  [namedExports, 'src/rules/x.ts', 'export default 1;', 'export const x = 1;'],
  [
    namedExports,
    'src/rules/x.ts',
    'const x = 1; export { x as default };',
    'const x = 1; export { x as y };',
  ],
  [typed, 'src/rules/x.ts', 'let x: any;', 'let any: unknown; // any of them'],
  [typed, 'src/rules/x.ts', 'f(x as Record<string, any[]>);', 'f(x as Record<string, unknown[]>);'],
  [typed, 'src/rules/x.ts', '// @ts-ignore\nf();', '// what @ts means\nf();'],
  [finished, 'src/rules/x.ts', '/* TODO: all of it */', '/* to do it */'],
  [everyTestRuns, 'tests/x.test.ts', "it.only('x', f);", "it('x only', f);"],
  [everyTestRuns, 'tests/x.test.ts', "describe.skip('x', f);", "describe.skipIf(a)('x', f);"],
  [everyTestRuns, 'tests/x.test.ts', "it.skip.each([1])('x', f);", "it.each([1])('x', f);"],
  [everyTestRuns, 'tests/x.test.ts', "test.todo('x');", "list.skip('x');"],
];

describe('a planted fault', () => {
  const titled = planted.map(([rule, path, faulty, good]) => ({
    rule,
    path,
    faulty,
    good,
    start: faulty.split('\n')[0],
  }));
  it.each(titled)('is found: $rule.name, $path, $start', ({ rule, path, faulty, good }) => {
    expect(rule(parseSource(path, faulty))).toHaveLength(1);
    expect(rule(parseSource(path, good))).toEqual([]);
  });

  it('has a case for every rule', () => {
    const tried = new Set(planted.map(([rule]) => rule));
    expect(Object.entries(rules).filter(([, rule]) => !tried.has(rule))).toEqual([]);
  });
});

describe('a document', () => {
  const root = mkdtempSync(join(tmpdir(), 'gridguard-readme-'));
  mkdirSync(join(root, 'src/rules'), { recursive: true });
  writeFileSync(join(root, 'LICENSE'), '');
  const faults = (text: string) =>
    readmeFaults('src/README.md', text, { root, scripts: { start: '', sim: '' } });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('may name what there is', () => {
    const text =
      'Run `npm start`, `npm run --silent sim`, see [x](../LICENSE) and `src/rules`, `rules/`, `src/*.ts`, `a/b/up`.';
    expect(faults(text)).toEqual([]);
  });

  it.each(['`npm run fly`', 'npm fly', '[x](../LICENCE)', '`src/rule/x.ts`', '`nowhere.md`'])(
    'may not name %s',
    (text) => {
      expect(faults(`See ${text}.`)).toHaveLength(1);
    },
  );
});
