import assert from "node:assert/strict";
import { test } from "node:test";
import * as fields from "../../assets/react/custom_fields.js";
import * as editor from "../../assets/react/field_editor.js";

const field = (key, more) => ({
  ...{ key, kind: "text", value: "", values: [], help: "", choices: [], shown: true },
  ...more,
});
const depends = (on, ...values) => ({ depends_on: on, depends_on_values: values });

test("a field that depends on an answer is shown for it only", () => {
  const list = [field("dog"), field("breed", depends("dog", "yes"))];
  assert.deepEqual(fields.shownFields(list, { dog: "yes" }), { dog: true, breed: true });
  assert.deepEqual(fields.shownFields(list, { dog: "no" }), { dog: true, breed: false });
  assert.equal(fields.shownFields(list, {}).breed, false);
});

test("one of several answers is enough", () => {
  const list = [field("pets", { kind: "choices" }), field("cat", depends("pets", "cat"))];
  assert.equal(fields.shownFields(list, { pets: ["dog", "cat"] }).cat, true);
  assert.equal(fields.shownFields(list, { pets: ["dog"] }).cat, false);
});

test("what depends on a field that is not shown is not shown either", () => {
  const list = [
    field("c", depends("b", "x")),
    field("b", depends("a", "yes")),
    field("a"),
  ];
  assert.equal(fields.shownFields(list, { a: "no", b: "x" }).c, false);
  assert.equal(fields.shownFields(list, { a: "yes", b: "x" }).c, true);
});

test("fields that depend on each other, or on none there is, are not shown", () => {
  const list = [field("a", depends("b", "x")), field("b", depends("a", "x"))];
  assert.deepEqual(fields.shownFields(list, { a: "x", b: "x" }), { a: false, b: false });
  assert.equal(fields.shownFields([field("a", depends("z", "x"))], { z: "x" }).a, false);
});

test("answers are texts, or lists where several can be chosen", () => {
  const list = [field("a", { value: "x" }), field("b", { kind: "choices", values: ["y"] })];
  assert.deepEqual(fields.answersOf(list), { a: "x", b: ["y"] });
});

test("a range is told with its unit, unless the help tells it", () => {
  const number = (more) => field("n", { kind: "number", minimum: "", maximum: "", ...more });
  assert.equal(fields.rangeOf(number({ minimum: "1", maximum: "9", unit: "kg" })), "From 1 to 9 kg");
  assert.equal(fields.rangeOf(number({ minimum: "1" })), "At least 1");
  assert.equal(fields.rangeOf(number({ maximum: "9" })), "At most 9");
  assert.equal(fields.rangeOf(number({})), "");
  assert.equal(fields.rangeOf(field("t", { minimum: "1" })), "");
  assert.equal(fields.helpOf(number({ maximum: "9", help: "In all." })), "In all. At most 9.");
  assert.equal(fields.helpOf(number({ maximum: "9", help: "Up to 9." })), "Up to 9.");
  assert.match(fields.helpOf(field("t", { earlier: "old" })), /You entered “old” before/);
});

test("few choices that have to be made are radio buttons", () => {
  const choice = (count, required) =>
    field("c", { kind: "choice", required, choices: Array(count).fill({}) });
  assert.equal(fields.isRadios(choice(4, true)), true);
  assert.equal(fields.isRadios(choice(5, true)), false);
  assert.equal(fields.isRadios(choice(2, false)), false);
  assert.equal(fields.isGroup(choice(5, true)), false);
  assert.equal(fields.isGroup(field("y", { kind: "yes_no" })), true);
});

test("an answer is ticked and taken back", () => {
  assert.deepEqual(fields.toggled(["a"], "b"), ["a", "b"]);
  assert.deepEqual(fields.toggled(["a", "b"], "a"), ["b"]);
});

test("fields are filled in again with what was typed", () => {
  const list = [
    field("t", { value: "old" }),
    field("c", { kind: "choices", values: ["x"] }),
    field("f", { kind: "file" }),
    field("s", { kind: "signature" }),
    field("n", { value: "kept" }),
  ];
  const [text, choices, file, drawn, kept] = fields.refilled(list, {
    ...{ "field.t": "new", "choices.c": "y z", "field.f": "7", "field.s": "file:8" },
  });
  assert.equal(text.value, "new");
  assert.deepEqual(choices.values, ["y", "z"]);
  assert.equal(file.file.url, "/api/files/7");
  assert.equal(drawn.file.id, "8");
  assert.equal(drawn.text, "As you signed just now");
  assert.equal(kept, list[4]);
});

