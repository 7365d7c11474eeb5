import { useEffect, useRef, useState } from "react";
import { useBlocker, useLocation, useNavigate } from "react-router";
import { Dialog } from "./dialog.jsx";
import {
  draftKey,
  forgetDraft,
  newRequest,
  readDraft,
  saveDraft,
} from "./form_drafts.js";
import { restore, valuesOf } from "./form_drafts.jsx";
import { isChange, mustLogIn } from "./unsaved_changes.js";

// Mounted only while there is something to lose: the router knows one blocker.
function Hold({ dirty, leave }) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      dirty.current &&
      currentLocation.pathname !== nextLocation.pathname &&
      !mustLogIn(nextLocation),
  );
  useEffect(() => {
    if (blocker.state === "blocked") leave(() => blocker.proceed(), () => blocker.reset());
  }, [blocker.state]);
  useEffect(() => {
    const warn = (event) => dirty.current && event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, []);
  return null;
}

function Question({ stay, go }) {
  const ref = useRef(null);
  const first = useRef(null);
  useEffect(() => {
    ref.current.showModal();
    first.current.focus();
  }, []);
  // Closing gives the focus back to where it was.
  const answer = (then) => {
    ref.current.close();
    then();
  };
  return (
    <Dialog
      dialogRef={ref}
      role="alertdialog"
      label="Leave without saving?"
      text="What you entered would be lost."
      actions={
        <>
          <button type="button" className="btn btn-danger" onClick={() => answer(go)}>
            Discard changes
          </button>
          <button
            ref={first}
            type="button"
            className="btn btn-primary"
            onClick={() => answer(stay)}
          >
            Keep editing
          </button>
        </>
      }
      actionsClass="flex flex-col-reverse gap-2.5 sm:flex-row sm:justify-end"
      onCancel={(event) => {
        event.preventDefault();
        event.stopPropagation();
        answer(stay);
      }}
    />
  );
}

// Whether something was typed that is not saved, and the question before it is lost:
// by following a link, by leaving the portal, or by whatever a form does through
// `leave`. Once it is given up, `discard` follows. `guard` is drawn anywhere.
export function useUnsaved(discard) {
  const dirty = useRef(false);
  const [typed, setTyped] = useState(false);
  const [going, setGoing] = useState(null);
  const note = (value) => {
    dirty.current = value;
    setTyped(value);
  };
  const leave = (go, stay) => (dirty.current ? setGoing({ go, stay }) : go());
  const answer = (given) => {
    const { go, stay } = going;
    setGoing(null);
    if (!given) return stay?.();
    note(false);
    discard?.();
    go();
  };
  const guard = (
    <>
      {typed ? <Hold dirty={dirty} leave={leave} /> : null}
      {going ? <Question stay={() => answer(false)} go={() => answer(true)} /> : null}
    </>
  );
  return { dirty, note, leave, guard };
}

// The version and the request of the form that `marker`, a hidden field, stands in.
// What is typed is kept under `place`, and filled in again, once, as soon as the place
// is known. `seen` is a newer version the person was told of.
export function useTypedForm(marker, { dirty, note }, { place, version, seen }) {
  const [begun, setBegun] = useState({ version, request: "" });
  const latest = useRef({});
  latest.current = { place, begun };
  const told = useRef(seen);
  const filled = useRef(false);

  useEffect(() => {
    setBegun((now) => ({ ...now, request: newRequest() }));
    const { form } = marker.current;
    const changed = (event) => {
      if (!isChange(event)) return;
      note(true);
      // After what is drawn anew by this very event, such as a further row.
      setTimeout(() => {
        if (!marker.current || !dirty.current) return;
        const { place, begun } = latest.current;
        saveDraft(place, { ...begun, typed: valuesOf(form) });
      });
    };
    form.addEventListener("input", changed);
    return () => form.removeEventListener("input", changed);
  }, []);

  useEffect(() => {
    if (!place || filled.current) return;
    filled.current = true;
    const before = dirty.current ? null : readDraft(place);
    if (!before) return;
    const { typed, ...rest } = before;
    setBegun(rest);
    note(true);
    restore(marker.current.form, typed);
  }, [place]);

  useEffect(() => {
    if (!seen || seen === told.current) return;
    told.current = seen;
    setBegun({ version: seen, request: newRequest() });
  }, [seen]);

  const begin = (version) => setBegun({ version, request: newRequest() });
  return { ...begun, begin };
}

// Stands in a form on a page of its own. Sends the id of the form's request, so that
// what is sent twice has one effect, and asks before what was typed is lost; that is
// kept in this tab for `owner`. `saved` is the request that was stored last, `next`
// where that leads; with none, the form begins anew. Of a form that changes something,
// `version` is what it was filled from, and `seen` as for `useTypedForm`. In the form,
// `[data-edit-again]` gives up what was typed for what is stored.
export function UnsavedChangesGuard({ owner, saved, next, version, seen }) {
  const marker = useRef(null);
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const place = draftKey(owner, `page-${pathname}${search}`);
  const unsaved = useUnsaved(() => forgetDraft(place));
  const begun = useTypedForm(marker, unsaved, { place, version, seen });
  const { request } = begun;
  useEffect(() => {
    const { form } = marker.current;
    const again = (event) => {
      if (!event.target.closest("[data-edit-again]")) return;
      forgetDraft(place);
      unsaved.note(false);
      location.reload();
    };
    form.addEventListener("click", again);
    return () => form.removeEventListener("click", again);
  }, [place]);
  useEffect(() => {
    if (!saved || saved !== request) return;
    forgetDraft(place);
    unsaved.note(false);
    if (next) navigate(next);
    else begun.begin(version);
  }, [saved, next, request]);
  return (
    <>
      <input ref={marker} type="hidden" name="request" value={request} readOnly />
      {version === undefined ? null : (
        <input type="hidden" name="version" value={begun.version ?? 0} readOnly />
      )}
      {unsaved.guard}
    </>
  );
}
