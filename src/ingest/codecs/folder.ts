import { createHash } from 'node:crypto';
import type { Payload, PayloadReading } from '../../model/uplinks.ts';
import type { Timer } from '../../platform/clock.ts';
import { formatProblem, type Problem } from '../../platform/problem.ts';
import {
  type FoundFile,
  findFiles,
  isRepositoryFile,
  modelsOfFile,
  plainModel,
  readText,
  repositoryLink,
  spellingsOf,
} from './files.ts';
import { type MapFile, readMapFile } from './map-file.ts';
import type { CodecFolder, CodecFolderDeps } from './ports.ts';
import { type Codec, type CodecRunner, createCodecRunner } from './runner.ts';

const RESCAN_MS = 5000;

/** What a file holds, as it last was good. */
interface Loaded {
  stamp: string;
  codec?: Codec;
  map?: MapFile;
  /** Of a device repository: the file or the codec that it points to. */
  link?: { file: string } | { codec: string };
  problems: Problem[];
}

interface Entry {
  codec?: Codec;
  map?: unknown;
}

/** See `CodecFolder`. */
export async function createCodecFolder(deps: CodecFolderDeps): Promise<CodecFolder> {
  const runner = createCodecRunner(deps);
  const folder = new Folder(deps, runner);
  await folder.rescan();
  folder.watch();
  return folder;
}

class Folder implements CodecFolder {
  readonly #deps: CodecFolderDeps;
  readonly #runner: CodecRunner;
  #files = new Map<string, Loaded>();
  #byModel = new Map<string, Entry>();
  #timer: Timer | undefined;
  #scanning: Promise<void> | undefined;

  constructor(deps: CodecFolderDeps, runner: CodecRunner) {
    this.#deps = deps;
    this.#runner = runner;
  }

  watch(): void {
    this.#timer = this.#deps.clock.every(RESCAN_MS, () => this.rescan());
  }

  resolve(payload: Payload, registeredModel?: string): Promise<PayloadReading | undefined> | undefined {
    if (this.#byModel.size === 0) return undefined;
    const models = registeredModel === undefined ? payload.models : [registeredModel, ...payload.models];
    const entry = this.#entryOf(models);
    if (!entry) return undefined;
    const map = entry.map === undefined ? {} : { map: entry.map };
    if (!payload.codec || !entry.codec) return entry.map === undefined ? undefined : Promise.resolve(map);
    const { bytes, fPort, receivedAt } = payload.codec;
    return this.#runner
      .run(entry.codec, { bytes: Array.from(bytes), fPort, recvTime: receivedAt })
      .then((result) => ({ ...result, ...map }));
  }

  mapOf(model: string): unknown {
    return this.#entryOf([model])?.map;
  }

  problems(): readonly Problem[] {
    return [...this.#files.values()].flatMap(({ problems }) => problems);
  }

  rescan(): Promise<void> {
    this.#scanning ??= this.#scan().finally(() => {
      this.#scanning = undefined;
    });
    return this.#scanning;
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#scanning;
    await this.#runner.close();
  }

