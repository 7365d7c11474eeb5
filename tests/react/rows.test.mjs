import assert from "node:assert/strict";
import { test } from "node:test";
import * as rows from "../../assets/react/rows.js";

const EMAIL = [{ name: "email", path: "" }];
const PHONE = [
  { name: "country", path: "country", fallback: "AU", options: [["NZ", "NZ"]] },
  { name: "number", path: "", main: true },
];
const DOCUMENT = [
  { name: "name", path: "name" },
  { name: "required", path: "required", kind: "tick" },
];
const plain = (list) => list.map(({ mark, ...row }) => row);

test("a row of one input is sent under its number, others under their parts", () => {
  assert.equal(rows.pathOf("emails", 0, ""), "emails.0");
  assert.equal(rows.pathOf("documents", 2, "name"), "documents.2.name");
});

test("the main part is the marked one, else the first", () => {
  assert.equal(rows.mainPart(PHONE).name, "number");
  assert.equal(rows.mainPart(DOCUMENT).name, "name");
});

test("every row has a mark of its own, and ticks as the form sends them", () => {
  const [one, two] = [rows.newRow({ required: true }), rows.newRow({ required: false })];
  assert.notEqual(one.mark, two.mark);
  assert.deepEqual(plain([one, two]), [{ required: "on" }, { required: "" }]);
});

test("texts become rows, and what is retired does not", () => {
  const parts = [{ name: "text", path: "" }];
  assert.deepEqual(plain(rows.firstRows(["Ann"], { parts })), [{ text: "Ann" }]);
  const given = [{ key: "a", name: "A" }, { key: "b", name: "B", retired: true }];
  assert.deepEqual(
    rows.firstRows(given, { parts: DOCUMENT }).map(({ key }) => key),
    ["a"],
  );
});

test("an empty row is there only where one is always kept", () => {
  assert.equal(rows.firstRows([], { parts: EMAIL, keepsOne: true }).length, 1);
  assert.equal(rows.firstRows(undefined, { parts: EMAIL }).length, 0);
});

test("typed rows come back up to the first number that is missing", () => {
  const typed = { "phones.0": "1", "phones.0.country": "NZ", "phones.2": "3" };
  const shape = { name: "phones", parts: PHONE };
  assert.deepEqual(plain(rows.restoredRows(typed, [], shape)), [
    { country: "NZ", number: "1" },
  ]);
});

test("a typed email that is known keeps what the form does not send", () => {
  const known = [{ email: "a@example.com", id: "7", verified: true }];
  const typed = { "emails.0": "a@example.com", "emails.1": "b@example.com" };
  const found = rows.restoredRows(typed, known, { name: "emails", parts: EMAIL });
  assert.equal(found[0].id, "7");
  assert.equal(found[0].verified, "on");
  assert.equal(found[1].id, undefined);
});

test("empty emails are not taken for each other", () => {
  const typed = { "emails.0": "" };
  const found = rows.restoredRows(typed, [{ email: "", id: "7" }], {
    name: "emails",
    parts: EMAIL,
  });
  assert.equal(found[0].id, undefined);
});

test("typed rows that have an order come back with their keys", () => {
  const typed = { "documents.0.key": "k", "documents.0.name": "A" };
  const shape = { name: "documents", parts: DOCUMENT, ordered: true };
  assert.deepEqual(plain(rows.restoredRows(typed, [], shape)), [
    { name: "A", required: "", key: "k" },
  ]);
});

test("rows move, change and go without touching the others", () => {
  const list = [{ n: 1 }, { n: 2 }, { n: 3 }];
  const order = (found) => found.map(({ n }) => n).join("");
  assert.equal(order(rows.moved(list, 0, 1)), "213");
  assert.equal(order(rows.moved(list, 2, -1)), "132");
  assert.equal(order(rows.without(list, 1)), "13");
  assert.equal(order(rows.changed(list, 1, { n: 9 })), "193");
  assert.equal(order(list), "123");
});

test("what was there and is in no row is set aside, retired or not", () => {
  const known = [{ key: "a" }, { key: "b" }, { key: "c", retired: true }];
  const away = rows.setAside(known, [{ key: "a" }, { key: "" }]);
  assert.deepEqual(away.map(({ key }) => key), ["b", "c"]);
});

test("the main one stays the same when another goes, else the first is it", () => {
  assert.equal(rows.firstPrimary([{}, { primary: true }]), 1);
  assert.equal(rows.firstPrimary([{}]), 0);
  assert.equal(rows.primaryWithout(2, 0), 1);
  assert.equal(rows.primaryWithout(2, 2), 0);
  assert.equal(rows.primaryWithout(0, 2), 0);
});

test("a choice is what was chosen, where home is, or the first there is", () => {
  const [country] = PHONE;
  assert.equal(rows.chosenOption({ country: "FR" }, country), "FR");
  assert.equal(rows.chosenOption({}, country), "AU");
  assert.equal(rows.chosenOption({}, { ...country, fallback: "" }), "NZ");
  assert.equal(rows.chosenOption({}, { name: "country" }), "");
});

test("a number is written as its country does, unless it was changed since", () => {
  const formatted = { "AU 0412345678": "0412 345 678" };
  const countryOf = () => "AU";
  const [row] = rows.formattedRows([{ number: "0412345678" }], formatted, countryOf);
  assert.equal(row.number, "0412 345 678");
  const other = [{ number: "04123456" }];
  assert.equal(rows.formattedRows(other, formatted, countryOf)[0], other[0]);
});
