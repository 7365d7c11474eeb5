// Where a key leads in a month of days, as the grid pattern of ARIA has it. Days are
// ISO dates, and weeks begin on Monday.

const DAY = 86_400_000;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

const written = (time) => new Date(time).toISOString().slice(0, 10);

/** The day that a key leads to from another, or nothing for any other key. */
export function dayAfterKey(iso, key) {
  const time = Date.parse(`${iso}T00:00:00Z`);
  if (Number.isNaN(time)) return undefined;
  const weekday = (new Date(time).getUTCDay() + 6) % 7;
  if (key in STEPS) return written(time + STEPS[key] * DAY);
  if (key === "Home") return written(time - weekday * DAY);
  if (key === "End") return written(time + (6 - weekday) * DAY);
  if (key === "PageUp") return sameDayOfMonth(iso, -1);
  if (key === "PageDown") return sameDayOfMonth(iso, 1);
  return undefined;
}

/** The same day of another month, or its last where it is shorter. */
export function sameDayOfMonth(iso, months) {
  const [year, month, day] = iso.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return written(Date.UTC(year, month - 1 + months, Math.min(day, last)));
}

/** By how many months a day is away from the month of another. */
export function monthsBetween(from, to) {
  const [a, b] = [from, to].map((iso) => iso.split("-").map(Number));
  return (b[0] - a[0]) * 12 + b[1] - a[1];
}
