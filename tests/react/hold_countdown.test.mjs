import assert from "node:assert/strict";
import { test } from "node:test";
import {
  OVER,
  announcement,
  clockText,
  deadlineOf,
  secondsUntil,
} from "../../assets/react/hold_countdown.js";

test("the seconds are counted from when they were told", () => {
  const deadline = deadlineOf("first", 600, 1000);
  assert.equal(secondsUntil(deadline, 1000), 600);
  assert.equal(secondsUntil(deadline, 3001), 598);
  assert.equal(secondsUntil(deadline, 601000), 0);
  assert.equal(secondsUntil(deadline, 700000), 0);
});

test("what is told again is never later than before", () => {
  assert.equal(deadlineOf("second", 600, 0), 600000);
  // Old news of the same hold, drawn anew.
  assert.equal(deadlineOf("second", 600, 50000), 600000);
  assert.equal(deadlineOf("second", 540, 50000), 590000);
  assert.equal(deadlineOf("third", 600, 50000), 650000);
});

test("the clock shows minutes and seconds", () => {
  assert.deepEqual([598, 61, 9, 0].map(clockText), ["9:58", "1:01", "0:09", "0:00"]);
});

test("it is said aloud at the start, at two minutes, at thirty seconds, and at the end", () => {
  const heard = [];
  for (let left = 600; left >= 0; left -= 1) {
    const said = announcement(left, "10:42 am");
    if (said !== heard.at(-1)?.[1]) heard.push([left, said]);
  }
  assert.deepEqual(heard, [
    [600, "We keep this time for you until 10:42 am."],
    [120, "We keep this time for you for 2 more minutes."],
    [30, "We keep this time for you for 30 more seconds."],
    [0, OVER],
  ]);
});