  #entryOf(models: readonly string[]): Entry | undefined {
    for (const model of models) {
      for (const spelling of spellingsOf(model)) {
        const entry = this.#byModel.get(spelling);
        if (entry) return entry;
      }
    }
    return undefined;
  }

  async #scan(): Promise<void> {
    const found = await findFiles(this.#deps.dir);
    const next = new Map<string, Loaded>();
    let changed = found.length !== this.#files.size;
    for (const file of found) {
      const before = this.#files.get(file.name);
      const same = before?.stamp === file.stamp;
      next.set(file.name, same ? before : await this.#load(file, before));
      changed ||= !same;
    }
    if (!changed) return;
    const kept = new Set([...next.values()].map(({ codec }) => codec?.key));
    const gone = [...this.#files.values()].flatMap(({ codec }) =>
      codec && !kept.has(codec.key) ? [codec.key] : [],
    );
    this.#files = next;
    this.#byModel = indexOf(next);
    this.#runner.forget(gone);
    for (const problem of this.problems())
      this.#deps.log.warn({ problem: formatProblem(problem, 'en') }, 'a payload codec or map cannot be used');
  }

  async #load(file: FoundFile, before: Loaded | undefined): Promise<Loaded> {
    const good: Loaded = { problems: [], ...(before ?? {}), stamp: file.stamp };
    const text = file.tooLarge ? undefined : await readText(file);
    if (text === undefined)
      return { ...good, problems: [problemOf(file, file.tooLarge ? UNUSABLE.large : UNUSABLE.unreadable)] };
    if (file.name.endsWith('.js')) return await this.#loadCodec(file, { text, good });
    if (isRepositoryFile(file.name)) {
      const link = repositoryLink(text);
      return { stamp: file.stamp, problems: [], ...(link ? { link } : {}) };
    }
    const [first = ''] = file.name.includes('/') ? file.name.split('/') : [''];
    const checks = this.#deps.checks ?? {};
    const read = readMapFile(file.path, { text, check: checks[first] ?? checks[''] });
    return 'map' in read
      ? { stamp: file.stamp, map: read.map, problems: [] }
      : { ...good, problems: read.problems };
  }

  /** A codec is tried with an empty payload: what cannot even be loaded is refused, and the version before it goes on. */
  async #loadCodec(file: FoundFile, { text, good }: { text: string; good: Loaded }): Promise<Loaded> {
    const codec = {
      key: `${file.name} ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`,
      source: text,
    };
    const fault = await this.#runner.check(codec);
    if (fault === undefined) return { stamp: file.stamp, codec, problems: [] };
    const [, line = '1'] = /^line (\d+): /.exec(fault.error) ?? [];
    const said = fault.error.replace(/^line \d+: /, '');
    const message = { zh: `编解码器无法使用：${said}`, en: `the codec cannot be used: ${said}` };
    const again = fault.passing ? { stamp: '' } : {};
    return { ...good, ...again, problems: [{ ...problemOf(file, message), line: Number(line) }] };
  }
}

const UNUSABLE = {
  large: { zh: '文件过大', en: 'the file is too large' },
  unreadable: { zh: '无法读取文件', en: 'the file cannot be read' },
};

const problemOf = (file: FoundFile, message: Problem['message']): Problem => ({
  code: 'CODECS_INVALID',
  file: file.path,
  line: 1,
  column: 1,
  message,
});

/** Codecs by their own names first, then maps, which may name others and bring a codec of another name along. */
function indexOf(files: ReadonlyMap<string, Loaded>): Map<string, Entry> {
  const index = new Map<string, Entry>();
  const put = (model: string, entry: Entry) => index.set(model, { ...entry, ...index.get(model) });
  for (const [name, { codec }] of files)
    if (codec) for (const model of modelsOfFile(name)) put(model, { codec });
  linkRepository(files, put);
  for (const [name, { map }] of files) {
    if (!map) continue;
    const own = modelsOfFile(name);
    const named = map.codec === undefined ? undefined : codecNamed(files, { from: name, codec: map.codec });
    const beside = own.map((model) => index.get(model)?.codec).find((codec) => codec !== undefined);
    const codec = named ?? beside;
    for (const model of map.models ?? own) {
      const { codec: there } = index.get(plainModel(model)) ?? {};
      index.set(plainModel(model), {
        ...((named ?? there ?? codec) ? { codec: named ?? there ?? codec } : {}),
        map: map.value,
      } as Entry);
    }
  }
  return index;
}

function codecNamed(
  files: ReadonlyMap<string, Loaded>,
  { from, codec }: { from: string; codec: string },
): Codec | undefined {
  const folder = from.includes('/') ? `${from.slice(0, from.lastIndexOf('/'))}/` : '';
  return files.get(`${folder}${codec}`)?.codec ?? files.get(codec)?.codec;
}

/** In a device repository a device names its codec's description, and that names the file. */
function linkRepository(
  files: ReadonlyMap<string, Loaded>,
  put: (model: string, entry: Entry) => void,
): void {
  for (const [name, { link }] of files) {
    if (!link) continue;
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    const described = 'codec' in link ? files.get(`${folder}${link.codec}.yaml`)?.link : link;
    const codec =
      described && 'file' in described ? files.get(`${folder}${described.file}`)?.codec : undefined;
    if (codec) for (const model of modelsOfFile(name)) put(model, { codec });
  }
}
