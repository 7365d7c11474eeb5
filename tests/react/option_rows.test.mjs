import assert from "node:assert/strict";
import { test } from "node:test";
import { newOption, restoredOptions, shownChoices } from "../../assets/react/option_rows.js";

test("a new option has a choice to fill in and a mark of its own", () => {
  const [one, other] = [newOption(), newOption()];
  assert.equal(one.choices.length, 1);
  assert.notEqual(one.mark, other.mark);
});

test("options are as they were typed before, with their choices", () => {
  const [size, more] = restoredOptions({
    "options.0.key": "size",
    "options.0.name": "Size",
    "options.0.kind": "quantity",
    "options.0.required": "on",
    "options.0.choices.0.key": "",
    "options.0.choices.0.name": "Small",
    "options.0.choices.0.price": "5",
    "options.0.choices.1.key": "b",
    "options.1.key": "",
    "options.1.required": "",
    "options.3.key": "never",
  });
  assert.deepEqual([size.name, size.required, size.choices.length], ["Size", true, 2]);
  assert.deepEqual([size.choices[0].name, size.choices[0].price], ["Small", "5"]);
  assert.deepEqual([more.name, more.required, more.choices.length], ["", false, 1]);
  assert.equal(shownChoices(size).length, 1);
});
