import { useEffect, useRef } from "react";
import { svgIcon } from "./field_parts.jsx";
import { announce } from "./form_drafts.jsx";
import { moved, without } from "./rows.js";

// What rows share that are added, ordered and taken away: their buttons, and where the
// focus goes.
export const PLUS = "M5 12h14M12 5v14";
export const DOWN = "m6 9 6 6 6-6";
export const AWAY = "M18 6 6 18M6 6l12 12";
export const BIN =
  "M3 6h18M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2M10 11v6M14 11v6";
const UP = "m18 15-6-6-6 6";

export const inRow = (row, what) => `[data-row="${row.mark}"] ${what}`;

// Once `rows` are drawn anew, the focus goes to what the ref names that is returned, or
// beside it where that is disabled now; and the form hears of the change.
export function useRowFocus(box, rows) {
  const focus = useRef(null);
  useEffect(() => {
    if (!focus.current) return;
    const wanted = box.current.querySelector(focus.current);
    focus.current = null;
    const other = wanted?.disabled
      ? [...wanted.parentElement.children].find((one) => !one.disabled)
      : wanted;
    other?.focus();
    announce(box.current);
  }, [rows]);
  return focus;
}

// Rows begin anew once the form around them was `saved`: `take` is told.
export function useSaved(saved, take) {
  const stored = useRef(saved);
  useEffect(() => {
    if (!saved || saved === stored.current) return;
    stored.current = saved;
    take();
  }, [saved]);
}

// What happens to ordered rows, which `set` takes; `adder` finds what adds another.
export const rowChanges = (rows, set, focus, adder = "[data-add]") => ({
  put: (added) => {
    focus.current = inRow(added, "input[type=text]");
    set([...rows, added]);
  },
  move: (at, by) => {
    focus.current = inRow(rows[at], `[data-move="${by}"]`);
    set(moved(rows, at, by));
  },
  remove: (at) => {
    const next = rows[at + 1] ?? rows[at - 1];
    focus.current = next ? inRow(next, "[data-away]") : adder;
    set(without(rows, at));
  },
});

export const RowButton = ({ says, shape, ...props }) => (
  <button
    type="button"
    className="btn btn-ghost btn-icon"
    aria-label={says}
    title={says}
    {...props}
  >
    {svgIcon(shape)}
  </button>
);

// The buttons that move a row; beside them stands the one that takes it away.
export const MoveButtons = ({ what, at, count, onMove }) =>
  [
    [-1, UP, "up", at === 0],
    [1, DOWN, "down", at === count - 1],
  ].map(([by, shape, way, disabled]) => (
    <RowButton
      key={way}
      says={`Move ${what} ${way}`}
      shape={shape}
      data-move={by}
      disabled={disabled}
      onClick={() => onMove(at, by)}
    />
  ));

export const AwayButton = ({ what, shape = BIN, onClick }) => (
  <RowButton says={`Remove ${what}`} shape={shape} data-away="" onClick={onClick} />
);
