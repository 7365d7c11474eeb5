import { useEffect, useRef, useState } from "react";
import { svgIcon } from "./field_parts.jsx";
import { draftKey, forgetDraft, readDraft, saveDraft } from "./form_drafts.js";
import { restore, valuesOf } from "./form_drafts.jsx";
import { stepped } from "./quantity.js";

// What was sent and is not known to be accepted yet: the keys of kept forms.
const sent = new Set();

// Between two clicks of a double click the next step may already be drawn; the
// second click must not press what is now in the same place.
const SETTLE_MS = 450;

// When the step of the wizard changes, by a button or by the browser's own back,
// the focus moves to its heading, which announces it, and the page to its top.
export function StepFocus({ step }) {
  const shown = useRef("");
  useEffect(() => {
    if (!step || shown.current === step) return;
    const isFirst = !shown.current;
    shown.current = step;
    if (isFirst) return;
    // Going on means that it was accepted.
    for (const key of sent) forgetDraft(key);
    sent.clear();
    document.getElementById("step-heading")?.focus({ preventScroll: true });
    scrollTo({ top: 0, behavior: "instant" });
    const actions = document.querySelector("[data-step-actions]");
    if (!actions) return;
    const keepFocus = (event) => {
      const control = "a, button, input, select, textarea, label, summary";
      if (!event.target.closest?.(control)) event.preventDefault();
    };
    const settle = () => {
      clearTimeout(timer);
      actions.style.pointerEvents = "";
      document.removeEventListener("mousedown", keepFocus, true);
    };
    actions.style.pointerEvents = "none";
    document.addEventListener("mousedown", keepFocus, true);
    const timer = setTimeout(settle, SETTLE_MS);
    return settle;
  }, [step]);
  return null;
}

// Goes to a route that sets a cookie, and comes back with a new socket.
export function LeaveFor({ to }) {
  useEffect(() => {
    if (to) location.replace(to);
  }, [to]);
  return null;
}

// Fills in name, email and phone when the form says who is asked for: oneself, a
// contact, or a company. Nothing is filled in that nobody asked for.
export function ContactFiller({ people, companies }) {
  const ref = useRef(null);
  const known = useRef({});
  known.current = { people, companies };
  useEffect(() => {
    const form = ref.current.closest("form");
    const fill = ({ target }) => {
      const values = contactFor(target, form, known.current);
      for (const [name, value] of Object.entries(values ?? {})) {
        const field = form.elements.namedItem(name);
        if (!field || field.value === value) continue;
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    };
    form.addEventListener("change", fill);
    return () => form.removeEventListener("change", fill);
  }, []);
  return <span ref={ref} hidden />;
}

function contactFor(target, form, { people, companies }) {
  if (target.name === "person") return people[target.value];
  if (target.name !== "booking_for" && target.name !== "company") return undefined;
  const business = form.elements.namedItem("booking_for")?.value === "business";
  const person = form.elements.namedItem("person");
  if (!business) {
    if (person) person.value = "self";
    return people.self;
  }
  if (person) person.value = "other";
  return companies[form.elements.namedItem("company")?.value];
}

// Brings what is inside into view when it has changed: on a phone the times of the
// day just picked would otherwise appear below the screen.
export function ScrollIntoView({ change, className, children }) {
  const ref = useRef(null);
  const shown = useRef(change);
  useEffect(() => {
    if (shown.current === change) return;
    shown.current = change;
    if (!change) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    ref.current?.scrollIntoView({
      block: "nearest",
      behavior: calm ? "instant" : "smooth",
    });
  }, [change]);
  return (
    <div ref={ref} className={className}>
      {children}
    </div>
  );
}

// Stands last in a form. Keeps what was typed into it but not sent yet: a reload, or
// coming back from another page, brings it back. It lives in this tab only, under its
// owner and the draft's id, and is forgotten once the form was accepted, at the latest
// when the person logs out.
export function FormDraft({ name, owner }) {
  const ref = useRef(null);
  useEffect(() => {
    const form = ref.current?.closest("form");
    if (!form || !name || !owner) return;
    const key = draftKey(owner, name);
    const typed = readDraft(key);
    if (typed) restore(form, typed);
    const note = () => {
      sent.delete(key);
      // After what is drawn anew by this very event.
      setTimeout(() => ref.current && saveDraft(key, valuesOf(form)));
    };
    const send = () => sent.add(key);
    form.addEventListener("input", note);
    form.addEventListener("submit", send);
    return () => {
      form.removeEventListener("input", note);
      form.removeEventListener("submit", send);
    };
  }, [name, owner]);
  return <span ref={ref} hidden />;
}

const MINUS = svgIcon("M5 12h14");
const PLUS = svgIcon("M5 12h14M12 5v14");

// A whole number with a button on either side. What is pressed or typed quickly
// is told once, and at the latest when the focus leaves.
export function QuantityInput({
  name,
  label,
  value,
  least,
  most,
  invalid,
  describedby,
  onChange,
  className,
  inputClass,
  buttonClass,
}) {
  const [typed, setTyped] = useState(String(value));
  const waiting = useRef(null);
  const told = useRef(String(value));
  useEffect(() => {
    if (waiting.current) return;
    told.current = String(value);
    setTyped(String(value));
  }, [value]);
  useEffect(() => () => clearTimeout(waiting.current?.timer), []);

  const tell = () => {
    if (!waiting.current) return;
    clearTimeout(waiting.current.timer);
    const { text } = waiting.current;
    waiting.current = null;
    if (text !== told.current) onChange((told.current = text));
  };
  const set = (text) => {
    setTyped(text);
    clearTimeout(waiting.current?.timer);
    waiting.current = { text, timer: setTimeout(tell, 250) };
  };
  const number = Number.parseInt(typed, 10);
  const step = (by) => set(String(stepped(number, by, least, most)));
  const knob = (by, words, picture, spent) => (
    <button
      type="button"
      className={buttonClass}
      aria-label={`${words}: ${label}`}
      aria-disabled={spent}
      onClick={() => step(by)}
    >
      {picture}
    </button>
  );
  return (
    <div className={className} onBlur={tell}>
      {knob(-1, "Fewer", MINUS, number <= least)}
      <input
        type="text"
        inputMode="numeric"
        autoComplete="off"
        className={inputClass}
        name={name}
        aria-label={label}
        aria-invalid={invalid ? "true" : "false"}
        aria-describedby={describedby}
        maxLength={4}
        value={typed}
        onFocus={(event) => event.target.select()}
        onChange={(event) => set(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") tell();
          const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
          if (!by) return;
          event.preventDefault();
          step(by);
        }}
      />
      {knob(1, "More", PLUS, number >= most)}
    </div>
  );
}
