import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

export interface Instruction {
  name: string;
  text: string;
}

/** The instructions of a Dockerfile, comments left out and continued lines joined. */
export function parseDockerfile(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const joined = lines.join('\n').replace(/\\\n/g, ' ').split('\n');
  return joined
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
      return { name: name.toUpperCase(), text: rest.trim() };
    });
}

/** One stage as far as files and the environment go: `/` of the image is `root`. */
export interface Stage {
  root: string;
  workdir: string;
  env: Record<string, string>;
  command: string[];
  healthcheck: string[];
  user: string;
}

/**
 * Carries out a Dockerfile below `folder` without any engine: COPY copies from `context` or a stage, RUN runs in the
 * stage's working folder (its paths have to be relative), the rest is noted. Gives the last stage.
 */
export async function runDockerfile(text: string, context: string, folder: string): Promise<Stage> {
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const { name, text: rest } of parseDockerfile(text)) {
    if (name === 'FROM') {
      const alias = /\sas\s+(\S+)/i.exec(rest)?.[1] ?? 'last';
      stage = {
        root: join(folder, alias),
        workdir: '/',
        env: {},
        command: [],
        healthcheck: [],
        user: 'root',
      };
      mkdirSync(stage.root, { recursive: true });
      stages.set(alias, stage);
      continue;
    }
    if (!stage) throw new Error(`${name} before FROM`);
    await carryOut(name, rest, { stage, stages, context });
  }
  if (!stage) throw new Error('no FROM');
  return stage;
}

interface Build {
  stage: Stage;
  stages: ReadonlyMap<string, Stage>;
  context: string;
}

const NOTED = new Set(['EXPOSE', 'VOLUME', 'STOPSIGNAL', 'LABEL']);

async function carryOut(name: string, rest: string, build: Build): Promise<void> {
  const { stage } = build;
  if (name === 'WORKDIR') {
    stage.workdir = rest;
    mkdirSync(inStage(stage, '.'), { recursive: true });
  } else if (name === 'COPY') copy(rest, build);
  else if (name === 'RUN')
    await promisify(execFile)('sh', ['-ec', rest], { cwd: inStage(stage, '.'), env: buildEnv(stage) });
  else if (name === 'ENV')
    for (const [, key = '', value = ''] of rest.matchAll(/(\w+)=(\S+)/g)) stage.env[key] = value;
  else if (name === 'CMD') stage.command = JSON.parse(rest);
  else if (name === 'HEALTHCHECK') stage.healthcheck = JSON.parse(rest.slice(rest.indexOf('[')));
  else if (name === 'USER') stage.user = rest;
  else if (!NOTED.has(name)) throw new Error(`this small reader of Dockerfiles does not know ${name}`);
}

/** The Node of the image is the one that runs the tests, first in the PATH as there; npm keeps this machine's settings. */
function buildEnv(stage: Stage): NodeJS.ProcessEnv {
  const { NODE_ENV: _, ...env } = process.env;
  const path = (env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
  const ofMachine = { ...env, PATH: path.join(':') };
  const settings = execFileSync('npm', ['config', 'get', 'globalconfig'], {
    env: ofMachine,
    encoding: 'utf8',
  });
  const node = dirname(process.execPath);
  return { ...env, npm_config_globalconfig: settings.trim(), ...stage.env, PATH: [node, ...path].join(':') };
}

export function inStage(stage: Stage, path: string): string {
  return join(stage.root, isAbsolute(path) ? path : join(stage.workdir, path));
}

function copy(rest: string, { stage, stages, context }: Build): void {
  const words = rest.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  const target = paths.pop() ?? '.';
  const source = from ? stages.get(from) : undefined;
  if (from && !source) throw new Error(`COPY from an unknown stage ${from}`);
  for (const path of paths) {
    const origin = source ? inStage(source, path) : join(context, path);
    const isFile = statSync(origin).isFile();
    const name = isFile && target.endsWith('/') ? join(target, path.split('/').at(-1) ?? '') : target;
    cpSync(origin, inStage(stage, name), { recursive: true, verbatimSymlinks: true });
  }
}
