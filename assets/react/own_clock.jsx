import { browserZone, ownTime, zoneName } from "./own_clock.js";

// Somewhere every two clocks differ for half of the year: now is near enough for the
// sentence, each time is reckoned for itself.
export function OwnClock({ zone, className }) {
  const own = browserZone();
  if (!ownTime(new Date().toISOString(), zone, own)) return null;
  return (
    <p className={className}>
      Below each time is what your own clock says then ({zoneName(own)}).
    </p>
  );
}

export function OwnTime({ at, zone, className }) {
  const text = ownTime(at, zone, browserZone());
  if (!text) return null;
  return (
    <span className={className}>
      {text}
      <span className="sr-only"> on your clock</span>
    </span>
  );
}
