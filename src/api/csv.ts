export type Cell = string | number | null;

/** What spreadsheets take for the beginning of a formula, in Chinese ones the wide characters too. */
const FORMULA = /^\s*[=+\-@＝＋－＠\t\r\n]/;

/**
 * A table as CSV (RFC 4180). Spreadsheets tell by the byte order mark that it is UTF-8; a text that they would take for a formula gets an
 * apostrophe, as OWASP advises.
 */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(cellOf).join(',')).join('\r\n')}\r\n`;
}

function cellOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
