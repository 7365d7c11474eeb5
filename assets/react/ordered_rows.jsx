import { useEffect, useRef, useState } from "react";
import { announce, useRestored } from "./form_drafts.jsx";
import { ErrorLine, said, sign } from "./field_parts.jsx";

const PLUS = "M5 12h14M12 5v14";
const UP = "m18 15-6-6-6 6";
const DOWN = "m6 9 6 6 6-6";
const AWAY = "M18 6 6 18M6 6l12 12";

let counter = 0;
const typedAs = (value) => (value === true ? "on" : value || "");
const fresh = (row) => ({
  ...Object.fromEntries(
    Object.entries(row).map(([part, value]) => [part, typedAs(value)]),
  ),
  at: ++counter,
});

function Part({ part, id, name, value, error, onChange, onEnter }) {
  const shared = {
    id,
    name,
    "data-own": "",
    ...said(part.first ? id : "", part.first ? error : "", ""),
  };
  if (part.kind === "tick")
    return (
      <label className="flex min-h-11 items-center gap-3">
        <input
          {...shared}
          type="checkbox"
          className="tick"
          checked={value === "on"}
          onChange={(event) => onChange(event.target.checked ? "on" : "")}
        />
        <span className="text-[0.9375rem]">{part.label}</span>
      </label>
    );
  if (part.kind === "select")
    return (
      <span className="relative block">
        <select
          {...shared}
          className="field-input"
          value={value || part.options[0][0]}
          onChange={(event) => onChange(event.target.value)}
        >
          {part.options.map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
        {sign(DOWN, "icon field-arrow")}
      </span>
    );
  return (
    <input
      {...shared}
      type="text"
      autoComplete="off"
      className="field-input"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !onEnter || event.nativeEvent.isComposing) return;
        event.preventDefault();
        onEnter();
      }}
    />
  );
}

