import assert from "node:assert/strict";
import { test } from "node:test";
import * as hours from "../../assets/react/hours_editor.js";

const days = (texts) => hours.firstDays(texts);
const text = (found, week, day) => hours.write(found[hours.fieldOf(week, day)]);

test("a day's text is read and written again", () => {
  const written = "07:00-11:30, 14:30-19:00";
  assert.equal(hours.write(hours.parse(written)), written);
  assert.equal(hours.write(hours.parse("")), "");
  assert.equal(hours.write(hours.parse("07:00-")), "07:00-");
});

test("what ends before it starts ends the next day, midnight is the same evening", () => {
  assert.equal(hours.passesMidnight({ starts: "22:00", ends: "02:00" }), true);
  assert.equal(hours.passesMidnight({ starts: "22:00", ends: "00:00" }), false);
  assert.equal(hours.passesMidnight({ starts: "09:00", ends: "17:00" }), false);
  assert.equal(hours.passesMidnight({ starts: "", ends: "17:00" }), false);
});

test("the next stretch begins an hour after the last one", () => {
  const next = (written) => {
    const { starts, ends } = hours.nextStretch(hours.parse(written));
    return `${starts}-${ends}`;
  };
  assert.equal(next(""), "09:00-17:00");
  assert.equal(next("07:00-11:30"), "12:30-16:30");
  assert.equal(next("07:00-20:00"), "21:00-00:00");
  assert.equal(next("07:00-23:30"), "-");
  assert.equal(next("22:00-02:00"), "-");
});

test("two weeks begin alike, and week A stays when they are one again", () => {
  const one = days({ "hours.every.0": "09:00-17:00" });
  const two = hours.retold(one, true);
  assert.equal(text(two, "a", 0), "09:00-17:00");
  assert.equal(text(two, "b", 0), "09:00-17:00");
  two["hours.a.0"] = hours.parse("10:00-12:00");
  assert.equal(text(hours.retold(two, false), "every", 0), "10:00-12:00");
});

test("hours are copied to other days of the same week only", () => {
  const found = hours.copiedTo(days({ "hours.a.0": "09:00-17:00" }), "a", 0, [0, 1, 4]);
  assert.deepEqual(
    hours.DAYS.map((day) => text(found, "a", day)),
    ["09:00-17:00", "09:00-17:00", "", "", "09:00-17:00", "", ""],
  );
  assert.equal(text(found, "b", 1), "");
});

test("the sum counts over midnight and leaves out what is not finished", () => {
  const found = days({ "hours.every.0": "22:00-02:30", "hours.every.1": "09:00-, 10:00-11:00" });
  assert.equal(hours.sumText(hours.minutesOfWeek(found, "every")), "5 h 30 min");
});
