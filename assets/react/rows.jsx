import { useEffect, useRef, useState } from "react";
import { describedBy, ErrorLine, svgIcon } from "./field_parts.jsx";
import { useRestored } from "./form_drafts.jsx";
import {
  AWAY,
  AwayButton,
  BIN,
  DOWN,
  inRow,
  MoveButtons,
  PLUS,
  rowChanges,
  useRowFocus,
} from "./row_list.jsx";
import {
  changed,
  chosenOption,
  firstPrimary,
  firstRows,
  formattedRows,
  mainPart,
  newRow,
  pathOf,
  primaryWithout,
  restoredRows,
  setAside,
  without,
} from "./rows.js";

const INPUTS = {
  text: { type: "text" },
  email: { type: "email", inputMode: "email", autoCapitalize: "none", spellCheck: false },
  tel: { type: "tel", inputMode: "tel", spellCheck: false },
};
const INPUT = ":is(input:not([type=hidden], [type=radio]), select)";

// Several of one thing: `name.0`, `name.1` … or, of rows with several inputs,
// `name.0.PART` … are what the form sends.
//
// With `primary` one of them is the main one: `name.primary` is its number. With
// `aside` somebody keeps their order: each has a `key`, and what was there before and
// is taken away is only set aside: it is not sent, and can be had back. `keepsOne`
// leaves a last row to fill in.
export function Rows({
  name,
  label,
  add,
  initial,
  parts,
  errors,
  most,
  primary,
  keepsOne,
  aside,
  keeps,
  formatted,
  onFormatPhone,
  onResend,
}) {
  const ordered = Boolean(aside);
  const main = mainPart(parts);
  const single = parts.length === 1;
  const inLine = single || parts.some((part) => part.main);
  const shape = { name, parts, ordered, keepsOne };
  const box = useRef(null);
  const known = useRef(initial ?? []);
  const [rows, setRows] = useState(() => firstRows(initial, shape));
  const [chosen, setChosen] = useState(() => firstPrimary(initial));
  const away = ordered ? setAside(known.current, rows) : [];
  const countryOf = (row) =>
    chosenOption(row, parts.find((part) => part.name === "country") ?? {});

  useRestored(box, (typed) => {
    setRows(restoredRows(typed, initial, shape));
    setChosen(Number(typed[`${name}.primary`]) || 0);
  });

  const focus = useRowFocus(box, rows);

  useEffect(() => {
    if (onFormatPhone && formatted)
      setRows((now) => formattedRows(now, formatted, countryOf));
  }, [formatted]);

  const change = (at, changes) => setRows((now) => changed(now, at, changes));
  const put = (row) => {
    const added = newRow(row);
    focus.current = inRow(added, inLine ? "[data-main]" : INPUT);
    setRows([...rows, added]);
  };
  const { move } = rowChanges(rows, setRows, focus);
  const remove = (at) => {
    // Where things have an order, whoever takes away one may take away the next.
    const next = ordered ? (rows[at + 1] ?? rows[at - 1]) : (rows[at - 1] ?? rows[at + 1]);
    const what = ordered ? "[data-away]" : inLine ? "[data-main]" : INPUT;
    focus.current = next ? inRow(next, what) : "[data-add]";
    setRows(without(rows, at));
    setChosen(primaryWithout(chosen, at));
  };
  // In an ordered list of single lines, Enter leads to the next line, as on paper.
  const onward = (at) => {
    const next = rows[at + 1];
    if (!next && rows.length < most) put({});
    else if (next) box.current.querySelector(inRow(next, "[data-main]"))?.focus();
  };

  const numbered = (at) => `${label} ${at + 1}`;
  const titleOf = (at) => (at || ordered ? numbered(at) : label);
  const actions = (row, at) => {
    const words = titleOf(at).toLowerCase();
    return (
      <>
        {ordered ? (
          <MoveButtons what={words} at={at} count={rows.length} onMove={move} />
        ) : null}
        {row.fixed || (keepsOne && rows.length === 1) ? null : (
          <AwayButton
            what={words}
            shape={ordered ? AWAY : BIN}
            onClick={() => remove(at)}
          />
        )}
      </>
    );
  };
  const draw = (part, row, at, more) => {
    const id = `${name}-${row.mark}`;
    const error = errors?.[`${name}.${at}`];
    const leads = part === main;
    return (
      <Part
        part={part}
        row={row}
        inLine={inLine}
        id={leads ? id : `${id}-${part.name}`}
        name={pathOf(name, at, part.path)}
        {...(leads ? describedBy(id, error) : describedBy("", ""))}
        {...(leads && { "data-main": "" })}
        onChange={(value) => {
          change(at, { [part.name]: value });
          if (part.kind === "select") onFormatPhone?.(row.number, value);
        }}
        onBlur={() => leads && row.number && onFormatPhone?.(row.number, countryOf(row))}
        onEnter={ordered && single ? () => onward(at) : undefined}
        {...more}
      />
    );
  };
  const key = (row, at) =>
    ordered ? (
      <input
        type="hidden"
        data-own=""
        name={pathOf(name, at, "key")}
        value={row.key ?? ""}
        readOnly
      />
    ) : null;

  const line = (row, at) => {
    const id = `${name}-${row.mark}`;
    const error = errors?.[`${name}.${at}`];
    const status = primary && (rows.length > 1 || row.email) ? `${id}-state` : "";
    const others = (part) =>
      part === main
        ? status && !error && { "aria-describedby": status }
        : { "aria-label": `${titleOf(at)}: ${part.label}` };
    return (
      <div key={row.mark} data-row={row.mark} className="flex flex-col gap-1.5">
        {key(row, at)}
        <div
          className={`flex items-center gap-x-2 gap-y-1 ${ordered ? "max-sm:flex-wrap" : "flex-wrap"}`}
        >
          <label
            className={`field-label shrink-0 ${ordered ? "max-sm:w-full sm:w-20" : "w-full"}`}
            htmlFor={id}
          >
            {titleOf(at)}
          </label>
          {parts.map((part) => (
            <span
              key={part.name}
              className={part === main ? "min-w-0 flex-1" : "w-28 shrink-0 sm:w-44"}
            >
              {draw(part, row, at, others(part))}
            </span>
          ))}
          <span className={ordered ? "-mr-2 flex shrink-0" : "contents"}>
            {actions(row, at)}
          </span>
        </div>
        <ErrorLine id={id} error={error} />
        {status ? (
          <RowStatus
            {...{ id: status, name, at, row, onResend }}
            title={titleOf(at)}
            several={rows.length > 1}
            chosen={chosen === at}
            onChoose={() => setChosen(at)}
          />
        ) : null}
      </div>
    );
  };

  const block = (row, at) => (
    <fieldset
      key={row.mark}
      data-row={row.mark}
      className="min-w-0 rounded-2xl border border-line px-4 pt-1 pb-4"
    >
      <legend className="sr-only">{numbered(at)}</legend>
      {key(row, at)}
      <div className="flex items-center justify-between">
        <span className="field-label" aria-hidden="true">
          {numbered(at)}
        </span>
        <span className="-mr-2 flex shrink-0">{actions(row, at)}</span>
      </div>
      <div className={`grid gap-3 ${parts.length === 3 ? "sm:grid-cols-3" : "sm:grid-cols-2"}`}>
        {parts.map((part) => (
          <div key={part.name} className="field">
            {part.kind === "tick" ? null : (
              <label
                className="text-sm text-ink-soft"
                htmlFor={`${name}-${row.mark}${part === main ? "" : `-${part.name}`}`}
              >
                {part.label}
              </label>
            )}
            {draw(part, row, at)}
          </div>
        ))}
      </div>
      <ErrorLine id={`${name}-${row.mark}`} error={errors?.[`${name}.${at}`]} />
    </fieldset>
  );

  // Of a list whose only row is missing, what is wrong with the first is said here.
  const error = errors?.[name] || (rows.length ? "" : errors?.[`${name}.0`]);
  return (
    <div
      ref={box}
      className="flex flex-col gap-3.5"
      {...(!ordered && { "role": "group", "aria-label": `${label}s` })}
    >
      {rows.map(inLine ? line : block)}
      <ErrorLine id={name} error={error} />
      {rows.length < most ? (
        <button
          type="button"
          data-add=""
          className="btn btn-secondary w-fit"
          aria-describedby={error ? `${name}-error` : undefined}
          onClick={() => put({})}
        >
          {svgIcon(PLUS)}
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
                <span className="min-w-0 wrap-anywhere text-[0.9375rem]">
                  {row[main.name]}
                </span>
                <button
                  type="button"
                  className="btn btn-ghost btn-sm"
                  aria-label={`Take ${row[main.name]} back`}
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

function Part({ part, row, inLine, onChange, onBlur, onEnter, ...rest }) {
  const shared = { ...rest, "data-own": "" };
  const value = row[part.name] ?? "";
  const hear = (event) => onChange(event.target.value);
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
          value={chosenOption(row, part)}
          onChange={hear}
        >
          {(part.options ?? []).map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
        {svgIcon(DOWN, `icon field-arrow ${inLine ? "right-3!" : ""}`)}
      </span>
    );
  return (
    <input
      {...INPUTS[part.kind]}
      {...shared}
      autoComplete={part.auto || "off"}
      className="field-input"
      value={value}
      readOnly={row.fixed ? true : undefined}
      onChange={hear}
      onBlur={onBlur}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !onEnter || event.nativeEvent.isComposing) return;
        event.preventDefault();
        onEnter();
      }}
    />
  );
}

// Below an email or a phone: whether it is the main one, and what is to be done.
function RowStatus({ id, name, at, row, title, several, chosen, onChoose, onResend }) {
  return (
    <div id={id} className="flex flex-wrap items-center gap-x-4 text-sm text-ink-soft">
      {several ? (
        <label className="flex min-h-11 items-center gap-2.5 sm:min-h-9">
          <input
            data-own=""
            type="radio"
            className="tick"
            name={`${name}.primary`}
            value={at}
            checked={chosen}
            onChange={onChoose}
          />
          <span>
            Main
            <span className="sr-only"> ({title})</span>
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
  );
}
