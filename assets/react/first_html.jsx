import { useLayoutEffect, useRef } from "react";
import { useLocation } from "react-router";
import { plainPath } from "./paths.js";

// What stands in the document's slots as it was served, taken before React
// touches them. It belongs to the address it was served for, and to no other.
const served = { path: null, title: "", slots: {} };

if (typeof document !== "undefined") {
  for (const slot of document.querySelectorAll("[data-first-html]"))
    served.slots[slot.dataset.firstHtml] = slot.innerHTML;
  served.path = plainPath(location.pathname);
  served.title = document.title;
}
const prerendering = typeof document === "undefined";

const keptFor = (path) => path === served.path;

// What a page asks: where the browser is, whether it still shows the first HTML
// of this address, and the title that came with it.
export function useFirstHtml() {
  const path = plainPath(useLocation().pathname);
  return {
    path,
    kept: prerendering || (keptFor(path) && "page" in served.slots),
    title: keptFor(path) ? served.title : "",
  };
}

// The page that replaces the first HTML looks the same, so what somebody already
// did there must survive as well: the focus, and what was typed.
const likeness = (element) =>
  [
    element.tagName,
    element.id,
    element.getAttribute("name"),
    element.getAttribute("href"),
    element.id ? "" : element.textContent.trim(),
  ].join("\n");

const alike = (element) => {
  const wanted = likeness(element);
  return [...document.getElementsByTagName(element.tagName)].filter(
    (other) => likeness(other) === wanted,
  );
};

const address = (element) => ({
  element,
  nth: alike(element).indexOf(element),
});

const find = ({ element, nth }) => alike(element)[nth];

function write(field, value) {
  const { set } = Object.getOwnPropertyDescriptor(
    Object.getPrototypeOf(field),
    "value",
  );
  set.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function carryOver(slot) {
  const { activeElement } = document;
  const focused = slot.contains(activeElement) ? address(activeElement) : null;
  const selection =
    focused && "selectionStart" in activeElement
      ? [activeElement.selectionStart, activeElement.selectionEnd]
      : null;
  const typed = [...slot.querySelectorAll("input:not([type=checkbox]), textarea")]
    .filter((field) => field.value !== field.defaultValue)
    .map((field) => ({ ...address(field), value: field.value }));
  if (!focused && typed.length === 0) return;
  queueMicrotask(() => {
    for (const field of typed) {
      const successor = find(field);
      if (successor && successor !== field.element) write(successor, field.value);
    }
    const successor = focused && find(focused);
    if (!successor) return;
    successor.focus({ preventScroll: true });
    if (selection?.[0] != null) successor.setSelectionRange(...selection);
  });
}

export function FirstHtml({ name, children }) {
  const slot = useRef(null);
  const path = plainPath(useLocation().pathname);
  const html = keptFor(path) ? served.slots[name] : undefined;

  useLayoutEffect(() => {
    const element = slot.current;
    return () => carryOver(element);
  }, []);

  return (
    <>
      {html === undefined ? (
        <div ref={slot} data-first-html={name}>
          {children}
        </div>
      ) : (
        <div
          ref={slot}
          data-first-html={name}
          suppressHydrationWarning
          dangerouslySetInnerHTML={{ __html: html }}
        />
      )}
      <i hidden data-first-html-end={name} />
    </>
  );
}

// Takes charge of the title the server set, where no page does so yet; otherwise
// it would stay in the document beside the titles of later pages.
export function ServedTitle() {
  return <title>{served.title}</title>;
}
