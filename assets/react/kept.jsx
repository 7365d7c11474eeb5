import { useEffect } from "react";

// What was typed and not sent yet is kept in this tab, and belongs to the person who
// typed it: the keys carry `owner`, which the server makes from the account (it names
// nobody). Without an owner nothing is kept and nothing found. Logging out forgets
// all of it (ui.js).
const PREFIX = "portal-typed-";
export const keptKey = (owner, name) => (owner ? `${PREFIX}${owner}:${name}` : "");

export function readKept(key) {
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

// On every page: what somebody else left in this tab, whose session ended without
// logging out, goes as soon as it is known who is here now.
export function KeptOwner({ owner }) {
  useEffect(() => {
    if (!owner) return;
    for (const key of Object.keys(sessionStorage))
      if (key.startsWith(PREFIX) && !key.startsWith(keptKey(owner, "")))
        sessionStorage.removeItem(key);
  }, [owner]);
  return null;
}
