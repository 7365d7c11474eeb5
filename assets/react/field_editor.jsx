import { useEffect, useRef, useState } from "react";
import { useRestored } from "./form_drafts.jsx";
import { ErrorLine, describedBy, svgIcon } from "./field_parts.jsx";
import { Field } from "./custom_fields.jsx";
import { toggled } from "./custom_fields.js";
import { decidersFor, fieldOf, possibleAnswers, tickedAnswers } from "./field_editor.js";

const DOWN = "m6 9 6 6 6-6";
// Which answer to which other field decides, such as that a field is shown: `part` is
// the key of that field, `answers.KEY` is ticked for each answer. Answers that cannot be
// chosen any more stay as they are.
export function ShownWhen({
  fields,
  own,
  initial,
  values,
  error,
  part = "shown_when",
  answers = "shown_values",
  label = "Show it",
  always = "Always",
}) {
  const box = useRef(null);
  const deciders = useRef(decidersFor(fields, own)).current;
  const [decider, setDecider] = useState(initial ?? "");
  const [ticked, setTicked] = useState(values ?? []);
  const chosen = deciders.find(({ key }) => key === decider);
  const offered = chosen ? possibleAnswers(chosen) : [];
  const gone = ticked.filter((one) => !offered.some(({ key }) => key === one));
  const id = `field-${part}`;

  useRestored(box, (typed) => {
    setDecider(typed[part] ?? "");
    setTicked(tickedAnswers(typed, answers));
  });

  return (
    <div ref={box} className="flex flex-col gap-3">
      <div className="field">
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
        <span className="relative block">
          <select
            data-own=""
            id={id}
            name={part}
            className="field-input"
            value={decider}
            {...describedBy(id, error, deciders.length ? "" : "none")}
            onChange={(event) => {
              setDecider(event.target.value);
              setTicked([]);
            }}
          >
            <option value="">{always}</option>
            {deciders.length ? (
              <optgroup label="Depending on the answer to">
                {deciders.map(({ key, name }) => (
                  <option key={key} value={key}>
                    {name}
                  </option>
                ))}
              </optgroup>
            ) : null}
            {decider && !chosen ? <option value={decider}>A field that is gone</option> : null}
          </select>
          {svgIcon(DOWN, "icon field-arrow")}
        </span>
        {deciders.length ? null : (
          <p className="field-help" id={`${id}-help`}>
            Once there is a question with given answers, it can decide whether this one
            is shown.
          </p>
        )}
        {chosen ? null : <ErrorLine id={id} error={error} />}
      </div>
      {chosen ? (
        <fieldset className="min-w-0">
          <legend className="field-label mb-1.5">When the answer is</legend>
          <div className="choice-row">
            {offered.map(({ key, name }) => (
              <label key={key} className="choice choice-small">
                <input
                  data-own=""
                  type="checkbox"
                  className="tick"
                  name={`${answers}.${key}`}
                  checked={ticked.includes(key)}
                  aria-describedby={error ? `${id}-error` : undefined}
                  onChange={() => setTicked((now) => toggled(now, key))}
                />
                <span>{name}</span>
              </label>
            ))}
          </div>
          <ErrorLine id={id} error={error} />
        </fieldset>
      ) : null}
      {gone.map((key) => (
        <input key={key} type="hidden" name={`${answers}.${key}`} value="on" />
      ))}
    </div>
  );
}

const today = () => new Date().toLocaleDateString("en-CA");

// The field as a customer will see it; to look at, not to use.
export function FieldPreview() {
  const box = useRef(null);
  const [field, setField] = useState(null);

  useEffect(() => {
    const { form } = box.current.querySelector("input");
    const draw = () => setField(fieldOf(new FormData(form), today()));
    // After what is drawn anew by this very event.
    const later = () => setTimeout(() => box.current && draw());
    const restored = () => requestAnimationFrame(later);
    draw();
    form.addEventListener("input", later);
    form.addEventListener("restore", restored);
    return () => {
      form.removeEventListener("input", later);
      form.removeEventListener("restore", restored);
    };
  }, []);

  return (
    <div ref={box} className="field-preview" inert aria-hidden="true">
      <input type="hidden" />
      <p className="mb-3 text-xs font-semibold text-ink-faint">What a customer sees</p>
      {field?.seen ? (
        <Field
          key={`${field.kind} ${field.choices.length}`}
          field={field}
          id="field-preview"
          shown
          onPick={() => {}}
        />
      ) : (
        <p className="text-[0.9375rem] text-ink-soft">
          {field ? "Nothing: customers do not see this field." : null}
        </p>
      )}
    </div>
  );
}
