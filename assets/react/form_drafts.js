// What was typed and not sent yet is kept in this tab, and belongs to the person who
// typed it: the keys carry `owner`, which the server makes from the account (it names
// nobody). Without an owner nothing is kept and nothing found. Logging out forgets
// all of it (ui.js).
const PREFIX = "portal-typed-";
export const draftKey = (owner, name) => (owner ? `${PREFIX}${owner}:${name}` : "");

// Those of these keys that hold what somebody else typed.
export const keysOfOthers = (keys, owner) =>
  keys.filter((key) => key.startsWith(PREFIX) && !key.startsWith(draftKey(owner, "")));

export function readDraft(key) {
  if (!key) return null;
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

export const saveDraft = (key, value) =>
  key && sessionStorage.setItem(key, JSON.stringify(value));
export const forgetDraft = (key) => key && sessionStorage.removeItem(key);

// The id of what a form sends, so that what is sent twice has one effect.
export const newRequest = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

// What is typed into a form, of its data and its checkboxes. A box that is not ticked
// is told as well, so that one that only comes later stays as it is drawn.
export function formValues(entries, checkboxes) {
  const typed = {};
  for (const [name, value] of entries) if (typeof value === "string") typed[name] = value;
  for (const { name } of checkboxes) if (name) typed[name] ??= "";
  return typed;
}

// What was typed without passwords, which are kept nowhere, shown in clear or not.
export function withoutSecrets(typed, controls) {
  const kept = { ...typed };
  for (const { name, type, autocomplete } of controls)
    if (type === "password" || autocomplete?.endsWith("-password")) delete kept[name];
  return kept;
}

// Fills in the controls that do not draw themselves with what was typed before.
export function refillControls(controls, typed) {
  for (const control of controls) {
    if (!(control.name in typed) || control.dataset.own !== undefined) continue;
    if (["hidden", "file", "submit"].includes(control.type)) continue;
    if (control.type === "checkbox" || control.type === "radio")
      control.checked = typed[control.name] === control.value;
    else control.value = typed[control.name];
  }
}
