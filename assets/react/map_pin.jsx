import { divIcon } from "leaflet";

export const pinIcon = divIcon({
  className: "place-pin",
  iconSize: [36, 44],
  iconAnchor: [18, 42],
  html: '<svg viewBox="0 0 36 44" aria-hidden="true"><path d="M18 43C16 43 3 29 3 17a15 15 0 0 1 30 0c0 12-13 26-15 26Z"/><circle cx="18" cy="17" r="5.5"/></svg>',
});
