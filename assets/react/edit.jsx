import { createContext, useContext, useEffect, useRef, useState } from "react";
import { useBlocker } from "react-router";
import { mustLogIn } from "./unsaved.jsx";

// Editing one of many things in a dialog. What is inside exists only while the
// dialog is open, so that it shows what is stored now; what was typed is kept in
// this tab, and a dialog that vanished under somebody's hands (a reload, a server
// that forgot the page) opens again with it.
const Dialog = createContext(null);
const EDITING = "portal-editing";
const keyOf = (name) => `portal-typed-edit-${name}`;

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

const forget = (name) => {
  sessionStorage.removeItem(keyOf(name));
  if (sessionStorage.getItem(EDITING) === name) sessionStorage.removeItem(EDITING);
};

const newRequest = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

// `[data-edit=NAME]` opens it, `[data-edit-close]` closes it, both from anywhere.
export function EditDialog({ name, label, onOpen, className, children }) {
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
    sessionStorage.setItem(EDITING, name);
    told.current?.();
  };
  const shut = () => {
    forget(name);
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
    if (sessionStorage.getItem(EDITING) === name && read(keyOf(name))) show();
    return () => document.removeEventListener("click", click);
  }, [name]);

  useEffect(() => {
    const dialog = ref.current;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);

  const inside = {
    name,
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
          sessionStorage.removeItem(keyOf(name));
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
    const before = read(keyOf(dialog.name));
    return {
      version: before?.version ?? version,
      request: before?.request ?? newRequest(),
    };
  });
  const known = useRef(kept);
  known.current = kept;
  const told = useRef(seen);

  useEffect(() => {
    const form = marker.current.form;
    const before = read(keyOf(dialog.name));
    if (before) restore(form, before.typed);
    dialog.dirty(Boolean(before));
    const keep = () => {
      dialog.dirty(true);
      // After what is drawn anew by this very event, such as a further row.
      setTimeout(() => {
        if (!marker.current || !dialog.isDirty()) return;
        const typed = Object.fromEntries(
          [...new FormData(form)].filter(([, value]) => typeof value === "string"),
        );
        const { version: based, request } = known.current;
        sessionStorage.setItem(
          keyOf(dialog.name),
          JSON.stringify({ version: based, request, typed }),
        );
      });
    };
    const warn = (event) => dialog.isDirty() && event.preventDefault();
    form.addEventListener("input", keep);
    addEventListener("beforeunload", warn);
    return () => {
      form.removeEventListener("input", keep);
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
