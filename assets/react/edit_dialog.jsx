import { createContext, useContext, useEffect, useRef, useState } from "react";
import { Dialog } from "./dialog.jsx";
import { draftKey, forgetDraft, readDraft, saveDraft } from "./form_drafts.js";
import { useTypedForm, useUnsaved } from "./unsaved_changes.jsx";

// Editing one of many things in a dialog. What is inside exists only while the
// dialog is open, so that it shows what is stored now; what was typed is kept in
// this tab for `owner`, and a dialog that vanished under somebody's hands (a reload,
// a server that forgot the page) opens again with it.
const Editing = createContext(null);
const openKey = (owner) => draftKey(owner, "editing");
const dialogKey = (owner, name) => draftKey(owner, `edit-${name}`);

// What is inside such a dialog may close it.
export const useEditDialog = () => useContext(Editing);

// `[data-edit=NAME]` opens it, `[data-edit-close]` closes it, both from anywhere.
export function EditDialog({ name, owner, label, text, onOpen, className, children }) {
  const ref = useRef(null);
  const [open, setOpen] = useState(false);
  const [round, setRound] = useState(0);
  const { dirty, note, leave, guard } = useUnsaved(() => shut());
  const opener = useRef(null);
  const told = useRef(onOpen);
  told.current = onOpen;

  const show = () => {
    note(false);
    setOpen(true);
    saveDraft(openKey(owner), name);
    told.current?.();
  };
  const shut = () => {
    forgetDraft(dialogKey(owner, name));
    if (readDraft(openKey(owner)) === name) forgetDraft(openKey(owner));
    note(false);
    setOpen(false);
    const back = opener.current;
    requestAnimationFrame(() => back?.isConnected && back.focus());
  };

  useEffect(() => {
    const click = (event) => {
      const button = event.target.closest?.("[data-edit]");
      if (button?.dataset.edit !== name) return;
      opener.current = button;
      show();
    };
    document.addEventListener("click", click);
    const vanished = readDraft(openKey(owner)) === name && readDraft(dialogKey(owner, name));
    if (vanished && !ref.current.open) show();
    return () => document.removeEventListener("click", click);
  }, [name, owner]);

  useEffect(() => {
    const dialog = ref.current;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);

  return (
    <Dialog
      dialogRef={ref}
      shown={open}
      {...{ label, text, className }}
      closing={{ "data-edit-close": "" }}
      onCancel={(event) => {
        event.preventDefault();
        leave(shut);
      }}
      onClick={(event) => {
        if (event.target === ref.current || event.target.closest("[data-edit-close]"))
          leave(shut);
        if (event.target.closest("[data-edit-again]")) {
          forgetDraft(dialogKey(owner, name));
          note(false);
          setRound(round + 1);
          told.current?.();
        }
      }}
    >
      {open ? (
        <Editing.Provider value={{ kept: dialogKey(owner, name), dirty, note, shut }}>
          <div key={round}>{children}</div>
        </Editing.Provider>
      ) : null}
      {guard}
    </Dialog>
  );
}

// Stands last inside the form of such a dialog. Sends the version the form was
// filled from and an id of its own; `seen` is a newer version the person was told
// of, `saved` the id of the form that was stored last.
export function EditGuard({ version, seen, saved }) {
  const { kept, shut, ...unsaved } = useEditDialog();
  const marker = useRef(null);
  const begun = useTypedForm(marker, unsaved, { place: kept, version, seen });
  useEffect(() => {
    if (saved && saved === begun.request) shut();
  }, [saved, begun.request]);
  return (
    <>
      <input
        ref={marker}
        type="hidden"
        name="version"
        value={begun.version ?? 0}
        readOnly
      />
      <input type="hidden" name="request" value={begun.request} readOnly />
    </>
  );
}
