/* Rows as text for a spreadsheet: a line a row, a tab between cells. */

/* What would begin another cell or row. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/* What a formula begins with, in full width as well, as some keyboards of East Asia write it. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/* A spreadsheet would run a cell that starts like a formula, and take all up to the next quotation
   mark for one cell if it starts with one; such text comes from outside. */
export function sheetSafe(text: string): string {
  const line = text.replace(BREAKS, " ").replaceAll("\0", "");
  if (line.startsWith('"')) return `"${line.replaceAll('"', '""')}"`;
  return FORMULA.test(line) ? `'${line}` : line;
}

export function sheet(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => cells.map(sheetSafe).join("\t")).join("\n");
}
