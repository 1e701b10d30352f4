/** Finds the operator's files: which there are, which have changed, which model names each is for. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const MAX_FILES = 5000;
const MAX_DEPTH = 5;
const MAX_BYTES = 512 * 1024;
const KINDS = /\.(?:js|ya?ml|json)$/;
/** Checkouts of device repositories hold many files that are not for us: of those only codecs and who uses them. */
const REPOSITORY = /(?:^|[\\/])vendors?[\\/]/;
const NOT_OURS = /(?:^|[\\/])(?:test_|package(?:-lock)?\.json|index\.ya?ml|\.)/;

export interface FoundFile {
  /** From the folder, with slashes. */
  name: string;
  path: string;
  /** Changes when the file does. */
  stamp: string;
  tooLarge: boolean;
}

/** Every file that may be one of ours, sorted by name; an absent folder holds none. */
export async function findFiles(dir: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  await walk(dir, { root: dir, depth: 0, found });
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function walk(
  dir: string,
  { root, depth, found }: { root: string; depth: number; found: FoundFile[] },
): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(dir, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (entry.isDirectory() && depth < MAX_DEPTH) await walk(path, { root, depth: depth + 1, found });
    else if (KINDS.test(entry.name) && found.length < MAX_FILES) await add(path, { root, found });
  }
}

async function add(path: string, { root, found }: { root: string; found: FoundFile[] }): Promise<void> {
  const name = relative(root, path).split(sep).join('/');
  if (NOT_OURS.test(name) || (REPOSITORY.test(name) && name.endsWith('.json'))) return;
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile()) return;
  found.push({ name, path, stamp: `${facts.mtimeMs} ${facts.size}`, tooLarge: facts.size > MAX_BYTES });
}

export async function readText(file: FoundFile): Promise<string | undefined> {
  return await readFile(file.path, 'utf8').catch(() => undefined);
}

export const isRepositoryFile = (name: string): boolean => REPOSITORY.test(name);

/** A model as files and servers write it: `Milesight EM300-ZLD`, `milesight/em300_zld`. */
export function plainModel(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-');
}

/** The names under which a file is found without naming any: its own, and with the vendor's folder before it. */
export function modelsOfFile(name: string): string[] {
  const parts = name.replace(KINDS, '').split('/');
  const own = plainModel(parts.pop() ?? '').replace(/-codec$/, '');
  const vendor = parts.filter((part) => !/^(?:vendors?|codecs?|src)$/.test(part)).at(-1);
  return vendor === undefined ? [own] : [`${plainModel(vendor)}/${own}`, own];
}

/** How a model that somebody names may be written in the files: whole, without its vendor. */
export function spellingsOf(model: string): string[] {
  const plain = plainModel(model);
  const behind = [
    plain.slice(plain.lastIndexOf('/') + 1),
    ...model
      .trim()
      .split(/\s+/)
      .slice(1)
      .map((_, at, words) => plainModel(words.slice(at).join(' '))),
  ];
  return [...new Set([plain, ...behind])].filter((one) => one !== '');
}

/** A repository's own words for which codec a model has: `fileName` of a codec, `codec` of a device. */
export function repositoryLink(text: string): { file: string } | { codec: string } | undefined {
  const [, file] = /uplinkDecoder:[\s\S]{0,400}?fileName:\s*['"]?([\w.-]+\.js)/.exec(text) ?? [];
  if (file !== undefined) return { file };
  const [, codec] = /^\s+codec:\s*['"]?([\w.-]+)/m.exec(text) ?? [];
  return codec === undefined ? undefined : { codec };
}
