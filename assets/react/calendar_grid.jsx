import { useEffect, useRef } from "react";
import { dayAfterKey, monthsBetween } from "./calendar_days.js";

// A month of days: one stop of the Tab key, and the arrow keys move within it. A day
// of another month turns the page first, and is given the focus once it is there.
export function CalendarGrid({ children, ...rest }) {
  const grid = useRef(null);
  const wanted = useRef("");

  useEffect(() => {
    const settle = () => {
      const days = [...grid.current.querySelectorAll("[data-day]")];
      const awaited = days.find((day) => day.dataset.day === wanted.current);
      if (awaited) {
        wanted.current = "";
        awaited.focus();
      }
      const stop =
        days.find((day) => day === document.activeElement) ??
        days.find((day) => day.getAttribute("aria-pressed") === "true") ??
        days.find((day) => day.getAttribute("aria-disabled") !== "true") ??
        days[0];
      for (const day of days) day.tabIndex = day === stop ? 0 : -1;
    };
    settle();
    const changes = new MutationObserver(settle);
    changes.observe(grid.current, {
      childList: true,
      subtree: true,
      attributeFilter: ["data-day", "aria-pressed", "aria-disabled"],
    });
    return () => changes.disconnect();
  }, []);

  const move = (event) => {
    const day = event.target.closest?.("[data-day]");
    if (!day || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = dayAfterKey(day.dataset.day, event.key);
    if (!next) return;
    event.preventDefault();
    const shown = grid.current.querySelector(`[data-day="${next}"]`);
    if (shown) {
      day.tabIndex = -1;
      shown.tabIndex = 0;
      shown.focus();
      return;
    }
    const months = monthsBetween(day.dataset.day, next);
    const turn = grid.current.parentElement.querySelector(`[data-turn="${months}"]`);
    if (!turn || turn.getAttribute("aria-disabled") === "true") return;
    wanted.current = next;
    turn.click();
  };
  // A press elsewhere means that the day waited for is not wanted any more.
  const forget = () => (wanted.current = "");

  return (
    <div ref={grid} role="grid" onKeyDown={move} onPointerDown={forget} {...rest}>
      {children}
    </div>
  );
}
