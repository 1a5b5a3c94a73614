/* Rows as text for a spreadsheet. */

/* A spreadsheet would run a cell that starts like a formula, and take all up to the next quotation
   mark for one cell if it starts with one; such text comes from outside. */
export function sheetSafe(text: string): string {
  if (text.startsWith('"')) return `"${text.replaceAll('"', '""')}"`;
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}

export function sheet(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => cells.map(sheetSafe).join("\t")).join("\n");
}
