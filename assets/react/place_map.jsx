import { lazy, Suspense } from "react";

// Leaflet comes only where there is a map.
const PlaceMapView = lazy(() => import("./place_map_view.jsx"));

const degrees = (text) => Number.parseFloat(text);

// A map to look at: `latitude` and `longitude` are the pin as texts, or empty; `near`
// is where the town is, if that is known. Without either, or without a map service,
// there is nothing.
export function PlaceMap({ latitude, longitude, near, tiles, label }) {
  const at = [latitude, longitude].map(degrees);
  const pinned = at.every(Number.isFinite);
  if (!tiles || !(pinned || near?.length)) return null;
  return (
    <Suspense fallback={<div className="place-map bone" aria-hidden="true" />}>
      <PlaceMapView
        key={`${at} ${near}`}
        at={pinned ? at : null}
        near={near}
        tiles={tiles}
        label={label}
      />
    </Suspense>
  );
}
