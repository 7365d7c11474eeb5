import assert from "node:assert/strict";
import { test } from "node:test";
import * as days from "../../assets/react/calendar_days.js";

const after = (key, iso = "2026-12-09") => days.dayAfterKey(iso, key);

test("the arrows move by a day and by a week", () => {
  assert.equal(after("ArrowRight"), "2026-12-10");
  assert.equal(after("ArrowLeft"), "2026-12-08");
  assert.equal(after("ArrowDown"), "2026-12-16");
  assert.equal(after("ArrowUp"), "2026-12-02");
  assert.equal(after("ArrowRight", "2026-12-31"), "2027-01-01");
  assert.equal(after("ArrowUp", "2028-03-01"), "2028-02-23");
});

test("Home and End are the ends of the week, which begins on Monday", () => {
  assert.equal(after("Home"), "2026-12-07");
  assert.equal(after("End"), "2026-12-13");
  assert.equal(after("Home", "2026-12-13"), "2026-12-07");
  assert.equal(after("End", "2026-12-07"), "2026-12-13");
});

test("the page keys keep the day of the month as far as there is one", () => {
  assert.equal(after("PageDown"), "2027-01-09");
  assert.equal(after("PageUp"), "2026-11-09");
  assert.equal(after("PageDown", "2027-01-31"), "2027-02-28");
  assert.equal(after("PageUp", "2028-03-31"), "2028-02-29");
});

test("other keys, and what is no date, lead nowhere", () => {
  assert.equal(after("Enter"), undefined);
  assert.equal(after("a"), undefined);
  assert.equal(after("ArrowRight", "blank-1"), undefined);
});

test("months are counted over the end of a year", () => {
  assert.equal(days.monthsBetween("2026-12-31", "2027-01-01"), 1);
  assert.equal(days.monthsBetween("2027-01-01", "2026-12-31"), -1);
  assert.equal(days.monthsBetween("2026-12-01", "2026-12-31"), 0);
});
