import { lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { announce, useRestored } from "./edit.jsx";
import { ErrorLine, said, sign } from "./field_parts.jsx";

// Leaflet comes only when somebody opens the map.
const PlaceMap = lazy(() => import("./place_map.jsx"));
const DOWN = "m6 9 6 6 6-6";
const PIN =
  "M20 10c0 4.993-5.539 10.193-7.399 11.799a1 1 0 0 1-1.202 0C9.539 20.193 4 14.993 4 10a8 8 0 0 1 16 0M9 10a3 3 0 1 0 6 0a3 3 0 1 0-6 0";
const PARTS = [
  ...["street", "unit", "town", "state", "postcode", "country"],
  ...["latitude", "longitude"],
];
const SEARCH_MS = 300;

// An address: country, state, town, postcode as the country has them, a search,
// and a pin. `lists` is what is known of one country; `onPick` asks for another.
export function AddressFields({
  initial,
  errors,
  countries,
  lists,
  home,
  hits,
  tiles,
  optional,
  onPick,
  onSearch,
}) {
  const box = useRef(null);
  const base = useId();
  const [value, setValue] = useState(() => ({
    ...Object.fromEntries(PARTS.map((part) => [part, initial?.[part] ?? ""])),
    country: initial?.country || home,
  }));
  const [query, setQuery] = useState("");
  const [mapped, setMapped] = useState(false);
  const asked = useRef(false);
  const timer = useRef(null);
  const last = useRef("");

  useRestored(box, (typed) => {
    setValue((now) => ({
      ...now,
      ...Object.fromEntries(
        PARTS.filter((part) => part in typed).map((part) => [part, typed[part]]),
      ),
    }));
  });

  useEffect(() => {
    const asked = `${value.country} ${value.state} ${value.town}`;
    clearTimeout(timer.current);
    timer.current = setTimeout(
      () => {
        if (asked === last.current) return;
        last.current = asked;
        onPick?.(value.country, value.state, value.town);
      },
      last.current ? 400 : 0,
    );
    return () => clearTimeout(timer.current);
  }, [value.country, value.state, value.town]);

  // Opened before the page knew where the business is.
  useEffect(() => {
    if (home) setValue((now) => (now.country ? now : { ...now, country: home }));
  }, [home]);

  useEffect(() => {
    const text = query.trim();
    if (text.length < 2) return;
    const wait = setTimeout(() => {
      onSearch?.(text);
    }, SEARCH_MS);
    return () => clearTimeout(wait);
  }, [query]);

  const set = (changes) => {
    setValue((now) => ({ ...now, ...changes }));
    setTimeout(() => announce(box.current));
  };
  const here = lists?.country === value.country ? lists : null;
  const states = here?.states ?? [];
  const found = query.trim().length > 1 && hits?.query === query.trim() ? hits.hits : null;

  const field = (part, label, options = {}) => {
    const id = `${base}-${part}`;
    const error = errors?.[part];
    return (
      <div className={`field ${options.className ?? ""}`}>
        <label className="field-label" htmlFor={id}>
          {label}
          {options.optional ? (
            <span
              className="ml-2 text-sm font-normal text-ink-faint"
              aria-hidden="true"
            >
              optional
            </span>
          ) : null}
        </label>
        {options.choices ? (
          <span className="relative block">
            <select
              data-own=""
              id={id}
              name={part}
              className="field-input"
              autoComplete={options.auto}
              value={value[part]}
              {...said(id, error)}
              onChange={(event) => {
                const changes = { [part]: event.target.value };
                if (part === "country") Object.assign(changes, { state: "" });
                set(changes);
              }}
            >
              {part === "state" ? (
                <option value="">{options.optional ? "Not given" : "Choose"}</option>
              ) : null}
              {value[part] && !options.choices.some(([code]) => code === value[part]) ? (
                <option value={value[part]}>{value[part]}</option>
              ) : null}
              {options.choices.map(([code, words]) => (
                <option key={code} value={code}>
                  {words}
                </option>
              ))}
            </select>
            {sign(
              DOWN,
              "icon pointer-events-none absolute right-3.5 top-1/2 -translate-y-1/2 text-ink-faint",
            )}
          </span>
        ) : (
          <input
            data-own=""
            id={id}
            name={part}
            type="text"
            className="field-input"
            autoComplete={options.auto}
            placeholder={options.placeholder}
            list={options.list}
            inputMode={options.inputMode}
            value={value[part]}
            {...said(id, error)}
            onChange={(event) => set({ [part]: event.target.value })}
          />
        )}
        <ErrorLine id={id} error={error} />
      </div>
    );
  };

  const latitude = Number.parseFloat(value.latitude);
  const longitude = Number.parseFloat(value.longitude);
  const pinned = Number.isFinite(latitude) && Number.isFinite(longitude);
  return (
    <div ref={box} className="flex flex-col gap-5">
      <div className="field">
        <label className="field-label" htmlFor={`${base}-search`}>
          Search for a town or address
        </label>
        <input
          data-own=""
          id={`${base}-search`}
          type="search"
          className="field-input"
          autoComplete="off"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.preventDefault();
          }}
        />
        <div role="status">
          {found ? (
            found.length ? (
              <ul className="mt-1 flex flex-col overflow-hidden rounded-xl border border-line">
                {found.map((hit) => (
                  <li key={`${hit.label} ${hit.latitude} ${hit.longitude}`}>
                    <button
                      type="button"
                      className="flex min-h-11 w-full items-center gap-2.5 px-3.5 py-2 text-start hover:bg-sunken"
                      onClick={() => {
                        set({
                          ...Object.fromEntries(
                            PARTS.filter((part) => hit[part]).map((part) => [
                              part,
                              hit[part],
                            ]),
                          ),
                          state: hit.state,
                        });
                        setQuery("");
                        setMapped(true);
                        // The button that was pressed is gone; go on with the street.
                        document.getElementById(`${base}-street`)?.focus();
                      }}
                    >
                      {sign(PIN, "icon shrink-0 text-ink-faint")}
                      <span>{hit.label}</span>
                    </button>
                  </li>
                ))}
              </ul>
            ) : (
              <p className="field-help">
                Nothing found. Please fill in the fields below.
              </p>
            )
          ) : null}
        </div>
      </div>
      <div className="grid gap-x-4 gap-y-5 sm:grid-cols-6">
        {field("country", "Country", {
          choices: countries ?? [],
          auto: "country",
          className: "sm:col-span-3",
        })}
        {states.length || !here
          ? field("state", "State", {
              choices: states,
              auto: "address-level1",
              optional: here && !here.state_needed,
              className: "sm:col-span-3",
            })
          : field("state", "State or region", {
              auto: "address-level1",
              optional: true,
              className: "sm:col-span-3",
            })}
        {field("town", "Suburb or town", {
          auto: "address-level2",
          list: `${base}-towns`,
          className: "sm:col-span-4",
        })}
        <datalist id={`${base}-towns`}>
          {(here?.towns ?? []).map((town) => (
            <option key={town} value={town} />
          ))}
        </datalist>
        {field("postcode", "Postcode", {
          auto: "postal-code",
          placeholder: here?.postcode ?? "",
          className: "sm:col-span-2",
        })}
        {field("street", "Street and number", {
          auto: "address-line1",
          className: "sm:col-span-4",
        })}
        {field("unit", "Unit or level", {
          auto: "address-line2",
          optional: true,
          className: "sm:col-span-2",
        })}
      </div>
      {optional ? <p className="field-help">{optional}</p> : null}
      <input type="hidden" name="latitude" value={value.latitude} readOnly />
      <input type="hidden" name="longitude" value={value.longitude} readOnly />
      {mapped ? (
        <Suspense fallback={<div className="place-map bone" aria-hidden="true" />}>
          <PlaceMap
            latitude={pinned ? latitude : null}
            longitude={pinned ? longitude : null}
            middle={here?.middle?.length ? here.middle : null}
            near={here?.near?.length ? here.near : null}
            tiles={tiles}
            takesFocus={asked.current}
            onPin={(at) =>
              set({
                latitude: at ? at[0].toFixed(6) : "",
                longitude: at ? at[1].toFixed(6) : "",
              })
            }
          />
        </Suspense>
      ) : (
        <button
          type="button"
          className="btn btn-secondary w-fit"
          onClick={() => {
            asked.current = true;
            setMapped(true);
          }}
        >
          {sign(PIN)}
          <span>{pinned ? "Move the pin on the map" : "Set a pin on the map"}</span>
        </button>
      )}
    </div>
  );
}
