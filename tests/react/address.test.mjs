import assert from "node:assert/strict";
import { test } from "node:test";
import * as address from "../../assets/react/address.js";
import * as search from "../../assets/react/address_search.js";

const HOME = {
  street: "1 Hill St",
  unit: "4",
  town: "Manly",
  state: "NSW",
  postcode: "2095",
  country: "AU",
};

test("a new address begins at home, a stored one where it is", () => {
  const blank = address.firstAddress(null, "AU");
  assert.equal(blank.country, "AU");
  assert.equal(blank.street, "");
  assert.equal(address.firstAddress({ country: "FR" }, "AU").country, "FR");
});

test("only parts of an address are restored", () => {
  const restored = address.restoredAddress(HOME, { town: "Perth", label: "Office" });
  assert.deepEqual(restored, { ...HOME, town: "Perth" });
});

test("a pin needs both its numbers", () => {
  assert.deepEqual(address.pinOf({ latitude: "-33.8", longitude: "151.2" }), [-33.8, 151.2]);
  assert.deepEqual(address.pinOf({ latitude: "0", longitude: "0" }), [0, 0]);
  assert.equal(address.pinOf({ latitude: "-33.8", longitude: "" }), null);
  assert.equal(address.pinOf({ latitude: "x", longitude: "1" }), null);
});

test("a pin is sent with six decimals and told with five", () => {
  assert.deepEqual(address.asTexts([-33.8, 151.12345678]), ["-33.800000", "151.123457"]);
  assert.deepEqual(address.asTexts(null), ["", ""]);
  const at = [-33.8, 151.12345678];
  const seen = (more) => address.pinWords(at, { mapped: true, ...more });
  assert.match(seen({ tiles: "x" }), /^Pin at -33\.80000, 151\.12346\. Drag it/);
  assert.equal(seen({ tiles: "" }), "Pin at -33.80000, 151.12346.");
  assert.equal(seen({ mapped: false }), "");
  assert.equal(address.pinWords(null, { mapped: true, tiles: "" }), "");
});

test("another town without a postcode makes the postcode wrong", () => {
  const { postcode, street } = address.addressOf({ ...HOME, town: "Perth", postcode: "" }, HOME);
  assert.equal(postcode, "");
  assert.equal(street, "1 Hill St");
  assert.equal(address.addressOf({ ...HOME, postcode: "" }, HOME).postcode, "2095");
  assert.equal(address.addressOf({ ...HOME, postcode: "2096" }, HOME).postcode, "2096");
});

test("another street makes the unit wrong, a town alone leaves both", () => {
  assert.equal(address.addressOf({ ...HOME, street: "2 Sea Rd" }, HOME).unit, "");
  assert.equal(address.addressOf(HOME, HOME).unit, "4");
  assert.equal(address.addressOf(HOME, { ...HOME, street: "" }).unit, "4");
  const town = address.addressOf({ ...HOME, street: "" }, HOME);
  assert.equal("street" in town, false);
  assert.equal("unit" in town, false);
});

test("an answer counts only for where the pin is now", () => {
  const here = { latitude: "1.000000", longitude: "2.000000" };
  assert.equal(address.answerAt(here, "1.000000 2.000000"), here);
  assert.equal(address.answerAt(here, "1.000000 2.500000"), null);
  assert.ok(!address.answerAt(undefined, ""));
});

test("the place at the pin is offered while it says something new", () => {
  const place = { ...HOME, street: "2 Sea Rd" };
  assert.equal(address.offeredPlace({ place }, HOME), place);
  assert.equal(address.offeredPlace({ place: HOME }, HOME), null);
  assert.equal(address.offeredPlace({ word: "Nothing here" }, HOME), null);
  assert.equal(address.offeredPlace(null, HOME), null);
});

test("nothing is searched for with one letter", () => {
  assert.equal(search.isAsked("m"), false);
  assert.equal(search.isAsked("ma"), true);
});

test("what was found before stays until the answer to this text comes", () => {
  const before = { query: "man", country: "AU" };
  const now = { query: "manl", country: "AU" };
  assert.equal(search.shownResult(before, null, "man", "AU"), before);
  assert.equal(search.shownResult(before, before, "manl", "AU"), before);
  assert.equal(search.shownResult(now, before, "manl", "AU"), now);
  assert.equal(search.shownResult(now, before, "manl", "NZ"), before);
  assert.equal(search.shownResult(now, now, "m", "AU"), null);
});

test("arrow keys go round the places", () => {
  assert.equal(search.nextOption(-1, 1, 3), 0);
  assert.equal(search.nextOption(-1, -1, 3), 2);
  assert.equal(search.nextOption(2, 1, 3), 0);
  assert.equal(search.nextOption(0, -1, 3), 2);
});

test("what was found is said in words", () => {
  assert.match(search.countText(1), /^1 place found/);
  assert.match(search.countText(4), /^4 places found/);
  assert.equal(search.resultText({ places: [] }, "Nothing."), "Nothing.");
  assert.equal(search.resultText({ places: [{}] }, "Nothing."), "");
  assert.equal(search.resultText({ places: [], looking: true }, "Nothing."), "");
  assert.equal(search.resultText({ word: "Too many", places: [{}] }, "Nothing."), "Too many");
});

test("the head of a place is told from the rest", () => {
  assert.deepEqual(search.splitLabel("Manly, NSW, Australia"), ["Manly", "NSW, Australia"]);
  assert.deepEqual(search.splitLabel("Manly"), ["Manly", ""]);
});

test("a pin waits for what is known of this very town", () => {
  const lists = { country: "AU", state: "NSW", town: "Manly", near: [-33.8, 151.3] };
  assert.equal(address.isToldOf(lists, HOME), true);
  assert.equal(address.isToldOf(lists, { ...HOME, town: "Perth" }), false);
  assert.equal(address.isToldOf(lists, { ...HOME, state: "WA" }), false);
  assert.equal(address.isToldOf({ ...lists, country: "NZ" }, HOME), false);
  assert.equal(address.isToldOf(null, HOME), false);
});
