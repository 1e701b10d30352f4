import { z } from 'zod';
import type { Problem } from '../../platform/problem.ts';
import { parseYaml, readWith, type YamlSource } from '../../platform/yaml-source.ts';
import { plainModel } from './files.ts';
import type { MapCheck } from './ports.ts';

/** What every map has in common; the rest is its kind's. */
const head = z.looseObject({
  models: z.array(z.string().min(1).max(64)).min(1).max(100).optional(),
  codec: z
    .string()
    .regex(/^[\w./-]+\.js$/)
    .optional(),
});

export interface MapFile {
  models: string[] | undefined;
  /** The codec file that is to be run for these models, where it is not named like this file. */
  codec: string | undefined;
  value: unknown;
}

/** Reads one map; every fault with its place. JSON is YAML too. */
export function readMapFile(
  file: string,
  { text, check }: { text: string; check: MapCheck | undefined },
): { map: MapFile } | { problems: Problem[] } {
  const parsed = parseYaml(file, text);
  if ('problems' in parsed) return parsed;
  const { source } = parsed;
  const read = readWith(source, head);
  if ('problems' in read) return read;
  const problems = checked(source, check);
  if (problems.length > 0) return { problems };
  return {
    map: { models: read.value.models?.map(plainModel), codec: read.value.codec, value: source.value },
  };
}

function checked(source: YamlSource, check: MapCheck | undefined): Problem[] {
  return (check?.(source.value) ?? []).map(({ path, message }) =>
    source.problem('CODECS_INVALID', path, {
      zh: `${path.join('.')}：${message.zh}`,
      en: `${path.join('.')}: ${message.en}`,
    }),
  );
}
