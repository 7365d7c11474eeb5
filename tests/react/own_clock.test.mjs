import assert from "node:assert/strict";
import { test } from "node:test";
import { ownTime, zoneName } from "../../assets/react/own_clock.js";

const SYDNEY = "Australia/Sydney";
const plain = (text) => text.replaceAll(/\s/g, " ");

test("the same clock says nothing, whatever the zone is called", () => {
  assert.equal(ownTime("2026-11-02T22:00:00+00:00", SYDNEY, SYDNEY), null);
  assert.equal(ownTime("2026-11-02T22:00:00+00:00", SYDNEY, "Australia/Melbourne"), null);
});

test("another clock says its time, and the weekday where it is another day", () => {
  // Tuesday at nine in Sydney.
  const nine = "2026-11-02T22:00:00+00:00";
  assert.equal(plain(ownTime(nine, SYDNEY, "Pacific/Auckland")), "11:00 AM");
  assert.match(plain(ownTime(nine, SYDNEY, "Europe/London")), /^Mon.? 10:00 PM$/);
});

test("zones that differ in summer only differ in summer", () => {
  assert.equal(ownTime("2026-07-01T00:00:00Z", SYDNEY, "Australia/Brisbane"), null);
  assert.notEqual(ownTime("2026-12-01T00:00:00Z", SYDNEY, "Australia/Brisbane"), null);
});

test("nonsense says nothing", () => {
  assert.equal(ownTime("", SYDNEY, "Europe/London"), null);
  assert.equal(ownTime("soon", SYDNEY, "Europe/London"), null);
});

test("a zone is called by its town", () => {
  assert.equal(zoneName("Asia/Ho_Chi_Minh"), "Ho Chi Minh");
});
