// How long a time is still kept. The browser's clock may be wrong by minutes: the
// server says how many seconds are left, and they are counted from then.
const deadlines = new Map();

// When, on the clock that `now` is read from, a hold is over. What is told again later
// about the same hold can only be nearer to the truth.
export function deadlineOf(until, secondsLeft, now) {
  const told = now + secondsLeft * 1000;
  const known = deadlines.get(until);
  const deadline = known === undefined ? told : Math.min(known, told);
  deadlines.set(until, deadline);
  return deadline;
}

export const secondsUntil = (deadline, now) =>
  Math.max(0, Math.ceil((deadline - now) / 1000));

export const clockText = (seconds) =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

export const OVER =
  "We do not keep this time for you any more. It is still yours if nobody takes it " +
  "before you confirm.";

const MOMENTS = [
  [0, OVER],
  [30, "We keep this time for you for 30 more seconds."],
  [120, "We keep this time for you for 2 more minutes."],
];

// What is said aloud: at the start until when, then at the moments that count.
export function announcement(seconds, until) {
  const moment = MOMENTS.find(([most]) => seconds <= most);
  return moment ? moment[1] : `We keep this time for you until ${until}.`;
}