// Things in an order that somebody keeps by hand: `name.0.PART`, `name.1.PART` … are
// what the form sends, with the `key` of what was there before. What is taken away
// and was there before is only set aside: it is not sent, and can be had back.
export function OrderedRows({
  name,
  label,
  add,
  initial,
  parts,
  errors,
  most,
  aside,
  keeps,
}) {
  const box = useRef(null);
  const focus = useRef(null);
  const known = useRef(initial ?? []);
  const [rows, setRows] = useState(() =>
    (initial ?? []).filter((row) => !row.retired).map(fresh),
  );
  const away = known.current.filter(({ key }) => !rows.some((row) => row.key === key));
  const pathOf = (at, part) => `${name}.${at}.${part}`;
  const single = parts.length === 1;

  useRestored(box, (typed) => {
    const found = [];
    for (let at = 0; pathOf(at, "key") in typed; at++)
      found.push(
        fresh({
          key: typed[pathOf(at, "key")],
          ...Object.fromEntries(
            parts.map((part) => [part.name, typed[pathOf(at, part.name)] ?? ""]),
          ),
        }),
      );
    setRows(found);
  });

  useEffect(() => {
    if (!focus.current) return;
    const wanted = box.current.querySelector(focus.current);
    focus.current = null;
    const other = wanted?.disabled
      ? [...wanted.parentElement.children].find((one) => !one.disabled)
      : wanted;
    other?.focus();
    announce(box.current);
  }, [rows]);

  const first = ":is(input:not([type=hidden]), select)";
  const inRow = (row, what) => `[data-row="${row}"] ${what}`;
  const change = (at, part, value) =>
    setRows((now) => now.map((row, i) => (i === at ? { ...row, [part]: value } : row)));
  const put = (row) => {
    const added = fresh(row);
    focus.current = inRow(added.at, first);
    setRows([...rows, added]);
  };
  const move = (at, by) => {
    const next = [...rows];
    next.splice(at + by, 0, ...next.splice(at, 1));
    focus.current = inRow(rows[at].at, `[data-move="${by}"]`);
    setRows(next);
  };
  // In a list of single lines, Enter leads to the next line, as on paper.
  const onward = (at) => {
    const next = rows[at + 1];
    if (!next && rows.length < most) put({});
    else if (next) box.current.querySelector(inRow(next.at, first))?.focus();
  };
  const remove = (at) => {
    const next = rows[at + 1] ?? rows[at - 1];
    focus.current = next ? inRow(next.at, "[data-away]") : "[data-add]";
    setRows(rows.filter((_, i) => i !== at));
  };

  const actions = (row, at, words) => (
    <span className="-mr-2 flex shrink-0">
      {[
        [-1, UP, `Move ${words} up`, at === 0],
        [1, DOWN, `Move ${words} down`, at === rows.length - 1],
      ].map(([by, shape, said, disabled]) => (
        <button
          key={by}
          type="button"
          data-move={by}
          className="btn btn-ghost btn-icon"
          aria-label={said}
          title={said}
          disabled={disabled}
          onClick={() => move(at, by)}
        >
          {sign(shape)}
        </button>
      ))}
      <button
        type="button"
        data-away=""
        className="btn btn-ghost btn-icon"
        aria-label={`Remove ${words}`}
        title={`Remove ${words}`}
        onClick={() => remove(at)}
      >
        {sign(AWAY)}
      </button>
    </span>
  );

  return (
    <div ref={box} className="flex flex-col gap-3">
      {rows.map((row, at) => {
        const id = `${name}-${row.at}`;
        const error = errors?.[`${name}.${at}`];
        const words = `${label.toLowerCase()} ${at + 1}`;
        const key = (
          <input type="hidden" data-own="" name={pathOf(at, "key")} value={row.key ?? ""} readOnly />
        );
        const drawn = (part) => (
          <Part
            part={part}
            id={part.first ? id : `${id}-${part.name}`}
            name={pathOf(at, part.name)}
            value={row[part.name] ?? ""}
            error={error}
            onChange={(value) => change(at, part.name, value)}
            onEnter={single ? () => onward(at) : undefined}
          />
        );
        if (single)
          return (
            <div key={row.at} data-row={row.at} className="flex flex-col gap-1.5">
              {key}
              <div className="flex items-center gap-x-2 gap-y-1 max-sm:flex-wrap">
                <label
                  className="field-label shrink-0 max-sm:w-full sm:w-20"
                  htmlFor={id}
                >
                  {label} {at + 1}
                </label>
                <div className="min-w-0 flex-1">{drawn({ ...parts[0], first: true })}</div>
                {actions(row, at, words)}
              </div>
              <ErrorLine id={id} error={error} />
            </div>
          );
        return (
          <fieldset
            key={row.at}
            data-row={row.at}
            className="min-w-0 rounded-2xl border border-line px-4 pt-1 pb-4"
          >
            <legend className="sr-only">
              {label} {at + 1}
            </legend>
            {key}
            <div className="flex items-center justify-between">
              <span className="field-label" aria-hidden="true">
                {label} {at + 1}
              </span>
              {actions(row, at, words)}
            </div>
            <div className="grid gap-3 sm:grid-cols-2">
              {parts.map((part, index) => (
                <div key={part.name} className="field">
                  {part.kind === "tick" ? null : (
                    <label
                      className="text-sm text-ink-soft"
                      htmlFor={index ? `${id}-${part.name}` : id}
                    >
                      {part.label}
                    </label>
                  )}
                  {drawn({ ...part, first: index === 0 })}
                </div>
              ))}
            </div>
            <ErrorLine id={id} error={error} />
          </fieldset>
        );
      })}
      <ErrorLine id={name} error={errors?.[name]} />
      {rows.length < most ? (
        <button
          type="button"
          data-add=""
          className="btn btn-secondary w-fit"
          aria-describedby={errors?.[name] ? `${name}-error` : undefined}
          onClick={() => put({})}
        >
          {sign(PLUS)}
          <span>{add}</span>
        </button>
      ) : null}
      {away.length ? (
        <div className="rounded-2xl bg-sunken px-4 py-3">
          <p className="field-label">{aside}</p>
          <p className="mt-0.5 text-sm text-ink-soft">{keeps}</p>
          <ul className="mt-1 flex flex-col">
            {away.map((row) => (
              <li key={row.key} className="flex items-center justify-between gap-3">
                <span className="min-w-0 break-words text-[0.9375rem]">{row.name}</span>
                <button
                  type="button"
                  className="btn btn-ghost btn-sm"
                  aria-label={`Take ${row.name} back`}
                  onClick={() => put({ ...row, retired: false })}
                >
                  Take back
                </button>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}
