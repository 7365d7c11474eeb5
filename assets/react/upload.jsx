import { useEffect, useRef, useState } from "react";
import { ErrorLine, svgIcon } from "./field_parts.jsx";
import { announce, useRestored } from "./form_drafts.jsx";
import { HeldForm } from "./held_form.js";
import { TAKES, fileOf, sizeProblem, uploadResult } from "./uploads.js";


// Hands one file in and tells how far it is, which only XMLHttpRequest can. Returns
// what stops it. `done` gets what the server says about the file, `fail` a sentence.
export function sendFile(purpose, file, { name, progress, done, fail }) {
  const problem = sizeProblem(purpose, file.size);
  if (problem) {
    fail(problem);
    return () => {};
  }
  const form = new FormData();
  form.append("file", file, name ?? file.name);
  const request = new XMLHttpRequest();
  request.open("POST", `/api/uploads?purpose=${purpose}`);
  request.responseType = "json";
  request.upload.onprogress = (event) => {
    if (event.lengthComputable) progress?.(event.loaded / event.total);
  };
  request.onload = () => {
    const { view, problem } = uploadResult(request.status, request.response);
    if (view) done(view);
    else fail(problem);
  };
  request.onerror = () => fail(uploadResult(0).problem);
  request.send(form);
  return () => request.abort();
}

