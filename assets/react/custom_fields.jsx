import { useEffect, useRef, useState } from "react";
import { Frame, describedBy, svgIcon } from "./field_parts.jsx";
import { SignatureInput } from "./signature.jsx";
import { useRestored } from "./form_drafts.jsx";
import {
  answersOf,
  helpOf,
  inputName,
  isGroup,
  isRadios,
  refilled,
  shownFields,
  toggled,
} from "./custom_fields.js";
import { FileInput } from "./upload.jsx";

const DOWN = "m6 9 6 6 6-6";
function Radios({ name, id, choices, value, error, onPick }) {
  return (
    <div className="choice-row">
      {choices.map(({ key, name: label }, at) => (
        <label key={key} className="choice choice-small">
          <input
            type="radio"
            className="tick"
            id={at ? `${id}-${key || "none"}` : id}
            name={name}
            value={key}
            defaultChecked={value === key}
            aria-invalid={error ? "true" : "false"}
            onChange={() => onPick(key)}
          />
          <span>{label}</span>
        </label>
      ))}
    </div>
  );
}

function Choices({ field, name, id, error, onPick }) {
  const [ticked, setTicked] = useState(field.values);
  const toggle = (key) => {
    const next = toggled(ticked, key);
    setTicked(next);
    onPick(next);
  };
  return (
    <div className="choice-row">
      <input type="hidden" name={name} value={ticked.join(" ")} readOnly />
      {field.choices.map(({ key, name: label }, at) => (
        <label key={key} className="choice choice-small">
          <input
            type="checkbox"
            className="tick"
            id={at ? `${id}-${key}` : id}
            checked={ticked.includes(key)}
            aria-invalid={error ? "true" : "false"}
            onChange={() => toggle(key)}
          />
          <span>{label}</span>
        </label>
      ))}
    </div>
  );
}

function Control({ field, id, name, error, help, onPick }) {
  const shared = {
    id,
    name,
    className: "field-input",
    defaultValue: field.value,
    "aria-required": field.required ? "true" : undefined,
    ...describedBy(id, error, help),
  };
  const hear = (event) => onPick(event.target.value);
  switch (field.kind) {
    case "long_text":
      return <textarea {...shared} rows={3} maxLength={field.max_length || undefined} />;
    case "number":
      return (
        <span className="relative block">
          <input
            {...shared}
            type="text"
            inputMode={field.step.includes(".") ? "decimal" : "numeric"}
            autoComplete="off"
          />
          {field.unit ? (
            <span className="field-unit" aria-hidden="true">
              {field.unit}
            </span>
          ) : null}
        </span>
      );
    case "date":
      return (
        <input
          {...shared}
          type="date"
          min={field.minimum || undefined}
          max={field.maximum || undefined}
        />
      );
    case "choice":
      if (isRadios(field))
        return (
          <Radios
            {...{ name, id, error, onPick }}
            choices={field.choices}
            value={field.value}
          />
        );
      return (
        <span className="relative block">
          <select {...shared} onChange={hear}>
            <option value="">{field.required ? "Please choose" : "Not given"}</option>
            {field.choices.map((choice) => (
              <option key={choice.key} value={choice.key}>
                {choice.name}
              </option>
            ))}
          </select>
          {svgIcon(DOWN, "icon field-arrow")}
        </span>
      );
    case "yes_no": {
      const choices = [
        { key: "yes", name: "Yes" },
        { key: "no", name: "No" },
      ];
      if (!field.required) choices.push({ key: "", name: "Not given" });
      return (
        <Radios {...{ name, id, error, onPick, choices }} value={field.value} />
      );
    }
    case "choices":
      return <Choices {...{ field, id, error, onPick }} name={name} />;
    case "file":
      return (
        <FileInput
          id={id}
          name={name}
          purpose="field"
          initial={field.file}
          invalid={Boolean(error)}
          describedby={shared["aria-describedby"]}
          required={field.required}
        />
      );
    case "signature":
      return <SignatureInput {...{ field, id, name, error }} />;
    default:
      return <input {...shared} type="text" maxLength={field.max_length || undefined} />;
  }
}

export function Field({ field, id, shown, error, part, onPick }) {
  if (!field.editable)
    return (
      <div className="field" hidden={!shown}>
        <span className="field-label">{field.name}</span>
        <span className="text-ink-soft">
          {field.text || field.file.name || "Not given"}
        </span>
      </div>
    );
  const help = helpOf(field);
  const name = inputName(field, part);
  // A fieldset that is not shown is disabled: it keeps what was entered, and the
  // form does not send it.
  return (
    <fieldset hidden={!shown} disabled={!shown} className="min-w-0">
      <Frame
        id={id}
        label={field.name}
        required={field.required}
        error={error}
        help={help}
        group={isGroup(field)}
      >
        <Control {...{ field, id, name, error, help, onPick }} />
      </Frame>
    </fieldset>
  );
}

function Fields({ fields, errors, within, part }) {
  const [answers, setAnswers] = useState(() => answersOf(fields));
  const shown = shownFields(fields, answers);
  return fields.map((field) => (
    <Field
      key={field.key}
      field={field}
      id={within ? `field-${within}-${field.key}` : `field-${field.key}`}
      shown={shown[field.key]}
      error={errors?.[within ? `${within}.${field.key}` : field.key]}
      part={part}
      onPick={(value) => setAnswers((now) => ({ ...now, [field.key]: value }))}
    />
  ));
}

const NONE = [];

// The fields a business defines, within a form. `of` says whose they are. What is
// being filled in is never replaced by what the page learns meanwhile, nor lost when
// the server forgets the page for a moment: new values show when the dialog is
// opened again, or while nothing was entered. `within` names the part of a form that
// has other fields as well, and names of inputs begin with `part`.
export function CustomFields({ fields: given, errors, of: whose, within, part }) {
  const fields = given ?? NONE; // the page may not know them yet
  const of = whose ?? "";
  const marker = useRef(null);
  const entered = useRef(false);
  const typed = useRef(null);
  const latest = useRef(null);
  latest.current = { fields, of, text: JSON.stringify(fields) };
  const [kept, setKept] = useState({ ...latest.current, round: 0 });

  const draw = (next) =>
    setKept((now) => {
      const fields = typed.current ? refilled(next.fields, typed.current, part) : next.fields;
      return { ...next, fields, round: now.round + 1 };
    });
  useEffect(() => {
    const form = marker.current.closest("form");
    const note = () => (entered.current = true);
    const renew = () => {
      entered.current = false;
      typed.current = null;
      if (latest.current.fields.length) draw(latest.current);
    };
    form?.addEventListener("input", note);
    form?.addEventListener("reset", renew);
    return () => {
      form?.removeEventListener("input", note);
      form?.removeEventListener("reset", renew);
    };
  }, []);
  useRestored(marker, (before) => {
    entered.current = true;
    typed.current = before;
    draw(latest.current);
  });

  useEffect(() => {
    const next = latest.current;
    const same = next.of === kept.of;
    if (!next.fields.length && (entered.current || !next.of)) return;
    if (same && kept.fields.length && entered.current) return;
    if (same && next.text === kept.text) return;
    if (!same && kept.of) typed.current = null;
    draw(next);
  }, [fields, of]);

  return (
    <>
      <span ref={marker} hidden />
      <Fields
        key={`${kept.of} ${kept.round}`}
        fields={kept.fields}
        errors={errors}
        within={within}
        part={part}
      />
    </>
  );
}
