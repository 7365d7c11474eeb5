import { fileOf } from "./uploads.js";

const MOST_RADIOS = 4;
const NO_FILE = { id: "" };

// Which fields are shown with these answers, as the server decides it.
export function shownFields(fields, answers) {
  const shown = {};
  const decide = (field) => {
    if (field.key in shown) return shown[field.key];
    if (!field.depends_on) return (shown[field.key] = field.shown);
    const other = fields.find(({ key }) => key === field.depends_on);
    shown[field.key] = false; // should they ever depend on each other
    if (!other || !decide(other)) return false;
    const chosen = [answers[other.key] ?? ""].flat();
    return (shown[field.key] = field.depends_on_values.some((v) => chosen.includes(v)));
  };
  fields.forEach(decide);
  return shown;
}

export const answersOf = (fields) =>
  Object.fromEntries(
    fields.map(({ key, kind, value, values }) => [
      key,
      kind === "choices" ? values : value,
    ]),
  );

export function rangeOf({ kind, minimum, maximum, unit }) {
  if (kind !== "number" || (!minimum && !maximum)) return "";
  const what = unit ? ` ${unit}` : "";
  if (!maximum) return `At least ${minimum}${what}`;
  if (!minimum) return `At most ${maximum}${what}`;
  return `From ${minimum} to ${maximum}${what}`;
}

// What is said below a field: its help, its range unless the help tells it, and what
// was entered while it was of another kind.
export function helpOf(field) {
  const range = rangeOf(field);
  return [
    field.help,
    range && !field.help.includes(field.maximum || field.minimum) ? `${range}.` : "",
    field.earlier
      ? `You entered “${field.earlier}” before; it is kept until you enter something new.`
      : "",
  ]
    .filter(Boolean)
    .join(" ");
}

// What the form calls the answer to a field; `part` tells fields of several kinds apart.
export const inputName = ({ kind, key }, part = "") =>
  `${part}${kind === "choices" ? "choices" : "field"}.${key}`;

export const isRadios = ({ kind, required, choices }) =>
  kind === "choice" && required && choices.length <= MOST_RADIOS;
export const isGroup = (field) =>
  ["yes_no", "choices", "signature"].includes(field.kind) || isRadios(field);

// The list with this in it or, if it is there, without.
export const toggled = (keys, key) =>
  keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key];

// The fields with what was typed into them before.
export const refilled = (fields, typed, part) =>
  fields.map((field) => {
    const { kind } = field;
    const name = inputName(field, part);
    if (kind === "choices") {
      const keys = typed[name];
      return keys === undefined
        ? field
        : { ...field, values: keys.split(" ").filter(Boolean) };
    }
    const value = typed[name];
    if (value === undefined || value === field.value) return field;
    const id = kind === "file" ? value : value.replace(/^file:/, "");
    const file = id && !id.startsWith("typed:") ? fileOf(id) : NO_FILE;
    if (kind === "file") return { ...field, value, file };
    if (kind === "signature")
      return { ...field, value, file, text: file.id ? "As you signed just now" : "" };
    return { ...field, value };
  });
