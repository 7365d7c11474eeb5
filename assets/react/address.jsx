import { useEffect, useId, useRef, useState } from "react";
import { ErrorLine, describedBy, svgIcon } from "./field_parts.jsx";
import { announce, useRestored } from "./form_drafts.jsx";
import { AddressSearch } from "./address_search.jsx";
import { PinEditor } from "./pin_editor.jsx";
import {
  addressOf,
  answerAt,
  asTexts,
  firstAddress,
  isToldOf,
  offeredPlace,
  pinOf,
  restoredAddress,
} from "./address.js";

const DOWN = "m6 9 6 6 6-6";
const LISTS_MS = 400;
const PIN_MS = 600;

// An address: a search, country, state, town, postcode as the country has them, and
// a pin. `lists` is what is known of one country; `onPick` asks for another. `searchResult`
// answers `onSearch`, and `here` is the address where the pin was put, `onLocate`.
export function AddressFields({
  initial,
  errors,
  countries,
  lists,
  home,
  searchResult,
  here,
  hasGeocoder,
  tiles,
  optional,
  onPick,
  onSearch,
  onLocate,
}) {
  const box = useRef(null);
  const base = useId();
  const [value, setValue] = useState(() => firstAddress(initial, home));
  const [mapped, setMapped] = useState(false);
  // The pin as a person put it: only for that an address is offered.
  const [moved, setMoved] = useState("");
  const asked = useRef("");

  useRestored(box, (typed) => setValue((now) => restoredAddress(now, typed)));

  useEffect(() => {
    const wanted = `${value.country} ${value.state} ${value.town}`;
    // A page that came back knows the lists of the business's own country only.
    if (wanted === asked.current && lists?.country === value.country) return;
    const wait = setTimeout(
      () => {
        asked.current = wanted;
        onPick?.(value.country, value.state, value.town);
      },
      asked.current ? LISTS_MS : 0,
    );
    return () => clearTimeout(wait);
  }, [value.country, value.state, value.town, lists?.country]);

  // Opened before the page knew where the business is.
  useEffect(() => {
    if (home) setValue((now) => (now.country ? now : { ...now, country: home }));
  }, [home]);

  useEffect(() => {
    if (!moved || !hasGeocoder) return;
    const wait = setTimeout(() => onLocate?.(...moved.split(" ")), PIN_MS);
    return () => clearTimeout(wait);
  }, [moved, hasGeocoder]);

  const set = (changes) => {
    setValue((now) => ({ ...now, ...changes }));
    setTimeout(() => announce(box.current));
  };
  const pin = (at) => {
    const [latitude, longitude] = asTexts(at);
    set({ latitude, longitude });
    setMoved(at ? `${latitude} ${longitude}` : "");
  };
  const take = (changes) => {
    set(changes);
    setMoved("");
    document.getElementById(`${base}-street`)?.focus();
  };
  const choose = (place) => {
    const { latitude, longitude } = place;
    take({ ...addressOf(place, value), latitude, longitude });
    setMapped(true);
  };

  const [choosing, setChoosing] = useState(false);
  const inCountry = countries?.find(([code]) => code === value.country)?.[1];
  const known = lists?.country === value.country ? lists : null;
  const states = known?.states ?? [];
  const at = pinOf(value);
  const told = isToldOf(lists, value);
  const near = told && lists.near?.length ? lists.near : null;
  const middle = known?.middle?.length ? known.middle : null;
  const there = answerAt(here, moved);
  const offered = offeredPlace(there, value);

  // The country goes without saying, until somebody says another or it is wrong.
  const folded = inCountry && !choosing && !errors?.country;
  const field = (part, label, options = {}) => (
    <Field
      {...{ part, label, ...options }}
      id={`${base}-${part}`}
      error={errors?.[part]}
      value={value[part]}
      onChange={(text) => set({ [part]: text, ...(part === "country" && { state: "" }) })}
    />
  );
  return (
    <div ref={box} className="flex flex-col gap-5">
      <AddressSearch
        id={`${base}-search`}
        label={hasGeocoder ? "Search for a town or address" : "Search for a town"}
        country={value.country}
        nothing={
          hasGeocoder && inCountry
            ? `Nothing found in ${inCountry}. Choose another country below, or fill in the fields.`
            : "Nothing found. The fields below take any address."
        }
        result={searchResult}
        onSearch={onSearch}
        onChoose={choose}
      />
      <div className="grid gap-x-4 gap-y-5 sm:grid-cols-6">
        {field("street", "Street and number", {
          auto: "address-line1",
          className: "sm:col-span-4",
        })}
        {field("unit", "Unit or level", {
          auto: "address-line2",
          optional: true,
          className: "sm:col-span-2",
        })}
        {field("town", "Suburb or town", {
          auto: "address-level2",
          list: known?.towns ?? [],
          className: "sm:col-span-6",
        })}
        {states.length || !known
          ? field("state", "State", {
              choices: states,
              none: known && !known.state_needed ? "Not given" : "Choose",
              auto: "address-level1",
              optional: known && !known.state_needed,
              className: "sm:col-span-4",
            })
          : field("state", "State or region", {
              auto: "address-level1",
              optional: true,
              className: "sm:col-span-4",
            })}
        {field("postcode", "Postcode", {
          auto: "postal-code",
          placeholder: known?.postcode ?? "",
          className: "sm:col-span-2",
        })}
        {folded ? (
          <p className="-my-2 flex min-h-11 flex-wrap items-center gap-x-2 text-[0.9375rem] sm:col-span-6">
            <span className="text-ink-soft">Country: {inCountry}</span>
            <span aria-hidden="true" className="text-ink-faint">
              ·
            </span>
            <button
              type="button"
              className="text-link min-h-11"
              onClick={() => {
                setChoosing(true);
                requestAnimationFrame(() =>
                  document.getElementById(`${base}-country`)?.focus(),
                );
              }}
            >
              Change<span className="sr-only"> the country</span>
            </button>
            <input type="hidden" name="country" value={value.country} readOnly />
          </p>
        ) : (
          field("country", "Country", {
            choices: countries ?? [],
            auto: "country",
            className: "sm:col-span-6",
          })
        )}
      </div>
      {optional ? <p className="field-help">{optional}</p> : null}
      <input type="hidden" name="latitude" value={value.latitude} readOnly />
      <input type="hidden" name="longitude" value={value.longitude} readOnly />
      <div>
        <PinEditor {...{ at, near, middle, told, tiles, mapped, setMapped }} onPin={pin} />
        <div role="status">
          {offered ? (
            <div className="place-offer">
              <p className="min-w-0 flex-1 basis-56">
                <span className="block text-sm text-ink-soft">Address at the pin</span>
                <span className="font-semibold wrap-anywhere">{offered.label}</span>
                {offered.source ? (
                  <span className="block text-xs text-ink-soft">{offered.source}</span>
                ) : null}
              </p>
              <button
                type="button"
                className="btn btn-secondary"
                onClick={() => take(addressOf(offered, value))}
              >
                Use this address
              </button>
            </div>
          ) : there?.word ? (
            <p className="field-help mt-2">{there.word}</p>
          ) : null}
        </div>
      </div>
    </div>
  );
}

