import { useId, useRef, useState } from "react";
import { Frame } from "./field_parts.jsx";
import { announce, useRestored } from "./form_drafts.jsx";
import { AddressSearch } from "./address_search.jsx";
import { PinEditor } from "./pin_editor.jsx";
import { asTexts, pinOf } from "./address.js";

// A pin as a field of its own: found by a search, set on the map or by this device. The
// form sends `latitude` and `longitude`.
export function PinField({
  label,
  help,
  error,
  latitude,
  longitude,
  lists,
  home,
  searchResult,
  hasGeocoder,
  tiles,
  onSearch,
}) {
  const box = useRef(null);
  const base = useId();
  const [value, setValue] = useState({ latitude, longitude });
  const [mapped, setMapped] = useState(false);
  useRestored(box, (typed) =>
    setValue({ latitude: typed.latitude ?? "", longitude: typed.longitude ?? "" }),
  );
  const put = (latitude, longitude) => {
    setValue({ latitude, longitude });
    setTimeout(() => announce(box.current));
  };
  return (
    <Frame id={base} group {...{ label, help, error }}>
      <AddressSearch
        id={`${base}-search`}
        label={hasGeocoder ? "Search for a town or address" : "Search for a town"}
        country={home}
        nothing="Nothing found."
        result={searchResult}
        onSearch={onSearch}
        onChoose={(place) => {
          put(place.latitude, place.longitude);
          setMapped(true);
        }}
      />
      <div ref={box} className="mt-1.5">
        <PinEditor
          at={pinOf(value)}
          middle={lists?.middle?.length ? lists.middle : null}
          {...{ tiles, mapped, setMapped }}
          alone
          onPin={(at) => put(...asTexts(at))}
        />
        {["latitude", "longitude"].map((name) => (
          <input key={name} type="hidden" data-own="" name={name} value={value[name]} readOnly />
        ))}
      </div>
    </Frame>
  );
}
