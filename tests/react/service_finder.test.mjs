import assert from "node:assert/strict";
import { test } from "node:test";
import { plainPath } from "../../assets/react/paths.js";
import { stepped } from "../../assets/react/quantity.js";
import {
  LONGEST_QUERY,
  findServices,
  readSearch,
  writeSearch,
} from "../../assets/react/service_finder.js";

const service = (slug, name, summary = "") => ({ slug, name, summary });
const CATALOGUE = [
  {
    ...{ slug: "home", name: "Home" },
    services: [service("deep", "Deep clean", "Café too"), service("window", "Windows")],
  },
  { slug: "pets", name: "Pets", services: [service("walk", "Dog walking")] },
];
const find = (query, category = "") => {
  const { services, categories } = findServices(CATALOGUE, { query, category });
  return [[...services].join(), [...categories].join()];
};

test("nothing asked for finds everything", () => {
  assert.deepEqual(find(" "), ["deep,window,walk", "home,pets"]);
});

test("every word counts, in the name, the summary and the category", () => {
  assert.deepEqual(find("clean home"), ["deep", "home"]);
  assert.deepEqual(find("clean pets"), ["", ""]);
  assert.deepEqual(find("walk"), ["walk", "pets"]);
});

test("case and accents do not count", () => {
  assert.equal(find("CAFE")[0], "deep");
  assert.equal(find("wíndows")[0], "window");
});

test("a category filters, and one that is unknown does not", () => {
  assert.deepEqual(find("", "pets"), ["walk", "pets"]);
  assert.deepEqual(find("dog", "home"), ["", ""]);
  assert.equal(find("", "boats")[0], "deep,window,walk");
});

test("an address asks for what it was written from", () => {
  const asked = { query: "dog & cat", category: "pets" };
  assert.deepEqual(readSearch(writeSearch(asked)), asked);
  assert.equal(writeSearch({ query: "  ", category: "" }), "");
  assert.equal(writeSearch({ query: " dog ", category: "" }), "?q=dog");
  assert.deepEqual(readSearch(""), { query: "", category: "" });
});

test("a query from an address is cut at the length of the field", () => {
  const { query } = readSearch(`?q=${"x".repeat(LONGEST_QUERY + 9)}`);
  assert.equal(query.length, LONGEST_QUERY);
});

test("a quantity stays within its limits", () => {
  assert.equal(stepped(2, 1, 1, 3), 3);
  assert.equal(stepped(3, 1, 1, 3), 3);
  assert.equal(stepped(1, -1, 1, 3), 1);
  assert.equal(stepped(Number.NaN, 1, 2, 9), 3);
  assert.equal(stepped(99, 1, 1, 3), 3);
});

test("a path with a slash at its end is the same page", () => {
  assert.equal(plainPath("/services/"), "/services");
  assert.equal(plainPath("/services"), "/services");
  assert.equal(plainPath("/"), "/");
  assert.equal(plainPath(""), "/");
});
