import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  draftKey,
  forgetDraft,
  formValues,
  keysOfOthers,
  newRequest,
  readDraft,
  refillControls,
  saveDraft,
  withoutSecrets,
} from "../../assets/react/form_drafts.js";
import { isChange, mustLogIn } from "../../assets/react/unsaved_changes.js";

let stored;
beforeEach(() => {
  stored = new Map();
  globalThis.sessionStorage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => stored.set(key, value),
    removeItem: (key) => stored.delete(key),
  };
});

test("a draft is kept for its owner until it is forgotten", () => {
  const key = draftKey("maya", "edit-info");
  saveDraft(key, { typed: { name: "M" } });
  assert.deepEqual(readDraft(key), { typed: { name: "M" } });
  assert.equal(readDraft(draftKey("tom", "edit-info")), null);
  forgetDraft(key);
  assert.equal(readDraft(key), null);
});

test("without an owner nothing is kept and nothing found", () => {
  assert.equal(draftKey("", "edit-info"), "");
  saveDraft("", "x");
  forgetDraft("");
  assert.equal(stored.size, 0);
  assert.equal(readDraft(""), null);
});

test("a draft that cannot be read is none", () => {
  stored.set("k", "{broken");
  assert.equal(readDraft("k"), null);
});

test("drafts of others are told from one's own and from what is no draft", () => {
  const keys = [draftKey("maya", "a"), draftKey("tom", "a"), draftKey("may", "b"), "theme"];
  assert.deepEqual(keysOfOthers(keys, "maya"), [keys[1], keys[2]]);
});

test("requests are long, and never the same", () => {
  assert.match(newRequest(), /^[0-9a-f]{24}$/);
  assert.notEqual(newRequest(), newRequest());
});

test("the values of a form have no files, and boxes that are not ticked", () => {
  const entries = [["name", "Maya"], ["file", {}], ["a", "on"]];
  const boxes = [{ name: "a" }, { name: "b" }, { name: "" }];
  assert.deepEqual(formValues(entries, boxes), { name: "Maya", a: "on", b: "" });
});

test("controls are filled in again, but for what draws itself", () => {
  const control = (name, type, more) => ({ name, type, value: "", dataset: {}, ...more });
  const text = control("text", "text");
  const on = control("box", "checkbox", { value: "on" });
  const off = control("off", "checkbox", { value: "on", checked: true });
  const radio = control("kind", "radio", { value: "b" });
  const own = control("own", "text", { dataset: { own: "" } });
  const hidden = control("version", "hidden");
  const other = control("other", "text", { value: "drawn" });
  refillControls([text, on, off, radio, own, hidden, other], {
    ...{ text: "T", box: "on", off: "", kind: "b", own: "x", version: "9" },
  });
  assert.equal(text.value, "T");
  assert.deepEqual([on.checked, off.checked, radio.checked], [true, false, true]);
  assert.deepEqual([own.value, hidden.value, other.value], ["", "", "drawn"]);
});

test("only a session that ended leads to the log-in with a way back", () => {
  assert.equal(mustLogIn({ pathname: "/login", search: "?next=/account" }), true);
  assert.equal(mustLogIn({ pathname: "/login", search: "" }), false);
  assert.equal(mustLogIn({ pathname: "/bookings", search: "?next=/" }), false);
});

test("what is searched for in a form is no change of it", () => {
  assert.equal(isChange({ target: { dataset: {} } }), true);
  assert.equal(isChange({ target: { dataset: { search: "" } } }), false);
  assert.equal(isChange({ target: {} }), true);
});

test("a password is never kept, not even one that is shown", () => {
  const controls = [
    { name: "email", type: "email", autocomplete: "email" },
    { name: "password", type: "password", autocomplete: "new-password" },
    { name: "current", type: "text", autocomplete: "current-password" },
    { name: "pin", type: "password", autocomplete: "" },
  ];
  const typed = { email: "m@example.com", password: "a", current: "b", pin: "c" };
  assert.deepEqual(withoutSecrets(typed, controls), { email: "m@example.com" });
});
