import { useEffect, useRef, useState } from "react";
import { Frame, said, sign } from "./field_parts.jsx";
import { SignatureInput } from "./signature.jsx";
import { FileInput } from "./upload.jsx";

const DOWN = "m6 9 6 6 6-6";
const MOST_RADIOS = 4;

// Which fields are shown with these answers, as the server decides it.
function shownFields(fields, answers) {
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

const answersOf = (fields) =>
  Object.fromEntries(
    fields.map(({ key, kind, value, values }) => [
      key,
      kind === "choices" ? values : value,
    ]),
  );

function rangeOf({ kind, minimum, maximum, unit }) {
  if (kind !== "number" || (!minimum && !maximum)) return "";
  const what = unit ? ` ${unit}` : "";
  if (!maximum) return `At least ${minimum}${what}`;
  if (!minimum) return `At most ${maximum}${what}`;
  return `From ${minimum} to ${maximum}${what}`;
}

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
    const next = ticked.includes(key)
      ? ticked.filter((one) => one !== key)
      : [...ticked, key];
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
    ...said(id, error, help),
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
          {sign(DOWN, "icon field-arrow")}
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

const isRadios = ({ kind, required, choices }) =>
  kind === "choice" && required && choices.length <= MOST_RADIOS;
const isGroup = (field) =>
  ["yes_no", "choices", "signature"].includes(field.kind) || isRadios(field);

function Field({ field, id, shown, error, onPick }) {
  if (!field.editable)
    return (
      <div className="field" hidden={!shown}>
        <span className="field-label">{field.name}</span>
        <span className="text-ink-soft">
          {field.text || field.file.name || "Not given"}
        </span>
      </div>
    );
  const range = rangeOf(field);
  const help = [
    field.help,
    range && !field.help.includes(field.maximum || field.minimum) ? `${range}.` : "",
    field.earlier
      ? `You entered “${field.earlier}” before; it is kept until you enter something new.`
      : "",
  ]
    .filter(Boolean)
    .join(" ");
  const name = `${field.kind === "choices" ? "choices" : "field"}.${field.key}`;
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

function Fields({ fields, errors, prefix }) {
  const [answers, setAnswers] = useState(() => answersOf(fields));
  const shown = shownFields(fields, answers);
  return fields.map((field) => (
    <Field
      key={field.key}
      field={field}
      id={`field-${prefix}${field.key}`}
      shown={shown[field.key]}
      error={errors?.[field.key]}
      onPick={(value) => setAnswers((now) => ({ ...now, [field.key]: value }))}
    />
  ));
}

const NONE = [];

// The fields a business defines, within a form. `of` says whose they are. What is
// being filled in is never replaced by what the page learns meanwhile, nor lost when
// the server forgets the page for a moment: new values show when the dialog is
// opened again, or while nothing was entered.
export function CustomFields({ fields: given, errors, of: whose, prefix = "" }) {
  const fields = given ?? NONE; // the page may not know them yet
  const of = whose ?? "";
  const marker = useRef(null);
  const entered = useRef(false);
  const latest = useRef(null);
  latest.current = { fields, of, text: JSON.stringify(fields) };
  const [kept, setKept] = useState({ ...latest.current, round: 0 });

  useEffect(() => {
    const form = marker.current.closest("form");
    const dialog = marker.current.closest("dialog");
    const note = () => (entered.current = true);
    const renew = () => {
      entered.current = false;
      if (latest.current.fields.length)
        setKept((now) => ({ ...latest.current, round: now.round + 1 }));
    };
    form?.addEventListener("input", note);
    form?.addEventListener("reset", renew);
    const opened = new MutationObserver(() => dialog.open && renew());
    if (dialog) opened.observe(dialog, { attributeFilter: ["open"] });
    return () => {
      form?.removeEventListener("input", note);
      form?.removeEventListener("reset", renew);
      opened.disconnect();
    };
  }, []);

  useEffect(() => {
    const next = latest.current;
    setKept((now) => {
      if (!next.fields.length && (entered.current || !next.of)) return now;
      if (next.of === now.of && (entered.current || next.text === now.text)) return now;
      return { ...next, round: now.round + 1 };
    });
  }, [fields, of]);

  return (
    <>
      <span ref={marker} hidden />
      <Fields
        key={`${kept.of} ${kept.round}`}
        fields={kept.fields}
        errors={errors}
        prefix={prefix}
      />
    </>
  );
}
