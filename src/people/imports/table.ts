import { parse } from 'csv-parse/sync';
import { AppError } from '../../platform/errors.ts';
import {
  type ImportFault,
  type ImportField,
  type ImportFile,
  type ImportRow,
  MOST_LINES,
} from './import-fault.ts';

interface ParsedRecord {
  info: { lines: number };
  record: string[];
}

/**
 * Reads a CSV file (RFC 4180; comma, semicolon or tab) by its header, Chinese or English. Lines that cannot be read and columns that nobody
 * knows are faults, the rest goes on. Throws IMPORT_TOO_LONG.
 */
export function readTable(text: string, fields: readonly ImportField[]): ImportFile {
  const faults: ImportFault[] = [];
  const [header, ...records] = readRecords(text, faults);
  if (!header) return { rows: [], faults: [...faults, { line: 1, field: null, code: 'IMPORT_EMPTY' }] };
  if (records.length > MOST_LINES)
    throw new AppError('IMPORT_TOO_LONG', `at most ${MOST_LINES} lines at once`, {
      details: { most: MOST_LINES },
    });
  const columns = readHeader(header, fields, faults);
  const rows = records.map(({ line, cells }) => toRow(line, cells, columns));
  return { rows: rows.filter((row) => Object.keys(row.cells).length > 0), faults };
}

interface Line {
  line: number;
  cells: string[];
}

function readRecords(text: string, faults: ImportFault[]): Line[] {
  const clean = text.replace(/^\uFEFF/, '');
  const delimiter = delimiterOf(clean);
  try {
    return startLines(parseAll(clean, delimiter));
  } catch {
    return readLineByLine(clean, delimiter, faults);
  }
}

/** A quote that is never closed swallows the rest of a file: taken line by line, it costs that line alone. */
function readLineByLine(text: string, delimiter: string, faults: ImportFault[]): Line[] {
  return text.split(/\r\n|\n|\r/).flatMap((content, i) => {
    try {
      return parseAll(content, delimiter).map(({ record }) => ({ line: i + 1, cells: record }));
    } catch {
      faults.push({ line: i + 1, field: null, code: 'IMPORT_LINE_BROKEN' });
      return [];
    }
  });
}

function parseAll(text: string, delimiter: string): ParsedRecord[] {
  const options = { delimiter, info: true, relax_column_count: true, skip_empty_lines: true, trim: true };
  return parse(text, options) as unknown as ParsedRecord[];
}

/** The parser says where a record ends; a cell may hold line breaks, so it began that many lines before. */
function startLines(records: readonly ParsedRecord[]): Line[] {
  return records.map(({ info, record }) => ({
    line: info.lines - record.reduce((breaks, cell) => breaks + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0),
    cells: record,
  }));
}

/** The one of the usual separators that the header has most of. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  const count = (mark: string) => header.split(mark).length;
  return [',', ';', '\t', '，'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

const nameKey = (name: string): string => name.toLowerCase().replace(/[\s_*（）()-]/g, '');

function readHeader(
  header: Line,
  fields: readonly ImportField[],
  faults: ImportFault[],
): (string | undefined)[] {
  const known = new Map(
    fields.flatMap(({ name, zh, en, others = [] }) =>
      [name, zh, en, ...others].map((each) => [nameKey(each), name] as const),
    ),
  );
  const columns = header.cells.map((cell) => known.get(nameKey(cell)));
  for (const [i, cell] of header.cells.entries()) {
    const column = columns[i];
    if (column === undefined && cell !== '')
      faults.push({
        line: header.line,
        field: null,
        code: 'IMPORT_COLUMN_UNKNOWN',
        details: { value: cell },
      });
    if (column !== undefined && columns.indexOf(column) !== i) {
      faults.push({
        line: header.line,
        field: column,
        code: 'IMPORT_COLUMN_TWICE',
        details: { value: cell },
      });
      columns[i] = undefined;
    }
  }
  return columns;
}

function toRow(line: number, values: readonly string[], columns: readonly (string | undefined)[]): ImportRow {
  const cells: Record<string, string> = {};
  for (const [i, column] of columns.entries()) {
    const value = values[i]?.trim();
    if (column !== undefined && value) cells[column] = value;
  }
  return { line, cells };
}
