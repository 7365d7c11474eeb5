import { createContext, useContext, useEffect, useRef, useState } from "react";
import { useBlocker } from "react-router";
import { forget, keep, keptKey, readKept } from "./kept.jsx";
import { mustLogIn } from "./unsaved.jsx";

// Editing one of many things in a dialog. What is inside exists only while the
// dialog is open, so that it shows what is stored now; what was typed is kept in
// this tab for `owner`, and a dialog that vanished under somebody's hands (a reload,
// a server that forgot the page) opens again with it.
const Dialog = createContext(null);
const editing = (owner) => keptKey(owner, "editing");
const typedInto = (owner, name) => keptKey(owner, `edit-${name}`);

const newRequest = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

// `[data-edit=NAME]` opens it, `[data-edit-close]` closes it, both from anywhere.
export function EditDialog({ name, owner, label, onOpen, className, children }) {
  const ref = useRef(null);
  const [open, setOpen] = useState(false);
  const [round, setRound] = useState(0);
  const [asking, setAsking] = useState(null);
  const dirty = useRef(false);
  const opener = useRef(null);
  const told = useRef(onOpen);
  told.current = onOpen;

  const show = () => {
    dirty.current = false;
    setAsking(null);
    setOpen(true);
    keep(editing(owner), name);
    told.current?.();
  };
  const shut = () => {
    forget(typedInto(owner, name));
    if (readKept(editing(owner)) === name) forget(editing(owner));
    dirty.current = false;
    setAsking(null);
    setOpen(false);
    const back = opener.current;
    requestAnimationFrame(() => back?.isConnected && back.focus());
  };
  const leave = () => (dirty.current ? setAsking({}) : shut());

  useEffect(() => {
    const click = (event) => {
      const button = event.target.closest?.("[data-edit]");
      if (button?.dataset.edit !== name) return;
      opener.current = button;
      show();
    };
    document.addEventListener("click", click);
    if (readKept(editing(owner)) === name && readKept(typedInto(owner, name))) show();
    return () => document.removeEventListener("click", click);
  }, [name, owner]);

  useEffect(() => {
    const dialog = ref.current;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);

  const inside = {
    kept: typedInto(owner, name),
    dirty: (value) => (dirty.current = value),
    isDirty: () => dirty.current,
    shut,
    ask: setAsking,
  };
  return (
    <dialog
      ref={ref}
      className={className}
      aria-label={label}
      onCancel={(event) => {
        if (event.target !== ref.current) return;
        event.preventDefault();
        leave();
      }}
      onClick={(event) => {
        if (event.target === ref.current || event.target.closest("[data-edit-close]"))
          leave();
        if (event.target.closest("[data-edit-again]")) {
          forget(typedInto(owner, name));
          dirty.current = false;
          setRound(round + 1);
          told.current?.();
        }
      }}
    >
      {open ? (
        <Dialog.Provider value={inside}>
          <div key={round}>{children}</div>
          {asking ? (
            <Question
              stay={() => {
                asking.stay?.();
                setAsking(null);
              }}
              go={() => {
                shut();
                asking.go?.();
              }}
            />
          ) : null}
        </Dialog.Provider>
      ) : null}
    </dialog>
  );
}

function Question({ stay, go }) {
  const first = useRef(null);
  useEffect(() => first.current.focus(), []);
  return (
    <div role="alertdialog" aria-label="Unsaved changes" className="edit-question">
      <p>Your changes are not saved yet.</p>
      <div className="flex flex-wrap gap-2.5">
        <button ref={first} type="button" className="btn btn-primary" onClick={stay}>
          Keep editing
        </button>
        <button type="button" className="btn btn-danger" onClick={go}>
          Discard changes
        </button>
      </div>
    </div>
  );
}

// Stands last inside the form of such a dialog. Sends the version the form was
// filled from and an id of its own; `seen` is a newer version the person was told
// of, `saved` the id of the form that was stored last.
export function EditGuard({ version, seen, saved }) {
  const dialog = useContext(Dialog);
  const marker = useRef(null);
  const [kept, setKept] = useState(() => {
    const before = readKept(dialog.kept);
    return {
      version: before?.version ?? version,
      request: before?.request ?? newRequest(),
    };
  });
  const known = useRef(kept);
  known.current = kept;
  const place = useRef(dialog.kept);
  place.current = dialog.kept;
  const told = useRef(seen);

  useEffect(() => {
    const form = marker.current.form;
    const before = readKept(dialog.kept);
    if (before) restore(form, before.typed);
    dialog.dirty(Boolean(before));
    const note = () => {
      dialog.dirty(true);
      // After what is drawn anew by this very event, such as a further row.
      setTimeout(() => {
        if (!marker.current || !dialog.isDirty()) return;
        const typed = Object.fromEntries(
          [...new FormData(form)].filter(([, value]) => typeof value === "string"),
        );
        const { version: based, request } = known.current;
        keep(place.current, { version: based, request, typed });
      });
    };
    const warn = (event) => dialog.isDirty() && event.preventDefault();
    form.addEventListener("input", note);
    addEventListener("beforeunload", warn);
    return () => {
      form.removeEventListener("input", note);
      removeEventListener("beforeunload", warn);
    };
  }, []);

  useEffect(() => {
    if (!seen || seen === told.current) return;
    told.current = seen;
    setKept({ version: seen, request: newRequest() });
  }, [seen]);

  useEffect(() => {
    if (saved && saved === kept.request) dialog.shut();
  }, [saved, kept.request]);

  const blocker = useBlocker(
    ({ nextLocation }) => dialog.isDirty() && !mustLogIn(nextLocation),
  );
  useEffect(() => {
    if (blocker.state === "blocked")
      dialog.ask({ go: () => blocker.proceed(), stay: () => blocker.reset() });
  }, [blocker.state]);

  return (
    <>
      <input
        ref={marker}
        type="hidden"
        name="version"
        value={kept.version ?? 0}
        readOnly
      />
      <input type="hidden" name="request" value={kept.request} readOnly />
    </>
  );
}

function restore(form, typed) {
  // Rows and addresses draw themselves from it; native fields are filled here.
  form.dispatchEvent(new CustomEvent("restore", { detail: typed }));
  requestAnimationFrame(() => {
    for (const control of form.elements) {
      if (!control.name || control.dataset.own !== undefined) continue;
      if (["hidden", "file", "submit"].includes(control.type)) continue;
      if (control.type === "checkbox")
        control.checked = typed[control.name] === control.value;
      else if (control.type === "radio")
        control.checked = typed[control.name] === control.value;
      else if (control.name in typed) control.value = typed[control.name];
    }
  });
}

// What several parts of such forms do: draw from what is stored, or from what was
// typed before.
export function useRestored(ref, take) {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const form = ref.current.closest("form");
    const hear = (event) => latest.current(event.detail);
    form?.addEventListener("restore", hear);
    return () => form?.removeEventListener("restore", hear);
  }, []);
}

// A change that no native control announces.
export const announce = (element) =>
  element?.dispatchEvent(new Event("input", { bubbles: true }));
