import type { ImportFault, ImportRow } from './import-fault.ts';

/** The number or code of something, as companies and authorities write them. */
const CODE = /^[\p{L}\p{N}._/-]{1,64}$/u;

/** Reads the cells of one line; what is wrong with them gathers in `faults`, and the value is undefined then. */
export interface Cells {
  readonly faults: ImportFault[];
  text(field: string, limits: { most: number; required?: boolean }): string | undefined;
  code(field: string, required?: boolean): string | undefined;
  /** `words`: what people write → what it means. */
  choice<V extends string>(field: string, words: ReadonlyMap<string, V>, required?: boolean): V | undefined;
  number(field: string, range: readonly [min: number, max: number]): number | undefined;
}

export function cellsOf({ line, cells }: ImportRow): Cells {
  const faults: ImportFault[] = [];
  const fault = (field: string, code: string, details: Record<string, string | number> = {}): undefined => {
    faults.push({ line, field, code, details });
  };
  const read = (field: string, required: boolean): string | undefined => {
    const value = cells[field];
    return value === undefined && required ? fault(field, 'IMPORT_VALUE_MISSING') : value;
  };
  return {
    faults,
    text(field, { most, required = false }) {
      const value = read(field, required);
      if (value !== undefined && !isStorable(value)) return fault(field, 'IMPORT_TEXT_BROKEN');
      return value === undefined || value.length <= most
        ? value
        : fault(field, 'IMPORT_VALUE_TOO_LONG', { most });
    },
    code(field, required = false) {
      const value = read(field, required);
      return value === undefined || CODE.test(value)
        ? value
        : fault(field, 'IMPORT_CODE_INVALID', { value: shortened(value) });
    },
    choice(field, words, required = false) {
      const value = read(field, required);
      if (value === undefined) return undefined;
      return (
        words.get(value.toLowerCase()) ?? fault(field, 'IMPORT_VALUE_UNKNOWN', { value: shortened(value) })
      );
    },
    number(field, [min, max]) {
      const value = read(field, false);
      if (value === undefined) return undefined;
      const number = /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
      if (Number.isNaN(number)) return fault(field, 'IMPORT_NOT_A_NUMBER', { value: shortened(value) });
      return number >= min && number <= max
        ? number
        : fault(field, 'IMPORT_OUT_OF_RANGE', { value: shortened(value), min, max });
    },
  };
}

const shortened = (value: string): string => (value.length > 40 ? `${value.slice(0, 40)}…` : value);

/** PostgreSQL stores neither NUL nor half of a surrogate pair. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Words of a choice, each in every spelling that people use, itself included. */
export function wordsOf<V extends string>(
  spellings: Readonly<Record<V, readonly string[]>>,
): ReadonlyMap<string, V> {
  const entries = Object.entries(spellings) as [V, readonly string[]][];
  return new Map(
    entries.flatMap(([value, words]) =>
      [value, ...words].map((word) => [word.toLowerCase(), value] as const),
    ),
  );
}