function Field({
  id,
  part,
  label,
  value,
  error,
  onChange,
  choices,
  none,
  list,
  auto,
  optional,
  placeholder,
  className,
}) {
  const shared = {
    "data-own": "",
    id,
    name: part,
    className: "field-input",
    autoComplete: auto,
    value,
    ...describedBy(id, error),
    onChange: (event) => onChange(event.target.value),
  };
  return (
    <div className={`field ${className}`}>
      <label className="field-label" htmlFor={id}>
        {label}
        {optional ? (
          <span className="ml-2 text-sm font-normal text-ink-faint" aria-hidden="true">
            optional
          </span>
        ) : null}
      </label>
      {choices ? (
        <span className="relative block">
          <select {...shared}>
            {none ? <option value="">{none}</option> : null}
            {value && !choices.some(([code]) => code === value) ? (
              <option value={value}>{value}</option>
            ) : null}
            {choices.map(([code, words]) => (
              <option key={code} value={code}>
                {words}
              </option>
            ))}
          </select>
          {svgIcon(
            DOWN,
            "icon pointer-events-none absolute right-3.5 top-1/2 -translate-y-1/2 text-ink-faint",
          )}
        </span>
      ) : (
        <>
          <input
            {...shared}
            type="text"
            placeholder={placeholder}
            list={list ? `${id}-list` : undefined}
          />
          {list ? (
            <datalist id={`${id}-list`}>
              {list.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          ) : null}
        </>
      )}
      <ErrorLine id={id} error={error} />
    </div>
  );
}
