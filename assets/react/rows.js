// Rows of a form that are added, ordered and taken away, apart from how they are
// drawn. A part of a row is one input: `name` is its name in the row, `path` what the
// form sends it as after the row's number, `main` says that the row is about it.

export const pathOf = (name, at, path) => (path ? `${name}.${at}.${path}` : `${name}.${at}`);
export const mainPart = (parts) => parts.find(({ main }) => main) ?? parts[0];

const asTyped = (value) => (value === true ? "on" : value || "");
let counter = 0;

// A row with a `mark` that stays the same wherever the row moves.
export const newRow = (row) => ({
  ...Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, asTyped(value)]),
  ),
  mark: ++counter,
});

export function firstRows(initial, { parts, keepsOne }) {
  const rows = (initial ?? [])
    .filter((row) => !row.retired)
    .map((row) => newRow(typeof row === "string" ? { [mainPart(parts).name]: row } : row));
  return rows.length || !keepsOne ? rows : [newRow({})];
}

// The rows as they were typed before. What the form does not send of a row, such as
// that an email is confirmed, is found again by what it is about.
export function restoredRows(typed, initial, { name, parts, ordered }) {
  const main = mainPart(parts);
  const anchor = ordered ? "key" : main.path;
  const rows = [];
  for (let at = 0; pathOf(name, at, anchor) in typed; at++) {
    const row = Object.fromEntries(
      parts.map((part) => [part.name, typed[pathOf(name, at, part.path)] ?? ""]),
    );
    if (ordered) row.key = typed[pathOf(name, at, "key")];
    const known =
      !ordered &&
      (initial ?? []).find((one) => one[main.name] && one[main.name] === row[main.name]);
    rows.push(newRow({ ...known, ...row }));
  }
  return rows;
}

export const without = (rows, at) => rows.filter((_, i) => i !== at);
export const changed = (rows, at, changes) =>
  rows.map((row, i) => (i === at ? { ...row, ...changes } : row));

export function moved(rows, at, by) {
  const next = [...rows];
  next.splice(at + by, 0, ...next.splice(at, 1));
  return next;
}

// What was there before and is in no row now.
export const setAside = (initial, rows) =>
  (initial ?? []).filter(({ key }) => !rows.some((row) => row.key === key));

export const firstPrimary = (initial) =>
  Math.max(0, (initial ?? []).findIndex((row) => row.primary));
export function primaryWithout(primary, at) {
  if (primary === at) return 0;
  return primary > at ? primary - 1 : primary;
}

// Until another is chosen: a row may be there before it is known where home is.
export const chosenOption = (row, { name, fallback, options }) =>
  row[name] || fallback || options?.[0]?.[0] || "";

// The numbers as their country writes them, unless they are being changed;
// `formatted` is keyed by country and number.
export const formattedRows = (rows, formatted, countryOf) =>
  rows.map((row) => {
    const text = formatted[`${countryOf(row)} ${row.number ?? ""}`];
    return text && text !== row.number ? { ...row, number: text } : row;
  });