const HELD = new WeakMap();
const heldForm = (form) => {
  if (!HELD.has(form)) {
    const held = new HeldForm(
      (sender) => form.requestSubmit(sender?.isConnected ? sender : null),
      (waits) => {
        form.toggleAttribute("data-waits", waits);
        form.dispatchEvent(new CustomEvent("waits", { detail: waits }));
      },
    );
    form.addEventListener("submit", (event) => {
      if (!held.submit(event.submitter)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    HELD.set(form, held);
  }
  return HELD.get(form);
};

// Lets the form around `ref` wait for something on its way, see `HeldForm`. `waits`
// says whether somebody waits for it now; `arrived` is told once the form holds it.
export function useHeldForm(ref) {
  const [waits, setWaits] = useState(false);
  const held = useRef(null);
  const part = useRef({}).current;
  useEffect(() => {
    const form = ref.current?.closest("form");
    if (!form) return;
    held.current = heldForm(form);
    const hear = (event) => setWaits(event.detail);
    form.addEventListener("waits", hear);
    return () => {
      form.removeEventListener("waits", hear);
      held.current.failed(part);
    };
  }, []);
  return {
    waits,
    begin: () => held.current?.begin(part),
    arrived: () => held.current?.arrived(part),
    failed: () => held.current?.failed(part) ?? false,
  };
}

export const WAITS = "Saved as soon as this is uploaded.";
const UNSAVED = "Nothing was saved yet.";
// What went wrong, for somebody who may have asked to save already.
export const failedWords = (sentence, waited) =>
  waited ? `${sentence} ${UNSAVED}`.trim() : sentence;

const PAPER =
  "M15 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V7ZM14 2v4a2 2 0 0 0 2 2h4";
const UP = "M12 3v12M17 8l-5-5-5 5M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4";

// A native file input with progress. The form around it sends the id of the file
// under `name`.
export function FileInput({
  id,
  name,
  purpose,
  initial,
  invalid,
  describedby,
  required,
}) {
  const [file, setFile] = useState(initial?.id ? initial : null);
  const [share, setShare] = useState(null);
  const [wrong, setWrong] = useState("");
  const [over, setOver] = useState(false);
  const input = useRef(null);
  const canceller = useRef(null);
  const follows = useRef(false); // whether the focus is on what goes now
  const fresh = useRef(false); // whether the file has just been handed in
  const stop = useRef(() => {});
  const first = useRef(initial);
  first.current = initial;
  const [lost, setLost] = useState(null); // what could not be handed in
  const busy = share !== null;
  const hold = useHeldForm(input);
  useEffect(() => () => stop.current(), []);
  useEffect(() => {
    if (!fresh.current) return;
    // Only now the field holds it.
    fresh.current = false;
    announce(input.current);
    hold.arrived();
  }, [file]);
  useEffect(() => {
    if (follows.current) (busy ? canceller : input).current.focus();
    follows.current = false;
  }, [busy]);
  useEffect(() => {
    const form = input.current.form;
    const back = () => {
      stop.current();
      hold.failed();
      setLost(null);
      setFile(first.current?.id ? first.current : null);
      setShare(null);
      setWrong("");
    };
    form?.addEventListener("reset", back);
    return () => form?.removeEventListener("reset", back);
  }, []);
  useRestored(input, (typed) => {
    const id = typed[name];
    if (id !== undefined && id !== (file?.id ?? "")) setFile(id ? fileOf(id) : null);
  });

  const take = (chosen) => {
    if (!chosen) return;
    stop.current();
    setWrong("");
    setLost(null);
    follows.current = document.activeElement === input.current;
    setShare(0);
    hold.begin();
    const end = () => {
      follows.current = document.activeElement === canceller.current;
      setShare(null);
    };
    stop.current = sendFile(purpose, chosen, {
      progress: setShare,
      done: (view) => {
        end();
        fresh.current = true;
        setFile(view);
      },
      fail: (sentence) => {
        end();
        setLost(chosen);
        setWrong(failedWords(sentence, hold.failed()));
      },
    });
    if (input.current) input.current.value = "";
  };
  const cancel = () => {
    stop.current();
    follows.current = true;
    setShare(null);
    setWrong(hold.failed() ? UNSAVED : "");
  };
  const again = () => take(lost);
  const remove = () => {
    setFile(null);
    setLost(null);
    setWrong("");
    announce(input.current);
    input.current.focus();
  };
  const percent = Math.round((share ?? 0) * 100);

  return (
    <div
      data-file-input=""
      className={`file-input ${over ? "file-over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files[0]);
        announce(input.current);
      }}
    >
      {name ? <input type="hidden" name={name} value={file?.id ?? ""} readOnly /> : null}
      <span className="file-picture" aria-hidden="true">
        {file?.thumbnail_url ? (
          <img src={file.thumbnail_url} alt="" />
        ) : (
          svgIcon(file ? PAPER : UP)
        )}
      </span>
      <span className="file-words">
        {file && !busy ? (
          <>
            {file.name ? (
              <a href={file.url} target="_blank" rel="noreferrer" className="file-name">
                {file.name}
              </a>
            ) : (
              <a href={file.url} target="_blank" rel="noreferrer" className="file-name">
                The file you chose
              </a>
            )}
            <span className="field-help">{file.size}</span>
          </>
        ) : null}
        {busy ? (
          <>
            <progress
              className="file-progress"
              max="1"
              value={share < 1 ? share : undefined}
              aria-label="Upload"
            />
            <span className="field-help tabular-nums">
              {share < 1 ? `Uploading, ${percent} %` : "Checking the file"}
            </span>
            {hold.waits ? <span className="field-help">{WAITS}</span> : null}
          </>
        ) : null}
        {!file && !busy ? (
          <span className="field-help">
            {TAKES[purpose].words}, up to {TAKES[purpose].most} MB
          </span>
        ) : null}
        <span role="status" className="sr-only">
          {busy ? (hold.waits ? WAITS : "Uploading") : file ? `${file.name || "File"} is uploaded` : ""}
        </span>
      </span>
      <span className="file-actions">
        <label className="btn btn-secondary btn-sm" hidden={busy}>
          <input
            ref={input}
            id={id}
            type="file"
            accept={TAKES[purpose].accept}
            aria-labelledby={`${id}-label`}
            aria-describedby={describedby}
            aria-invalid={invalid ? "true" : "false"}
            aria-required={required ? "true" : undefined}
            className="unseen"
            onChange={(event) => take(event.target.files[0])}
          />
          {file ? "Replace" : "Choose a file"}
        </label>
        {busy ? (
          <button
            ref={canceller}
            type="button"
            className="btn btn-secondary btn-sm"
            onClick={cancel}
          >
            Cancel upload
          </button>
        ) : null}
        {lost && !busy && !sizeProblem(purpose, lost.size) ? (
          <button type="button" className="btn btn-secondary btn-sm" onClick={again}>
            Try again
          </button>
        ) : null}
        {file && !busy ? (
          <button type="button" className="btn btn-ghost btn-sm" onClick={remove}>
            Remove
          </button>
        ) : null}
      </span>
      <span role="alert" className="file-wrong">
        <ErrorLine id={`${id}-upload`} error={wrong} />
      </span>
    </div>
  );
}
