import { useEffect, useRef } from "react";

// What was typed and not sent yet is kept in this tab, and belongs to the person who
// typed it: the keys carry `owner`, which the server makes from the account (it names
// nobody). Without an owner nothing is kept and nothing found. Logging out forgets
// all of it (ui.js).
const PREFIX = "portal-typed-";
export const draftKey = (owner, name) => (owner ? `${PREFIX}${owner}:${name}` : "");

export function readDraft(key) {
  if (!key) return null;
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

export const keep = (key, value) =>
  key && sessionStorage.setItem(key, JSON.stringify(value));
export const forget = (key) => key && sessionStorage.removeItem(key);

// The id of what a form sends, so that what is sent twice has one effect.
export const newRequest = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

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

// What is typed into a form. A box that is not ticked is told as well, so that one
// that only comes later stays as it is drawn.
export function typedInto(form) {
  const typed = {};
  for (const [name, value] of new FormData(form))
    if (typeof value === "string") typed[name] = value;
  for (const box of form.querySelectorAll("input[type=checkbox]:enabled"))
    if (box.name) typed[box.name] ??= "";
  return typed;
}

// Fill in a form with what was typed into it before.
export function restore(form, typed) {
  form.dispatchEvent(new CustomEvent("restore", { detail: typed }));
  requestAnimationFrame(() => {
    for (const control of form.elements) {
      if (!(control.name in typed) || control.dataset.own !== undefined) continue;
      if (["hidden", "file", "submit"].includes(control.type)) continue;
      if (control.type === "checkbox" || control.type === "radio")
        control.checked = typed[control.name] === control.value;
      else control.value = typed[control.name];
    }
  });
}

// On every page: what somebody else left in this tab, whose session ended without
// logging out, goes as soon as it is known who is here now.
export function DraftOwner({ owner }) {
  useEffect(() => {
    if (!owner) return;
    for (const key of Object.keys(sessionStorage))
      if (key.startsWith(PREFIX) && !key.startsWith(draftKey(owner, "")))
        sessionStorage.removeItem(key);
  }, [owner]);
  return null;
}
