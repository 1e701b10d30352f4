import { AppError } from '../../platform/errors.ts';
import {
  type ImportFault,
  type ImportField,
  type ImportFile,
  type ImportRow,
  MOST_LINES,
} from './import-fault.ts';

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a GeoJSON file (RFC 7946): a FeatureCollection or one Feature, longitude first. `datum` in the collection counts for every feature
 * that has none of its own. Throws IMPORT_JSON_BROKEN, IMPORT_TOO_LONG.
 */
export function readFeatures(text: string, fields: readonly ImportField[]): ImportFile {
  const file = parse(text);
  const features = file.type === 'Feature' ? [file] : file.features;
  if (!Array.isArray(features)) throw broken();
  if (features.length > MOST_LINES)
    throw new AppError('IMPORT_TOO_LONG', `at most ${MOST_LINES} features at once`, {
      details: { most: MOST_LINES },
    });
  const common = typeof file.datum === 'string' ? { datum: file.datum } : {};
  const faults: ImportFault[] = [];
  const rows = features.flatMap((feature, i) => {
    const row = readFeature(feature, { line: i + 1, fields, common });
    if (!row) faults.push({ line: i + 1, field: null, code: 'IMPORT_FEATURE_BROKEN' });
    return row ?? [];
  });
  return { rows, faults };
}

function parse(text: string): Json {
  try {
    const file: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (isObject(file)) return file;
  } catch {
    // Said below, like everything else that is no GeoJSON.
  }
  throw broken();
}

const broken = (): AppError => new AppError('IMPORT_JSON_BROKEN', 'this is no GeoJSON');

function readFeature(
  feature: unknown,
  context: { line: number; fields: readonly ImportField[]; common: Record<string, string> },
): ImportRow | undefined {
  if (!isObject(feature) || feature.type !== 'Feature' || !isObject(feature.properties)) return undefined;
  const { properties, geometry } = feature;
  const cells: Record<string, string> = { ...context.common };
  for (const { name, zh, others = [] } of context.fields) {
    const value = [name, zh, ...others].map((key) => properties[key]).find((each) => isScalar(each));
    const text = value === undefined ? '' : String(value).trim();
    if (text) cells[name] = text;
  }
  if (!isObject(geometry))
    return geometry === null || geometry === undefined ? { line: context.line, cells } : undefined;
  const { type, coordinates } = geometry;
  return { line: context.line, cells, geometry: { type: String(type), coordinates } };
}

const isScalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';
