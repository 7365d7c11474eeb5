import "leaflet/dist/leaflet.css";
import { useState } from "react";
import { MapContainer, Marker, TileLayer } from "react-leaflet";
import { pinIcon } from "./map_pin.jsx";

const HOUSE = 16;
const TOWN = 13;

// Nothing where the map service does not answer: the address stands beside it.
export default function PlaceMapView({ at, near, tiles, label }) {
  const [broken, setBroken] = useState(false);
  if (broken) return null;
  return (
    <div className="place-map" role="group" aria-label={label}>
      <MapContainer
        center={at ?? near}
        zoom={at ? HOUSE : TOWN}
        // A page that is scrolled must not stop at its map.
        scrollWheelZoom={false}
        className="size-full"
      >
        <TileLayer url={tiles} eventHandlers={{ tileerror: () => setBroken(true) }} />
        {at ? (
          <Marker position={at} icon={pinIcon} interactive={false} keyboard={false} />
        ) : null}
      </MapContainer>
    </div>
  );
}
