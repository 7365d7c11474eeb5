import { useEffect, useRef, useState } from "react";
import { useEditDialog } from "./edit_dialog.jsx";
import { Frame, describedBy, svgIcon } from "./field_parts.jsx";
import { useRestored } from "./form_drafts.jsx";
import { FileInput } from "./upload.jsx";

// The inside of a dialog that adds a document, of the kind that is `missing` if any,
// or changes the one that is given.
export function DocumentFields({ kinds, given, missing, errors, onRemove }) {
  const marker = useRef(null);
  const dialog = useEditDialog();
  // The page may not know them yet, or forget them for a moment.
  const known = useRef([]);
  if (kinds?.length) known.current = kinds;
  const first = known.current.find(({ name }) => name === missing) ?? known.current[0];
  const [key, setKey] = useState(given ? given.kind : (first?.key ?? ""));
  const [sure, setSure] = useState(null);
  const remover = useRef(null);
  useEffect(() => {
    if (sure === false) remover.current.focus();
  }, [sure]);
  useRestored(marker, (typed) => setKey(typed.kind ?? ""));

  const kind = known.current.find((one) => one.key === key);
  const expires = kind?.expires ?? "sometimes";
  const retired = given?.kind && !known.current.some((one) => one.key === given.kind);
  const field = (name) => ({
    id: `field-document-${name}`,
    name,
    className: "field-input",
    ...describedBy(`field-document-${name}`, errors?.[name], ""),
  });
  return (
    <>
      <input
        ref={marker}
        type="hidden"
        name="document"
        value={given?.id ?? ""}
        readOnly
      />
      {known.current.length ? (
        <Frame
          id="field-document-kind"
          label="Kind of document"
          required
          error={errors?.kind}
          help={kind?.help}
        >
          <span className="relative block">
            <select
              {...field("kind")}
              value={key}
              onChange={(event) => setKey(event.target.value)}
            >
              {retired ? <option value={given.kind}>{given.title}</option> : null}
              {known.current.map(({ key, name }) => (
                <option key={key} value={key}>
                  {name}
                </option>
              ))}
              <option value="">Another document</option>
            </select>
            {svgIcon("m6 9 6 6 6-6", "icon field-arrow")}
          </span>
        </Frame>
      ) : (
        <input type="hidden" name="kind" value={key} readOnly />
      )}
      <Frame id="field-document-name" label="Name" required={!key} error={errors?.name}>
        <input
          {...field("name")}
          type="text"
          maxLength={80}
          defaultValue={given?.name ?? ""}
        />
      </Frame>
      <Frame id="field-document-file_id" label="File" required error={errors?.file_id}>
        <FileInput
          id="field-document-file_id"
          name="file_id"
          purpose="document"
          initial={given?.file}
          invalid={Boolean(errors?.file_id)}
          describedby={errors?.file_id ? "field-document-file_id-error" : undefined}
          required
        />
      </Frame>
      {expires === "never" ? null : (
        <Frame
          id="field-document-expires_on"
          label="Expires on"
          required={expires === "always"}
          error={errors?.expires_on}
        >
          <input
            {...field("expires_on")}
            type="date"
            defaultValue={given?.expires_on ?? ""}
          />
        </Frame>
      )}
      {given && !sure ? (
        <button
          ref={remover}
          type="button"
          className="btn btn-ghost btn-sm w-fit"
          onClick={() => setSure(true)}
        >
          Remove this document
        </button>
      ) : null}
      {given && sure ? (
        <div role="group" aria-label="Remove for good?" className="document-remove">
          <p>Remove it for good? Its file is deleted.</p>
          <span className="flex flex-wrap gap-2.5">
            <button
              type="button"
              autoFocus
              className="btn btn-danger btn-sm"
              onClick={() => {
                dialog.shut();
                onRemove(given.id);
              }}
            >
              Remove for good
            </button>
            <button
              type="button"
              className="btn btn-secondary btn-sm"
              onClick={() => setSure(false)}
            >
              Keep it
            </button>
          </span>
        </div>
      ) : null}
    </>
  );
}
