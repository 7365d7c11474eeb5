import { useEffect, useRef, useState } from "react";
import { svgIcon } from "./field_parts.jsx";
import {
  countText,
  resultText,
  isAsked,
  nextOption,
  shownResult,
  splitLabel,
} from "./address_search.js";

export const PIN =
  "M20 10c0 4.993-5.539 10.193-7.399 11.799a1 1 0 0 1-1.202 0C9.539 20.193 4 14.993 4 10a8 8 0 0 1 16 0M9 10a3 3 0 1 0 6 0a3 3 0 1 0-6 0";
const GLASS = "m21 21-4.34-4.34M3 11a8 8 0 1 0 16 0a8 8 0 1 0-16 0";
const SEARCH_MS = 300;
const LONGEST = 120;

// A combobox that finds towns and addresses while one types. `result` is what was found
// last and for what: an answer to anything but what is typed now is not shown.
// `nothing` is said where nothing is found.
export function AddressSearch({ id, label, country, nothing, result, onSearch, onChoose }) {
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const last = useRef(null);
  const list = useRef(null);
  const text = query.trim();
  const asked = isAsked(text);

  useEffect(() => {
    if (!asked) return;
    const wait = setTimeout(() => onSearch?.(text, country), SEARCH_MS);
    return () => clearTimeout(wait);
  }, [text, country]);

  last.current = shownResult(result, last.current, text, country);
  const found = last.current;
  const places = found?.places ?? [];
  const shown = open && Boolean(found);
  const current = shown && at < places.length ? at : -1;
  useEffect(() => {
    list.current
      ?.querySelector('[aria-selected="true"]')
      ?.scrollIntoView({ block: "nearest" });
  }, [current]);

  const type = (value) => {
    setQuery(value);
    setOpen(true);
    setAt(-1);
  };
  const choose = (place) => {
    type("");
    setOpen(false);
    onChoose(place);
  };
  const press = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && places.length) {
      event.preventDefault();
      setOpen(true);
      setAt(nextOption(current, step, places.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (places[current]) choose(places[current]);
    } else if (event.key === "Escape" && shown) {
      // Only this list closes, not the dialog it is in.
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  };

  const source = places.find((place) => place.source)?.source;
  const words = resultText(found, nothing);
  return (
    <div className="field relative">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <span className="relative block">
        {svgIcon(
          GLASS,
          "icon pointer-events-none absolute left-3.5 top-1/2 -translate-y-1/2 text-ink-faint",
        )}
        <input
          data-own=""
          data-search=""
          id={id}
          type="text"
          role="combobox"
          className="field-input pl-11!"
          inputMode="search"
          enterKeyHint="search"
          autoComplete="off"
          spellCheck={false}
          maxLength={LONGEST}
          aria-autocomplete="list"
          aria-expanded={shown && places.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={current < 0 ? undefined : `${id}-${current}`}
          value={query}
          onChange={(event) => type(event.target.value)}
          onKeyDown={press}
          onBlur={() => setOpen(false)}
          onClick={() => setOpen(true)}
        />
      </span>
      <div className="place-hits" hidden={!shown} onMouseDown={(e) => e.preventDefault()}>
        <ul ref={list} id={`${id}-list`} role="listbox" aria-label="Places found">
          {places.map((place, number) => (
            <li
              key={`${place.label} ${number}`}
              id={`${id}-${number}`}
              role="option"
              aria-selected={number === current}
              className="place-hit"
              onMouseMove={() => setAt(number)}
              onClick={() => choose(place)}
            >
              {svgIcon(PIN, "icon shrink-0 text-ink-faint")}
              <Label text={place.label} />
            </li>
          ))}
        </ul>
        {found?.looking ? (
          <p className="place-hits-foot">
            <span className="bone h-4 w-40 rounded-md" aria-hidden="true" />
            <span className="sr-only">Looking for addresses</span>
          </p>
        ) : null}
        {words ? <p className="place-hits-foot">{words}</p> : null}
        {source ? <p className="place-hits-foot text-xs">{source}</p> : null}
      </div>
      <p role="status" className="sr-only">
        {shown && !found.looking
          ? [places.length && countText(places.length), words].filter(Boolean).join(" ")
          : ""}
      </p>
    </div>
  );
}

function Label({ text }) {
  const [head, rest] = splitLabel(text);
  return (
    <span className="min-w-0 wrap-anywhere">
      <span className="font-semibold">{head}</span>
      {rest ? <span className="text-ink-soft">, {rest}</span> : null}
    </span>
  );
}
