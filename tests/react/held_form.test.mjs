import assert from "node:assert/strict";
import { test } from "node:test";
import { HeldForm } from "../../assets/react/held_form.js";

const held = () => {
  const seen = [];
  const form = new HeldForm(
    (sender) => seen.push(`sent by ${sender}`),
    (waits) => seen.push(waits ? "waits" : "goes on"),
  );
  return { form, seen };
};

test("nothing on its way: the form is sent as ever", () => {
  const { form, seen } = held();
  assert.equal(form.submit("save"), false);
  form.begin("a");
  form.arrived("a");
  assert.equal(form.submit("save"), false);
  assert.deepEqual(seen, []);
});

test("sent meanwhile, it is sent once all has arrived, and once only", () => {
  const { form, seen } = held();
  form.begin("passport");
  form.begin("photo");
  assert.equal(form.submit("save"), true);
  assert.equal(form.submit("save"), true); // a double click
  form.arrived("passport");
  assert.deepEqual(seen, ["waits"]);
  form.arrived("photo");
  form.arrived("photo");
  assert.deepEqual(seen, ["waits", "goes on", "sent by save"]);
});

test("a part that fails ends the waiting, and nothing is sent", () => {
  for (const order of [
    ["failed", "arrived"],
    ["arrived", "failed"],
  ]) {
    const { form, seen } = held();
    form.begin("one");
    form.begin("two");
    form.submit("save");
    form[order[0]]("one");
    form[order[1]]("two");
    assert.deepEqual(seen, ["waits", "goes on"]);
    assert.equal(form.submit("save"), false);
  }
});

test("a failure says whether somebody waited for it", () => {
  const { form } = held();
  form.begin("one");
  assert.equal(form.failed("one"), false);
  form.begin("one");
  form.submit("save");
  assert.equal(form.failed("one"), true);
  assert.equal(form.failed("one"), false);
});

test("what is chosen anew while the form waits is waited for", () => {
  const { form, seen } = held();
  form.begin("one");
  form.submit("save");
  form.begin("one");
  form.arrived("one");
  assert.deepEqual(seen, ["waits", "goes on", "sent by save"]);
});
