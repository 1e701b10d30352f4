// Plain JavaScript without dependencies: what every `npm run` of package.json calls. It sets up what is missing, then
// runs the command on Node 24 and is transparent: stdin, stdout, signals and the exit code are the command's.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';
import { hashOf, SetUpError, say, scratch, setUp, withLock } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const TESTS = 'tests (vitest)';

/** A command is what it takes before it, and a Node program (a file or a tool of node_modules) with its environment. */
const programs = {
  start: { pages: true, file: 'src/main.ts', env: { DEMO: process.env.DEMO || '1' } },
  serve: { pages: true, file: 'src/main.ts', env: { DEMO: '0' } },
  sim: { file: 'device-sim/main.ts' },
  decode: { file: 'src/tools/decode.ts' },
  rules: { file: 'src/tools/rules.ts' },
  bench: { file: 'src/tools/bench.ts' },
};

const composed = {
  build: async (node) => buildPages(node, true),
  check: async (node) =>
    inOrder([() => runTool(node, 'tsc', ['-p', '.']), () => runTool(node, 'biome', ['check'])]),
  test: runTests,
  'test:long': (node, args) => runTests(node, args, { LONG: '1' }),
};

async function main([command, ...args]) {
  const program = programs[command];
  if (!program && !composed[command]) {
    throw new SetUpError(
      `no such command: ${command}. There are: ${[...Object.keys(programs), ...Object.keys(composed)].join(', ')}`,
    );
  }
  const node = await setUp(root);
  if (!program) return composed[command](node, args);
  if (program.pages && (await buildPages(node)) !== 0) return 1;
  return run(node, [join(root, program.file), ...args], { bins, env: program.env });
}

/** Runs every step even if one fails, so that one run tells everything; the answer is the first failure. */
async function inOrder(steps) {
  let worst = 0;
  for (const step of steps) worst = (await step()) || worst;
  return worst;
}

async function runTests(node, args, env = {}) {
  const report = join(scratch(root), 'test-report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  writeFileSync(report, '{}');
  const failed = [];
  const step = (name, work) => async () => {
    const code = await work();
    if (code !== 0) failed.push(name);
    return code;
  };
  const code = await inOrder([
    step('types (tsc)', () => runTool(node, 'tsc', ['-p', '.'])),
    step('style (biome check)', () => runTool(node, 'biome', ['check'])),
    step('pages (vite build)', () => buildPages(node)),
    step(TESTS, () => runTool(node, 'vitest', ['run', ...reporters, ...args], env)),
  ]);
  const summary = summarize(JSON.parse(readFileSync(report, 'utf8')), failed);
  writeFileSync(join(scratch(root), 'test-summary.txt'), `${summary}\n`);
  if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
  console.log(`\n${summary}`);
  return code;
}

/** `N passed, N failed`; a step that failed without a failed test, or a test file that did not load, counts as one. */
function summarize({ numPassedTests = 0, numFailedTests = 0, testResults = [] }, failedSteps) {
  const isBroken = (file) => file.status === 'failed' && file.assertionResults.length === 0;
  const inTests = numFailedTests + testResults.filter(isBroken).length;
  const otherSteps = failedSteps.filter((name) => name !== TESTS || inTests === 0).length;
  return `${numPassedTests} passed, ${inTests + otherSteps} failed`;
}

/** Builds the pages into dist/web where they are missing or made of something else than src/web holds now. */
function buildPages(node, always = false) {
  const config = join(root, 'src', 'web', 'vite.config.ts');
  if (!existsSync(config)) return 0;
  return withLock(root, async () => {
    const stamp = join(root, 'dist', 'web.sha256');
    const hash = hashOf(sourcesOfPages());
    const isBuilt = existsSync(join(root, 'dist', 'web', 'index.html'));
    if (!always && isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return 0;
    say('building the pages …');
    const code = await runTool(
      node,
      'vite',
      ['build', '--config', config, '--logLevel', 'warn'],
      {},
      process.stderr,
    );
    if (code === 0) writeFileSync(stamp, hash);
    return code;
  });
}

function sourcesOfPages() {
  const folders = [join('src', 'web'), join('src', 'model'), join('src', 'api')].map((folder) =>
    join(root, folder),
  );
  const files = ['package-lock.json', 'tsconfig.json'].map((file) => join(root, file));
  return [...folders.flatMap(filesBelow), ...files].flatMap((file) => [
    file.slice(root.length),
    readFileSync(file),
  ]);
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).sort();
  return names.flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

const bins = join(root, 'node_modules', '.bin');

function runTool(node, name, args, env = {}, stdout = 'inherit') {
  return run(node, [join(bins, name), ...args], { bins, env, stdout });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    say(error instanceof SetUpError ? error.message : error.stack);
    process.exitCode = 1;
  },
);
