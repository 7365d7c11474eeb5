import { useRef, useState } from "react";
import { svgIcon } from "./field_parts.jsx";

const DOTS = "M9 5h.01M9 12h.01M9 19h.01M15 5h.01M15 12h.01M15 19h.01";

// The place among the others that a pointer at this height means.
export const placeAt = (y, others) =>
  others.filter(({ top, bottom }) => y > (top + bottom) / 2).length;

// The handle of an entry of a list: dragged, or moved by the arrow keys. `onPlace` gets
// the id and the place in its list. The entry is an `li`.
export function DragHandle({ id, label, onPlace }) {
  const handle = useRef(null);
  const drag = useRef(null);
  const [told, setTold] = useState("");
  const entry = () => handle.current.closest("li");
  const entries = () => [...entry().parentElement.children];
  const put = (place) => {
    const all = entries();
    const to = Math.max(0, Math.min(all.length - 1, place));
    if (to === all.indexOf(entry())) return;
    setTold(`Moved to place ${to + 1} of ${all.length}`);
    onPlace(id, to);
  };
  const mark = (place) => {
    const others = entries().filter((one) => one !== entry());
    others.forEach((one, at) => {
      one.toggleAttribute("data-drop-before", at === place);
      one.toggleAttribute(
        "data-drop-after",
        at === others.length - 1 && place === others.length,
      );
    });
  };
  const stop = (event, dropped) => {
    if (drag.current === null) return;
    const place = drag.current;
    drag.current = null;
    entry().removeAttribute("data-dragged");
    entry().style.transform = "";
    mark(-1);
    if (dropped && place >= 0) put(place);
  };
  return (
    <>
      <button
        ref={handle}
        type="button"
        className="btn btn-ghost btn-icon cursor-grab touch-none active:cursor-grabbing"
        aria-label={`Move ${label}`}
        aria-description="Drag it, or press the arrow keys"
        title="Drag it, or press the arrow keys"
        onKeyDown={(event) => {
          const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
          if (!by) return;
          event.preventDefault();
          put(entries().indexOf(entry()) + by);
        }}
        onPointerDown={(event) => {
          if (event.button) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = -1;
          drag.begun = event.clientY;
        }}
        onPointerMove={(event) => {
          if (drag.current === null) return;
          entry().toggleAttribute("data-dragged", true);
          entry().style.transform = `translateY(${event.clientY - drag.begun}px)`;
          const others = entries().filter((one) => one !== entry());
          drag.current = placeAt(
            event.clientY,
            others.map((one) => one.getBoundingClientRect()),
          );
          mark(drag.current);
        }}
        onPointerUp={(event) => stop(event, true)}
        onPointerCancel={(event) => stop(event, false)}
      >
        {svgIcon(DOTS, "icon [stroke-width:3]")}
      </button>
      <span className="sr-only" role="status">
        {told}
      </span>
    </>
  );
}
