// The time of an instant on the reader's own clock, with the weekday where it is
// another day there; null where both clocks say the same.
export function ownTime(at, zone, own) {
  const moment = new Date(at);
  if (!at || !zone || !own || Number.isNaN(moment.getTime())) return null;
  if (wallTime(moment, zone) === wallTime(moment, own)) return null;
  const sameDay = wallTime(moment, zone, DAY) === wallTime(moment, own, DAY);
  return inZone(undefined, own, {
    hour: "numeric",
    minute: "2-digit",
    ...(sameDay ? {} : { weekday: "short" }),
  }).format(moment);
}

const DAY = { year: "numeric", month: "2-digit", day: "2-digit" };
const MINUTE = { ...DAY, hour: "2-digit", minute: "2-digit" };

const wallTime = (moment, zone, parts = MINUTE) =>
  inZone("en-GB", zone, parts).format(moment);

const inZone = (locale, timeZone, parts) =>
  new Intl.DateTimeFormat(locale, { timeZone, ...parts });

export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

// What people call a zone: "Asia/Ho_Chi_Minh" is "Ho Chi Minh".
export const zoneName = (zone) => zone.split("/").pop().replaceAll("_", " ");