test("a typed signature has no file, and no answers are no answers", () => {
  const list = [field("s", { kind: "signature" }), field("c", { kind: "choices" })];
  const [typed, none] = fields.refilled(list, { "field.s": "typed:Maya", "choices.c": "" });
  assert.deepEqual([typed.file.id, typed.text], ["", ""]);
  assert.deepEqual(none.values, []);
});

test("only fields with given answers decide, and none about itself", () => {
  const list = [
    field("own", { kind: "yes_no" }),
    field("yes", { kind: "yes_no" }),
    field("text"),
    field("gone", { kind: "yes_no", archived: true }),
    field("choice", { choices: [{ key: "a" }, { key: "b", retired: true }] }),
    field("empty", { choices: [{ key: "b", retired: true }] }),
  ];
  const found = editor.decidersFor(list, "own").map(({ key }) => key);
  assert.deepEqual(found, ["yes", "choice"]);
  assert.deepEqual(editor.decidersFor(undefined, ""), []);
  assert.deepEqual(editor.possibleAnswers(list[4]), [{ key: "a" }]);
});

test("the answers that show a field are those ticked", () => {
  const typed = { "shown_values.yes": "on", "shown_values.no": "", "other.x": "on" };
  assert.deepEqual(editor.tickedAnswers(typed, "shown_values"), ["yes"]);
  assert.deepEqual(editor.tickedAnswers(typed, "other"), ["x"]);
});

test("the preview is the field as it is typed", () => {
  const typed = new Map([
    ...[["kind", "choice"], ["name", " Breed "], ["required", "on"], ["unit", "kg"]],
    ...[["choices.0.name", "Poodle"], ["choices.1.name", " "], ["choices.2.name", "Pug"]],
    ["visible_to.customer", "on"],
  ]);
  const drawn = editor.fieldOf(typed, "2026-12-01");
  assert.equal(drawn.name, "Breed");
  assert.deepEqual(drawn.choices.map(({ name }) => name), ["Poodle", "Pug"]);
  assert.deepEqual([drawn.required, drawn.seen, drawn.editable], [true, true, false]);
  assert.equal(drawn.unit, "");
});

test("the preview of a date ends or begins today", () => {
  const date = (period) =>
    editor.fieldOf(new Map([["kind", "date"], ["period", period]]), "2026-12-01");
  assert.equal(date("past").maximum, "2026-12-01");
  assert.equal(date("past").minimum, "");
  assert.equal(date("future").minimum, "2026-12-01");
  assert.equal(date("").minimum, "");
  assert.equal(editor.fieldOf(new Map(), "").name, "Name of the field");
});

test("the preview of a number has its decimals, limits and unit", () => {
  const typed = [["kind", "number"], ["decimals", "2"], ["minimum", "1"], ["unit", "kg"]];
  const drawn = editor.fieldOf(new Map(typed), "");
  assert.deepEqual([drawn.step, drawn.minimum, drawn.unit], ["0.1", "1", "kg"]);
  assert.equal(editor.fieldOf(new Map([["decimals", "0"]]), "").step, "1");
});

test("fields of several kinds have names of their own in one form", () => {
  const text = { key: "heard", kind: "text", value: "", values: [] };
  const many = { key: "days", kind: "choices", value: "", values: [] };
  assert.equal(fields.inputName(text), "field.heard");
  assert.equal(fields.inputName(text, "about_you."), "about_you.field.heard");
  assert.equal(fields.inputName(many, "about_you."), "about_you.choices.days");
  const typed = { "field.heard": "Not this", "about_you.field.heard": "Radio", "about_you.choices.days": "mon tue" };
  const [heard, days] = fields.refilled([text, many], typed, "about_you.");
  assert.equal(heard.value, "Radio");
  assert.deepEqual(days.values, ["mon", "tue"]);
});
