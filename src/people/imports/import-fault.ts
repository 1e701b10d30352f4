/** What is wrong with one line of an import: named by a code, put into the reader's language by whoever shows it. */
export interface ImportFault {
  /** Of a CSV file, the header being 1; of GeoJSON the number of the feature, from 1. */
  line: number;
  /** Canonical name of the column (`native_id`), null where it is the line as a whole. */
  field: string | null;
  code: string;
  details?: Readonly<Record<string, string | number>>;
}

export interface ImportOutcome {
  created: number;
  updated: number;
  unchanged: number;
  faults: ImportFault[];
  /** Of devices that log in and were registered: shown once. */
  secrets?: { protocol: string; nativeId: string; secret: string }[];
}

/** One line as it was read: values by canonical column, trimmed; empty ones are left out. */
export interface ImportRow {
  line: number;
  cells: Readonly<Record<string, string>>;
  /** GeoJSON. */
  geometry?: { type: string; coordinates: unknown };
}

export interface ImportFile {
  rows: ImportRow[];
  faults: ImportFault[];
}

/** A column: its canonical name, what the people who fill it in call it, and what else it may be called. */
export interface ImportField {
  name: string;
  zh: string;
  en: string;
  others?: readonly string[];
}

/** An import of more lines is cut into several by whoever sends it. */
export const MOST_LINES = 20_000;
