import { useEffect, useRef, useState } from "react";
import { ErrorLine, sign } from "./field_parts.jsx";
import { announce, useRestored } from "./form_drafts.jsx";

const PLUS = "M5 12h14M12 5v14";
const BIN =
  "M3 6h18M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2M10 11v6M14 11v6";
const DOWN = "m6 9 6 6 6-6";

let counter = 0;
const fresh = (row) => ({ ...row, key: ++counter });

const PARTS = {
  email: ["email"],
  phone: ["number", "country"],
  text: ["text"],
  company: ["name", "email", "phone"],
};

const ASKED = {
  email: { type: "email", inputMode: "email", autoComplete: "email" },
  phone: { type: "tel", inputMode: "tel", autoComplete: "tel-national" },
  text: { type: "text", autoComplete: "off" },
};

// Several of one thing, added by "+": `name.0`, `name.1` … are what the form sends;
// `name.primary` is the number of the main one.
export function Rows({
  name,
  kind,
  label,
  add,
  initial,
  errors,
  most,
  home,
  countries,
  formatted,
  onFormatPhone,
  onResend,
}) {
  const box = useRef(null);
  const blank = () => fresh(kind === "phone" ? { number: "", country: "" } : {});
  // Until another is chosen: a row may be there before it is known where home is.
  const countryOf = (row) => row.country || home || "";
  const fill = (list) => {
    const rows = list.map((row) => fresh(kind === "text" ? { text: row } : row));
    return rows.length || kind === "text" || kind === "company" ? rows : [blank()];
  };
  const [rows, setRows] = useState(() => fill(initial ?? []));
  const [main, setMain] = useState(() =>
    Math.max(0, (initial ?? []).findIndex((row) => row.primary)),
  );
  const focus = useRef(null);
  const hasMain = kind === "email" || kind === "phone";

  useRestored(box, (typed) => {
    const found = [];
    const first = PARTS[kind][0];
    const path = (at, part) => fieldName(name, kind, at, part);
    for (let at = 0; path(at, first) in typed; at++) {
      const row = Object.fromEntries(
        PARTS[kind].map((part) => [part, typed[path(at, part)] ?? ""]),
      );
      const known = (initial ?? []).find((one) => one.email && one.email === row.email);
      found.push(fresh({ ...known, ...row }));
    }
    setRows(found);
    setMain(Number(typed[`${name}.primary`]) || 0);
  });

  useEffect(() => {
    if (!focus.current) return;
    box.current.querySelector(focus.current)?.focus();
    focus.current = null;
    announce(box.current);
  }, [rows.length]);

  // The server writes a number as its country does, unless it is being changed.
  useEffect(() => {
    if (kind !== "phone" || !formatted) return;
    setRows((now) =>
      now.map((row) => {
        const text = formatted[`${countryOf(row)} ${row.number}`];
        return text && text !== row.number ? { ...row, number: text } : row;
      }),
    );
  }, [formatted]);

  const change = (at, part, value) =>
    setRows((now) => now.map((row, i) => (i === at ? { ...row, [part]: value } : row)));
  const addRow = () => {
    focus.current = `[data-row="${rows.length}"] input:not([type=radio])`;
    setRows([...rows, blank()]);
  };
  const remove = (at) => {
    focus.current =
      rows.length > 1
        ? `[data-row="${Math.max(0, at - 1)}"] input:not([type=radio])`
        : "[data-add]";
    setRows(rows.filter((_, i) => i !== at));
    if (main === at) setMain(0);
    else if (main > at) setMain(main - 1);
  };

  const wordsOf = (at) => (at ? `${label} ${at + 1}` : label);
  const mayRemove = (row) =>
    !row.fixed && (rows.length > 1 || kind === "text" || kind === "company");
  return (
    <div ref={box} className="flex flex-col gap-3.5" role="group" aria-label={`${label}s`}>
      {rows.map((row, at) => {
        const id = `${name}-${row.key}`;
        const error = errors?.[`${name}.${at}`];
        return (
          <div key={row.key} data-row={at} className="flex flex-col gap-1.5">
            {kind === "company" ? (
              <Company {...{ row, at, id, name, error, change }} />
            ) : (
              <label className="field-label" htmlFor={id}>
                {wordsOf(at)}
              </label>
            )}
            <div className="flex items-center gap-2">
              {kind === "phone" ? (
                <span className="relative w-28 shrink-0 sm:w-44">
                  <select
                    data-own=""
                    className="field-input"
                    name={fieldName(name, kind, at, "country")}
                    aria-label={`${wordsOf(at)}: country`}
                    value={countryOf(row)}
                    onChange={(event) => {
                      change(at, "country", event.target.value);
                      onFormatPhone?.(row.number, event.target.value);
                    }}
                  >
                    {(countries ?? []).map(([code, words]) => (
                      <option key={code} value={code}>
                        {words}
                      </option>
                    ))}
                  </select>
                  {sign(
                    DOWN,
                    "icon pointer-events-none absolute right-3 top-1/2 -translate-y-1/2 text-ink-faint",
                  )}
                </span>
              ) : null}
              {kind !== "company" ? (
                <input
                  {...ASKED[kind]}
                  data-own=""
                  id={id}
                  name={fieldName(name, kind, at, PARTS[kind][0])}
                  className="field-input min-w-0 flex-1"
                  value={row[PARTS[kind][0]] ?? ""}
                  readOnly={row.fixed || undefined}
                  autoCapitalize={kind === "email" ? "none" : undefined}
                  spellCheck={kind === "text" ? undefined : false}
                  aria-invalid={error ? "true" : "false"}
                  aria-describedby={error ? `${id}-error` : `${id}-state`}
                  onChange={(event) => change(at, PARTS[kind][0], event.target.value)}
                  onBlur={() =>
                    kind === "phone" && row.number && onFormatPhone?.(row.number, countryOf(row))
                  }
                />
              ) : null}
              {mayRemove(row) ? (
                <button
                  type="button"
                  className="btn btn-ghost btn-icon"
                  aria-label={`Remove ${wordsOf(at).toLowerCase()}`}
                  title={`Remove ${wordsOf(at).toLowerCase()}`}
                  onClick={() => remove(at)}
                >
                  {sign(BIN)}
                </button>
              ) : null}
            </div>
            {kind !== "company" ? <ErrorLine id={id} error={error} /> : null}
            {hasMain && (rows.length > 1 || row.email) ? (
              <div
                id={`${id}-state`}
                className="flex flex-wrap items-center gap-x-4 text-sm text-ink-soft"
              >
                {rows.length > 1 ? (
                  <label className="flex min-h-11 items-center gap-2.5 sm:min-h-9">
                    <input
                      data-own=""
                      type="radio"
                      className="tick"
                      name={`${name}.primary`}
                      value={at}
                      checked={main === at}
                      onChange={() => setMain(at)}
                    />
                    <span>
                      Main
                      <span className="sr-only"> ({wordsOf(at)})</span>
                    </span>
                  </label>
                ) : null}
                {row.fixed ? <span>You log in with it</span> : null}
                {row.id && !row.verified && !row.fixed ? (
                  <>
                    <span className="text-warning">Not confirmed yet</span>
                    <button
                      type="button"
                      className="text-link min-h-11 sm:min-h-9"
                      onClick={() => onResend?.(row.id)}
                    >
                      Send the link again
                    </button>
                  </>
                ) : null}
              </div>
            ) : null}
          </div>
        );
      })}
      <ErrorLine
        id={`${name}-more`}
        error={rows.length ? "" : errors?.[`${name}.0`]}
      />
      {rows.length < most ? (
        <button
          type="button"
          data-add=""
          className="btn btn-secondary w-fit"
          onClick={addRow}
        >
          {sign(PLUS)}
          <span>{add}</span>
        </button>
      ) : null}
    </div>
  );
}

