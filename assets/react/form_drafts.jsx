import { useEffect, useRef } from "react";
import {
  draftKey,
  forgetDraft,
  formValues,
  keysOfOthers,
  readDraft,
  refillControls,
  saveDraft,
  withoutSecrets,
} from "./form_drafts.js";

// Parts of a form that draw themselves hear of what was typed before, and tell of
// changes that no native control announces.
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
export const announce = (element) =>
  element?.dispatchEvent(new Event("input", { bubbles: true }));

export const valuesOf = (form) =>
  withoutSecrets(
    formValues(new FormData(form), form.querySelectorAll("input[type=checkbox]:enabled")),
    form.elements,
  );

// Fill in a form with what was typed into it before.
export function restore(form, typed) {
  form.dispatchEvent(new CustomEvent("restore", { detail: typed }));
  requestAnimationFrame(() => refillControls(form.elements, typed));
}

// On every page: what somebody else left in this tab, whose session ended without
// logging out, goes as soon as it is known who is here now.
export function DraftOwner({ owner }) {
  useEffect(() => {
    if (!owner) return;
    for (const key of keysOfOthers(Object.keys(sessionStorage), owner))
      sessionStorage.removeItem(key);
  }, [owner]);
  return null;
}

// Stands in a form of somebody who is not signed in. What was typed outlives a reload;
// what was sent and left the page with the form, because it was accepted, is forgotten.
export function VisitorDraft({ name }) {
  const ref = useRef(null);
  useEffect(() => {
    const form = ref.current.closest("form");
    const key = draftKey("visitor", name);
    const typed = readDraft(key);
    if (typed) restore(form, typed);
    let sent = false;
    const note = () => {
      sent = false;
      saveDraft(key, valuesOf(form));
    };
    const send = () => (sent = true);
    form.addEventListener("input", note);
    form.addEventListener("submit", send);
    return () => {
      form.removeEventListener("input", note);
      form.removeEventListener("submit", send);
      if (sent) forgetDraft(key);
    };
  }, [name]);
  return <span ref={ref} hidden />;
}
