// What a table shows, as a file: for tables that no list of the server is behind.
type Cell = string | number | null | undefined;

/** Quoted where need be; a text that a spreadsheet would run as a formula begins with an apostrophe. */
function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  const text = typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

export function saveCsv(name: string, rows: Cell[][]) {
  const text = rows.map((row) => row.map(cellText).join(',')).join('\r\n');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`\uFEFF${text}\r\n`], { type: 'text/csv' }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
