import { useEffect, useRef } from "react";
import { formValues, keysOfOthers, refillControls } from "./form_drafts.js";

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
  formValues(new FormData(form), form.querySelectorAll("input[type=checkbox]:enabled"));

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
