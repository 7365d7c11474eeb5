import { useRef, useState } from "react";
import { describedBy, ErrorLine, svgIcon } from "./field_parts.jsx";
import { useRestored } from "./form_drafts.jsx";
import { newChoice, newOption, restoredOptions, shownChoices } from "./option_rows.js";
import {
  AWAY,
  AwayButton,
  DOWN,
  inRow,
  MoveButtons,
  PLUS,
  rowChanges,
  useRowFocus,
  useSaved,
} from "./row_list.jsx";
import { changed } from "./rows.js";

const KINDS = [
  ["single", "One choice"],
  ["several", "Any of several"],
  ["quantity", "A number of something"],
];

const Actions = ({ what, at, count, shape, onMove, onRemove }) => (
  <span className="-mr-2 flex shrink-0">
    <MoveButtons {...{ what, at, count, onMove }} />
    <AwayButton {...{ what, shape }} onClick={() => onRemove(at)} />
  </span>
);

// What a customer chooses, and what each choice adds: the form sends
// `options.0.name`, `options.0.choices.0.price` and so on.
export function OptionRows({ initial, errors, currency, most, saved }) {
  const box = useRef(null);
  const first = () => (initial ?? []).map(newOption);
  const [options, setOptions] = useState(first);
  useSaved(saved, () => setOptions(first()));
  useRestored(box, (typed) => setOptions(restoredOptions(typed)));
  const focus = useRowFocus(box, options);

  const change = (at, changes) => setOptions((now) => changed(now, at, changes));
  const { put, move, remove } = rowChanges(options, setOptions, focus);

  return (
    <div ref={box} className="flex flex-col gap-4">
      {options.map((option, at) => (
        <Option
          key={option.mark}
          {...{ option, at, errors, currency, focus }}
          actions={
            <Actions
              what={`option ${at + 1}`}
              at={at}
              count={options.length}
              onMove={move}
              onRemove={remove}
            />
          }
          onChange={(changes) => change(at, changes)}
        />
      ))}
      <ErrorLine id="options" error={errors?.options} />
      {options.length < most ? (
        <button
          type="button"
          data-add=""
          className="btn btn-secondary w-fit"
          onClick={() => put(newOption())}
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
  const adder = inRow(option, "[data-add]");
  const { put, move, remove } = rowChanges(choices, set, focus, adder);
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
                set(changed(choices, place, { [part]: target.value }))
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
              {counted || choices.length === 1 ? null : (
                <Actions
                  what={`choice ${place + 1} of option ${at + 1}`}
                  at={place}
                  count={choices.length}
                  shape={AWAY}
                  onMove={move}
                  onRemove={remove}
                />
              )}
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
        <button
          type="button"
          data-add=""
          className="btn btn-secondary btn-sm w-fit"
          onClick={() => put(newChoice())}
        >
          {svgIcon(PLUS)}
          <span>
            Add a choice<span className="sr-only"> to option {at + 1}</span>
          </span>
        </button>
      )}
    </div>
  );
}
