import { useEffect, useRef, useState } from "react";
import { describedBy, ErrorLine, svgIcon } from "./field_parts.jsx";
import { announce, useRestored } from "./form_drafts.jsx";
import {
  newChoice,
  newOption,
  replaced,
  restoredOptions,
  shownChoices,
} from "./option_rows.js";
import { moved, without } from "./rows.js";

const PLUS = "M5 12h14M12 5v14";
const UP = "m18 15-6-6-6 6";
const DOWN = "m6 9 6 6 6-6";
const AWAY = "M18 6 6 18M6 6l12 12";
const BIN =
  "M3 6h18M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2M10 11v6M14 11v6";
const KINDS = [
  ["single", "One choice"],
  ["several", "Any of several"],
  ["quantity", "A number of something"],
];

const iconButton = (says, shape, props) => (
  <button
    key={says}
    type="button"
    className="btn btn-ghost btn-icon"
    aria-label={says}
    title={says}
    {...props}
  >
    {svgIcon(shape)}
  </button>
);
const sameActions = (what, at, count, { onMove, onRemove, bin }) => (
  <span className="-mr-2 flex shrink-0">
    {iconButton(`Move ${what} up`, UP, {
      "data-move": -1,
      "disabled": at === 0,
      "onClick": () => onMove(-1),
    })}
    {iconButton(`Move ${what} down`, DOWN, {
      "data-move": 1,
      "disabled": at === count - 1,
      "onClick": () => onMove(1),
    })}
    {iconButton(`Remove ${what}`, bin, { "data-away": "", "onClick": onRemove })}
  </span>
);

// What a customer chooses, and what each choice adds: the form sends
// `options.0.name`, `options.0.choices.0.price` and so on.
export function OptionRows({ initial, errors, currency, most, saved }) {
  const box = useRef(null);
  const focus = useRef(null);
  const first = () => (initial ?? []).map(newOption);
  const [options, setOptions] = useState(first);
  const stored = useRef(saved);
  useEffect(() => {
    if (!saved || saved === stored.current) return;
    stored.current = saved;
    setOptions(first());
  }, [saved]);
  useRestored(box, (typed) => setOptions(restoredOptions(typed)));
  useEffect(() => {
    if (!focus.current) return;
    const wanted = box.current.querySelector(focus.current);
    focus.current = null;
    const other = wanted?.disabled
      ? [...wanted.parentElement.children].find((one) => !one.disabled)
      : wanted;
    other?.focus();
    announce(box.current);
  }, [options]);

  const change = (at, changes) => setOptions((now) => replaced(now, at, changes));
  const put = () => {
    const added = newOption();
    focus.current = `[data-row="${added.mark}"] input[type=text]`;
    setOptions([...options, added]);
  };
  const move = (at, by) => {
    focus.current = `[data-row="${options[at].mark}"] [data-move="${by}"]`;
    setOptions(moved(options, at, by));
  };
  const remove = (at) => {
    const next = options[at + 1] ?? options[at - 1];
    focus.current = next ? `[data-row="${next.mark}"] [data-away]` : "[data-add]";
    setOptions(without(options, at));
  };

  return (
    <div ref={box} className="flex flex-col gap-4">
      {options.map((option, at) => (
        <Option
          key={option.mark}
          {...{ option, at, errors, currency, focus }}
          actions={sameActions(`option ${at + 1}`, at, options.length, {
            onMove: (by) => move(at, by),
            onRemove: () => remove(at),
            bin: BIN,
          })}
          onChange={(changes) => change(at, changes)}
        />
      ))}
      <ErrorLine id="options" error={errors?.options} />
      {options.length < most ? (
        <button
          type="button"
          data-add=""
          className="btn btn-secondary w-fit"
          onClick={put}
        >
          {svgIcon(PLUS)}
          <span>Add an option</span>
        </button>
      ) : null}
    </div>
  );
}