function fieldName(name, kind, at, part) {
  if (kind === "company") return `${name}.${at}.${part}`;
  return part === "country" ? `${name}.${at}.country` : `${name}.${at}`;
}

const COMPANY = [
  ["name", "Name", "text", "name"],
  ["email", "Email", "email", "email"],
  ["phone", "Phone", "tel", "tel"],
];

function Company({ row, at, id, name, error, change }) {
  return (
    <fieldset className="min-w-0">
      <legend className="field-label mb-2">Contact {at + 1}</legend>
      <div className="grid gap-3 sm:grid-cols-3">
        {COMPANY.map(([part, words, type, auto]) => (
          <div key={part} className="field">
            <label className="text-sm text-ink-soft" htmlFor={`${id}-${part}`}>
              {words}
            </label>
            <input
              data-own=""
              id={`${id}-${part}`}
              type={type}
              autoComplete={auto}
              className="field-input"
              name={fieldName(name, "company", at, part)}
              value={row[part] ?? ""}
              aria-invalid={error ? "true" : "false"}
              aria-describedby={error ? `${id}-error` : undefined}
              onChange={(event) => change(at, part, event.target.value)}
            />
          </div>
        ))}
      </div>
      <ErrorLine id={id} error={error} />
    </fieldset>
  );
}
