/** Tables of text as spreadsheets copy them. Pure. */

/**
 * Read what a spreadsheet copies: cells parted by tabs, quoted where they hold a line break.
 * @param {string} text
 * @returns {string[][]}
 */
export function parseTable(text) {
  const rows = [[""]];
  let quoted = false;
  const body = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < body.length; at += 1) {
    const sign = body[at];
    const row = rows.at(-1);
    if (quoted) {
      if (sign === '"' && body[at + 1] === '"') row[row.length - 1] += body[at += 1];
      else if (sign === '"') quoted = false;
      else row[row.length - 1] += sign === "\n" ? " " : sign;
    } else if (sign === '"' && row.at(-1) === "") quoted = true;
    else if (sign === "\t") row.push("");
    else if (sign === "\n") rows.push([""]);
    else row[row.length - 1] += sign;
  }
  return rows.map((row) => row.map((cell) => cell.trim()));
}

/**
 * Lay a pasted table over a grid; a header row goes to the columns of its names.
 * @returns {[string[], string[][]]} columns and rows
 */
export function pasted(columns, rows, table, r, c) {
  const [first] = table;
  const names = first.filter((name) => columns.includes(name)).length;
  if (names >= 2 || (names === 1 && first.length === 1)) return underNames(columns, rows, first, table.slice(1), r);
  const grown = rows.map((row) => [...row]);
  table.forEach((cells, down) => {
    grown[r + down] ??= columns.map(() => "");
    cells.forEach((cell, right) => { if (c + right < columns.length) grown[r + down][c + right] = cell; });
  });
  return [columns, grown];
}

function underNames(columns, rows, names, table, r) {
  const all = [...columns, ...names.filter((name) => name && !columns.includes(name))];
  const grown = rows.map((row) => [...row, ...all.slice(row.length).map(() => "")]);
  table.forEach((cells, down) => {
    grown[r + down] ??= all.map(() => "");
    cells.forEach((cell, right) => { if (names[right]) grown[r + down][all.indexOf(names[right])] = cell; });
  });
  return [all, grown];
}

/** Give the empty cells below a cell its content, down to the next one that is filled. */
export function filled(rows, r, c) {
  const value = rows[r]?.[c] ?? "";
  const grown = rows.map((row) => [...row]);
  for (let down = r + 1; down < grown.length && grown[down][c] === ""; down += 1) grown[down][c] = value;
  return grown;
}
