import "leaflet/dist/leaflet.css";
import { divIcon, GridLayer } from "leaflet";
import { useEffect, useMemo, useRef, useState } from "react";
import {
  createElementObject,
  createTileLayerComponent,
} from "@react-leaflet/core";
import { MapContainer, Marker, TileLayer, useMap, useMapEvents } from "react-leaflet";


const WORLD = [20, 0];
const CLOSE = 16;
const STEP = 12;

const drop = divIcon({
  className: "place-pin",
  iconSize: [36, 44],
  iconAnchor: [18, 42],
  html: '<svg viewBox="0 0 36 44" aria-hidden="true"><path d="M18 43C16 43 3 29 3 17a15 15 0 0 1 30 0c0 12-13 26-15 26Z"/><circle cx="18" cy="17" r="5.5"/></svg>',
});

// Where no map service is configured or reachable: a plain grid, drawn here.
const Grid = createTileLayerComponent(
  (options, context) => {
    const Plain = GridLayer.extend({
      createTile() {
        const tile = document.createElement("div");
        tile.className = "place-grid";
        return tile;
      },
    });
    return createElementObject(new Plain(options), context);
  },
  () => {},
);

function Follow({ at, zoom, round }) {
  const map = useMap();
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    if (at) map.setView(at, Math.max(map.getZoom(), zoom), { animate: false });
  }, [at?.[0], at?.[1], round]);
  return null;
}

function Clicks({ onPin }) {
  useMapEvents({ click: (event) => onPin([event.latlng.lat, event.latlng.lng]) });
  return null;
}

function Pin({ at, onPin, takesFocus }) {
  const map = useMap();
  const marker = useRef(null);
  const latest = useRef({ at, onPin });
  latest.current = { at, onPin };
  useEffect(() => {
    const element = marker.current.getElement();
    element.setAttribute("aria-label", "Pin. Move it with the arrow keys.");
    element.setAttribute("role", "button");
    const key = (event) => {
      const by = {
        ArrowUp: [0, -STEP],
        ArrowDown: [0, STEP],
        ArrowLeft: [-STEP, 0],
        ArrowRight: [STEP, 0],
      }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      const fine = event.shiftKey ? 4 : 1;
      const point = map.latLngToContainerPoint(latest.current.at);
      const next = map.containerPointToLatLng([
        point.x + by[0] / fine,
        point.y + by[1] / fine,
      ]);
      map.panInside(next, { padding: [48, 48], animate: false });
      latest.current.onPin([next.lat, next.lng]);
    };
    element.addEventListener("keydown", key);
    if (takesFocus) element.focus();
    return () => element.removeEventListener("keydown", key);
  }, []);
  return (
    <Marker
      ref={marker}
      position={at}
      icon={drop}
      draggable
      keyboard
      alt="Pin"
      eventHandlers={{
        dragend: ({ target }) => {
          const { lat, lng } = target.getLatLng();
          onPin([lat, lng]);
        },
      }}
    />
  );
}

export default function PlaceMap({
  latitude,
  longitude,
  middle,
  near,
  tiles,
  takesFocus,
  onPin,
}) {
  const at = latitude === null ? null : [latitude, longitude];
  const start = useMemo(() => at ?? near ?? middle ?? WORLD, []);
  const [said, say] = useState("");
  const [broken, setBroken] = useState(false);
  const [round, setRound] = useState(0);
  // The button that opened the map is gone: the pin, or what sets it, comes next;
  // and the pin again once it is set by that.
  const [focusing, setFocusing] = useState(Boolean(takesFocus));
  const setter = useRef(null);
  useEffect(() => {
    if (takesFocus) setter.current?.focus();
  }, []);

  const locate = () => {
    say("Asking this device where it is …");
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => {
        onPin([coords.latitude, coords.longitude]);
        setRound((now) => now + 1);
        say("The pin is where you are.");
      },
      () => say("This device does not tell where it is. Please set the pin by hand."),
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  };

  return (
    <div className="flex flex-col gap-3">
      <div className="place-map">
        <MapContainer
          center={start}
          zoom={at ? CLOSE : near ? 13 : middle ? 5 : 2}
          scrollWheelZoom
          attributionControl={Boolean(tiles && !broken)}
          className="size-full"
        >
          {tiles && !broken ? (
            <TileLayer url={tiles} eventHandlers={{ tileerror: () => setBroken(true) }} />
          ) : (
            <Grid />
          )}
          <Clicks onPin={onPin} />
          <Follow at={at ?? near} zoom={at ? 15 : 12} round={round} />
          {at ? <Pin at={at} onPin={onPin} takesFocus={focusing} /> : null}
        </MapContainer>
      </div>
      <p className="field-help" role="status">
        {said ||
          (at
            ? `Pin at ${latitude.toFixed(5)}, ${longitude.toFixed(5)}. Drag it, or choose it and press the arrow keys.`
            : "Press on the map to set the pin.")}
      </p>
      <div className="flex flex-wrap gap-2.5">
        <button type="button" className="btn btn-secondary btn-sm" onClick={locate}>
          Use my location
        </button>
        {at ? (
          <button
            key="remove"
            type="button"
            className="btn btn-ghost btn-sm"
            onClick={() => {
              onPin(null);
              say("The pin is taken away.");
            }}
          >
            Remove the pin
          </button>
        ) : (
          <button
            key="set"
            ref={setter}
            type="button"
            className="btn btn-secondary btn-sm"
            onClick={() => {
              setFocusing(true);
              onPin(near ?? middle ?? WORLD);
              say("");
            }}
          >
            Set the pin
          </button>
        )}
      </div>
    </div>
  );
}
