import { lazy, Suspense, useEffect, useState } from "react";
import { svgIcon } from "./field_parts.jsx";
import { PIN } from "./address_search.jsx";
import { pinWords } from "./address.js";

// Leaflet comes only when somebody opens the map.
const AddressMap = lazy(() => import("./address_map.jsx"));
const CROSSHAIR = "M2 12h3m14 0h3M12 2v3m0 14v3M5 12a7 7 0 1 0 14 0a7 7 0 1 0-14 0";
const WORLD = [20, 0];
const DENIED = 1;

// The buttons and the map that put a pin at `at`, or take it away; `onPin` is told. The
// map begins `near` a place or in the `middle` of the country; `told` says whether
// `near` is known yet. `alone` says where the pin is although the map is not open.
export function PinEditor({
  at,
  near,
  middle,
  told = true,
  tiles,
  alone,
  mapped,
  setMapped,
  onPin,
}) {
  const [focusing, setFocusing] = useState(0);
  const [round, setRound] = useState(0);
  // The pin is wanted at a place of which it is not known yet where it is.
  const [waiting, setWaiting] = useState(false);
  const [words, say] = useState("");

  const pin = (place) => {
    onPin(place);
    say("");
  };
  const locate = () => {
    const failed = (reason) =>
      say(
        reason?.code === DENIED
          ? `This browser may not tell where you are. Allow it in its settings${tiles ? ", or set the pin on the map" : ""}.`
          : `Where you are could not be found out.${tiles ? " Please set the pin on the map." : ""}`,
      );
    if (!navigator.geolocation) return failed();
    say("Asking this device where it is …");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        pin([coords.latitude, coords.longitude]);
        setMapped(true);
        setRound((now) => now + 1);
        say("The pin is where you are.");
      },
      failed,
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  };
  const setPin = () => {
    pin(near ?? middle ?? WORLD);
    setFocusing((now) => now + 1);
  };
  useEffect(() => {
    if (!waiting || !told) return;
    setWaiting(false);
    setPin();
  }, [waiting, told]);

  const open = mapped || (alone && !tiles);
  return (
    <>
      <div className="flex flex-wrap gap-2.5">
        {open && at ? (
          <button type="button" className="btn btn-secondary" onClick={() => pin(null)}>
            Remove the pin
          </button>
        ) : tiles ? (
          <button
            type="button"
            className="btn btn-secondary"
            onClick={() => {
              if (!mapped) {
                if (at) setFocusing((now) => now + 1);
                setMapped(true);
              } else if (told) setPin();
              else setWaiting(true);
            }}
          >
            {svgIcon(PIN)}
            <span>
              {mapped ? "Set the pin" : at ? "Move the pin on the map" : "Set a pin on the map"}
            </span>
          </button>
        ) : null}
        <button
          type="button"
          className={`btn ${tiles ? "btn-ghost" : "btn-secondary"}`}
          onClick={locate}
        >
          {svgIcon(CROSSHAIR)}
          <span>Use my location</span>
        </button>
      </div>
      {mapped && tiles ? (
        <div className="mt-3">
          <Suspense fallback={<div className="place-map bone" aria-hidden="true" />}>
            <AddressMap {...{ at, middle, near, tiles, focusing, round, onPin: pin }} />
          </Suspense>
        </div>
      ) : null}
      <p className="field-help mt-2 empty:mt-0" role="status">
        {words ||
          (alone && !mapped
            ? pinWords(at, { mapped: true, tiles: "" })
            : pinWords(at, { mapped, tiles }))}
      </p>
    </>
  );
}
