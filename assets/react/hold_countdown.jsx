import { useEffect, useState } from "react";
import { OVER, announcement, clockText, deadlineOf, secondsUntil } from "./hold_countdown.js";

// Until when a time is kept, and how long that is. What ticks is for the eye: a screen
// reader hears the sentence below it, which changes only when it matters.
export function HoldCountdown({ until, untilText, secondsLeft, className }) {
  const deadline = deadlineOf(until, secondsLeft, performance.now());
  const [left, setLeft] = useState(() => secondsUntil(deadline, performance.now()));
  useEffect(() => {
    const tick = () => setLeft(secondsUntil(deadline, performance.now()));
    tick();
    const ticking = setInterval(tick, 1000);
    return () => clearInterval(ticking);
  }, [deadline]);
  return (
    <div className={className} data-hold-countdown="">
      <p aria-hidden="true" className="tabular-nums">
        {left ? `We keep this time for you until ${untilText}, ${clockText(left)} left.` : OVER}
      </p>
      <p role="status" className="sr-only">
        {announcement(left, untilText)}
      </p>
    </div>
  );
}