function Option({ option, at, errors, currency, focus, actions, onChange }) {
  const name = `options.${at}`;
  const id = `option-${option.mark}`;
  const error = errors?.[name];
  const counted = option.kind === "quantity";
  const field = (part, label, props = {}) => (
    <div className="field min-w-0">
      <label className="text-sm text-ink-soft" htmlFor={`${id}-${part}`}>
        {label}
      </label>
      <input
        id={`${id}-${part}`}
        type="text"
        data-own=""
        name={`${name}.${part}`}
        className="field-input"
        autoComplete="off"
        value={option[part]}
        onChange={({ target }) => onChange({ [part]: target.value })}
        {...props}
      />
    </div>
  );
  return (
    <fieldset
      data-row={option.mark}
      className="min-w-0 rounded-2xl border border-line px-4 pt-1.5 pb-4"
    >
      <legend className="sr-only">Option {at + 1}</legend>
      <input type="hidden" data-own="" name={`${name}.key`} value={option.key} readOnly />
      <div className="flex items-center justify-between">
        <span className="field-label" aria-hidden="true">
          Option {at + 1}
        </span>
        {actions}
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        {field("name", "What is asked", describedBy(id, error))}
        <div className="field min-w-0">
          <label className="text-sm text-ink-soft" htmlFor={`${id}-kind`}>
            How it is answered
          </label>
          <span className="relative block">
            <select
              id={`${id}-kind`}
              data-own=""
              name={`${name}.kind`}
              className="field-input"
              value={option.kind}
              onChange={({ target }) => onChange({ kind: target.value })}
            >
              {KINDS.map(([key, words]) => (
                <option key={key} value={key}>
                  {words}
                </option>
              ))}
            </select>
            {svgIcon(DOWN, "icon field-arrow")}
          </span>
        </div>
      </div>
      <ErrorLine id={id} error={error} />
      <div className="mt-3">{field("help", "Help (optional)")}</div>
      {counted ? (
        <div className="mt-3 grid grid-cols-2 gap-3">
          {field("minimum", "At least", { inputMode: "numeric" })}
          {field("maximum", "At most", { inputMode: "numeric" })}
        </div>
      ) : (
        <label className="mt-1 flex min-h-11 items-center gap-3">
          <input
            type="checkbox"
            data-own=""
            name={`${name}.required`}
            className="tick"
            checked={option.required}
            onChange={({ target }) => onChange({ required: target.checked })}
          />
          <span className="text-[0.9375rem]">Must be answered</span>
        </label>
      )}
      <Choices {...{ option, at, name, counted, errors, currency, focus, onChange }} />
    </fieldset>
  );
}

function Choices({ option, at, name, counted, errors, currency, focus, onChange }) {
  const { choices } = option;
  const set = (next) => onChange({ choices: next });
  const put = () => {
    const added = newChoice();
    focus.current = `[data-row="${added.mark}"] input[type=text]`;
    set([...choices, added]);
  };
  const move = (place, by) => {
    focus.current = `[data-row="${choices[place].mark}"] [data-move="${by}"]`;
    set(moved(choices, place, by));
  };
  const remove = (place) => {
    const next = choices[place + 1] ?? choices[place - 1];
    focus.current = next
      ? `[data-row="${next.mark}"] [data-away]`
      : `[data-row="${option.mark}"] [data-add]`;
    set(without(choices, place));
  };
  return (
    <div className="mt-3 flex flex-col gap-3">
      {shownChoices(option).map((choice, place) => {
        const error = errors?.[`${name}.choices.${place}`];
        const id = `choice-${choice.mark}`;
        const words = counted ? "Each" : `Choice ${place + 1}`;
        const of = `${words} of option ${at + 1}`;
        const input = (part, label, more = {}) => (
          <span className="field min-w-0">
            {label ? (
              <label className="text-sm text-ink-soft" htmlFor={`${id}-${part}`}>
                {label}
                <span className="sr-only">, {of}</span>
              </label>
            ) : null}
            <input
              id={`${id}-${part}`}
              type="text"
              data-own=""
              name={`${name}.choices.${place}.${part}`}
              className="field-input"
              autoComplete="off"
              value={choice[part]}
              onChange={({ target }) =>
                set(replaced(choices, place, { [part]: target.value }))
              }
              {...more}
            />
          </span>
        );
        return (
          <div key={choice.mark} data-row={choice.mark} className="rounded-xl bg-sunken p-3">
            <input
              type="hidden"
              data-own=""
              name={`${name}.choices.${place}.key`}
              value={choice.key}
              readOnly
            />
            <div className="flex min-h-11 items-center justify-between gap-3">
              <label className="field-label" htmlFor={`${id}-name`}>
                {counted ? "What is counted" : words}
                <span className="sr-only">, {counted ? of : `option ${at + 1}`}</span>
              </label>
              {counted || choices.length === 1
                ? null
                : sameActions(`choice ${place + 1} of option ${at + 1}`, place, choices.length, {
                    onMove: (by) => move(place, by),
                    onRemove: () => remove(place),
                    bin: AWAY,
                  })}
            </div>
            <div className="grid grid-cols-2 items-end gap-x-3 gap-y-2 @md:grid-cols-[minmax(0,1fr)_7rem_5.5rem]">
              <span className="col-span-full @md:col-span-1">
                {input("name", "", describedBy(id, error))}
              </span>
              {input("price", `Adds (${currency})`, { inputMode: "decimal" })}
              {input("minutes", "Minutes", { inputMode: "numeric" })}
            </div>
            <ErrorLine id={id} error={error} />
          </div>
        );
      })}
      {counted ? null : (
        <button type="button" data-add="" className="btn btn-secondary btn-sm w-fit" onClick={put}>
          {svgIcon(PLUS)}
          <span>
            Add a choice<span className="sr-only"> to option {at + 1}</span>
          </span>
        </button>
      )}
    </div>
  );
}
