// The hours of a week as they are edited, apart from how they are drawn. The form
// sends a text for each day, "07:00-11:30, 14:30-19:00", under the day's name.

export const EVERY = "every";
export const WEEKS = ["a", "b"];
export const DAYS = [0, 1, 2, 3, 4, 5, 6];
export const MOST = 8;
const DAY = 1440;

export const fieldOf = (week, day) => `hours.${week}.${day}`;
const minutesOf = (clock) => {
  const [hour, minute] = clock.split(":").map(Number);
  return hour * 60 + minute;
};
const clockOf = (minutes) =>
  [Math.floor(minutes / 60) % 24, minutes % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");

let counter = 0;
// A stretch of work with a `mark` that stays the same wherever it stands.
export const stretch = (starts, ends) => ({ starts, ends, mark: ++counter });

// What was typed may be half a stretch: it stays, and is sent as it is.
export const parse = (text) =>
  (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const [starts, ends] = part.split("-").map((clock) => clock.trim());
      return stretch(starts ?? "", ends ?? "");
    });
export const write = (stretches) =>
  stretches.map(({ starts, ends }) => `${starts}-${ends}`).join(", ");

// Whether a stretch ends on the next day; at midnight is still the same evening.
export const passesMidnight = ({ starts, ends }) =>
  Boolean(starts && ends) && ends !== "00:00" && minutesOf(ends) <= minutesOf(starts);

// A stretch to begin with: office hours, or the afternoon after what is there.
export function nextStretch(stretches) {
  const last = stretches.at(-1);
  if (!last?.ends) return stretch("09:00", "17:00");
  const starts = minutesOf(last.ends) + 60;
  if (passesMidnight(last) || starts >= DAY - 60) return stretch("", "");
  return stretch(clockOf(starts), clockOf(Math.min(starts + 240, DAY)));
}

export const copied = (stretches) =>
  stretches.map(({ starts, ends }) => stretch(starts, ends));

// The days of every week that the form shows, by the names of their fields.
export function firstDays(texts) {
  const days = {};
  for (const week of [EVERY, ...WEEKS])
    for (const day of DAYS) days[fieldOf(week, day)] = parse(texts?.[fieldOf(week, day)]);
  return days;
}

// Who begins to tell two weeks apart begins with the same in both, and whoever stops
// keeps those of week A.
export function retold(days, byWeeks) {
  const next = { ...days };
  for (const day of DAYS)
    if (byWeeks)
      for (const week of WEEKS) next[fieldOf(week, day)] = copied(days[fieldOf(EVERY, day)]);
    else next[fieldOf(EVERY, day)] = copied(days[fieldOf("a", day)]);
  return next;
}

export function copiedTo(days, week, from, to) {
  const next = { ...days };
  for (const day of to)
    if (day !== from) next[fieldOf(week, day)] = copied(days[fieldOf(week, from)]);
  return next;
}

// Minutes of work in a week, for the sum under the days.
export function minutesOfWeek(days, week) {
  let sum = 0;
  for (const day of DAYS)
    for (const { starts, ends } of days[fieldOf(week, day)]) {
      if (!starts || !ends) continue;
      const minutes = minutesOf(ends) - minutesOf(starts);
      sum += minutes > 0 ? minutes : minutes + DAY;
    }
  return sum;
}
export const sumText = (minutes) => {
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest ? ` ${rest} min` : ""}`;
};
