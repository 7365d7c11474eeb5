import "leaflet/dist/leaflet.css";
import { GridLayer } from "leaflet";
import { useEffect, useMemo, useRef, useState } from "react";
import {
  createElementObject,
  createTileLayerComponent,
} from "@react-leaflet/core";
import {
  MapContainer,
  Marker,
  ScaleControl,
  TileLayer,
  useMap,
  useMapEvents,
} from "react-leaflet";
import { pinIcon } from "./map_pin.jsx";

const WORLD = [20, 0];
const CLOSE = 16;
const STEP = 12;

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
    return () => element.removeEventListener("keydown", key);
  }, []);
  useEffect(() => {
    if (takesFocus) marker.current.getElement().focus();
  }, [takesFocus]);
  return (
    <Marker
      ref={marker}
      position={at}
      icon={pinIcon}
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

// A map with a pin; `focusing` grows when the pin is to take the focus, `round` when
// the map is to go to the pin although the pin has not moved.
export default function AddressMap({ at, middle, near, tiles, focusing, round, onPin }) {
  const start = useMemo(() => at ?? near ?? middle ?? WORLD, []);
  const [broken, setBroken] = useState(false);
  const pictured = tiles && !broken;
  return (
    <div className="place-map">
      <MapContainer
        center={start}
        zoom={at ? CLOSE : near ? 13 : middle ? 5 : 2}
        scrollWheelZoom
        // Pressed on, the map would take the focus and scroll all of it into view,
        // away from under a pin that is dragged. The arrow keys move the pin.
        keyboard={false}
        attributionControl={Boolean(pictured)}
        className="size-full"
      >
        {pictured ? (
          <TileLayer url={tiles} eventHandlers={{ tileerror: () => setBroken(true) }} />
        ) : (
          <Grid />
        )}
        <ScaleControl imperial={false} />
        <Clicks onPin={onPin} />
        <Follow at={at ?? near} zoom={at ? 15 : 12} round={round} />
        {at ? <Pin at={at} onPin={onPin} takesFocus={focusing} /> : null}
      </MapContainer>
      {pictured ? null : <p className="place-no-map">A plain grid, without a map</p>}
    </div>
  );
}
