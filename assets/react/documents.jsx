import { useEffect, useRef, useState } from "react";
import { Frame, said, sign } from "./field_parts.jsx";
import { FileInput } from "./upload.jsx";

const newRequest = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
const EMPTY = { id: "", version: 0, kind: "", name: "", expires_on: "", file: null };

// The inside of the one dialog that adds and changes documents. Whichever button
// opens it says in `data-document` what it is about, so nothing has to be asked of
// the server and nothing is lost while it is away.
export function DocumentFields({ kinds, errors, saved, seen, onRemove }) {
  const marker = useRef(null);
  const known = useRef([]);
  if (kinds?.length) known.current = kinds;
  const [now, setNow] = useState({ ...EMPTY, request: "", round: 0 });
  const [sure, setSure] = useState(false);

  useEffect(() => {
    const dialog = marker.current.closest("dialog");
    const open = (event) => {
      const button = event.target.closest?.(`[commandfor="${dialog.id}"]`);
      if (!button || button.getAttribute("command") === "close") return;
      const { missing, ...about } = JSON.parse(button.dataset.document || "{}");
      const kinds = known.current;
      const first = kinds.find(({ name }) => name === missing) ?? kinds[0];
      setSure(false);
      marker.current.form.reset();
      setNow((before) => ({
        ...EMPTY,
        kind: first?.key ?? "",
        ...about,
        request: newRequest(),
        round: before.round + 1,
      }));
    };
    document.addEventListener("click", open, true);
    return () => document.removeEventListener("click", open, true);
  }, []);
  useEffect(() => {
    if (saved && saved === now.request) marker.current.closest("dialog").close();
  }, [saved, now.request]);
  useEffect(() => {
    if (seen) setNow((is) => ({ ...is, version: seen, request: newRequest() }));
  }, [seen]);

  const kind = known.current.find(({ key }) => key === now.kind);
  const expires = kind?.expires ?? "sometimes";
  const field = (name) => ({
    id: `field-document-${name}`,
    name,
    className: "field-input",
    ...said(`field-document-${name}`, errors?.[name], ""),
  });
  return (
    <>
      <input ref={marker} type="hidden" name="document" value={now.id} readOnly />
      <input type="hidden" name="version" value={now.version} readOnly />
      <input type="hidden" name="request" value={now.request} readOnly />
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
              key={now.round}
              {...field("kind")}
              value={now.kind}
              onChange={(event) => setNow({ ...now, kind: event.target.value })}
            >
              {known.current.map(({ key, name }) => (
                <option key={key} value={key}>
                  {name}
                </option>
              ))}
              <option value="">Another document</option>
            </select>
            {sign("m6 9 6 6 6-6", "icon field-arrow")}
          </span>
        </Frame>
      ) : (
        <input type="hidden" name="kind" value="" readOnly />
      )}
      <Frame
        id="field-document-name"
        label="Name"
        required={!now.kind}
        error={errors?.name}
      >
        <input
          key={`name ${now.round}`}
          {...field("name")}
          type="text"
          maxLength={80}
          defaultValue={now.name}
        />
      </Frame>
      <Frame id="field-document-file_id" label="File" required error={errors?.file_id}>
        <FileInput
          key={`file ${now.round}`}
          id="field-document-file_id"
          name="file_id"
          purpose="document"
          initial={now.file}
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
            key={`end ${now.round}`}
            {...field("expires_on")}
            type="date"
            defaultValue={now.expires_on}
          />
        </Frame>
      )}
      {now.id && !sure ? (
        <button
          type="button"
          className="btn btn-ghost btn-sm w-fit"
          onClick={() => setSure(true)}
        >
          Remove this document
        </button>
      ) : null}
      {now.id && sure ? (
        <div role="group" aria-label="Remove for good?" className="document-remove">
          <p>Remove it for good? Its file is deleted.</p>
          <span className="flex flex-wrap gap-2.5">
            <button
              type="button"
              autoFocus
              className="btn btn-danger btn-sm"
              onClick={() => {
                marker.current.form.reset();
                marker.current.closest("dialog").close();
                onRemove?.(now.id);
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
