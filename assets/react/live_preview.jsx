import { useEffect, useRef } from "react";

const PAUSE = 350; // Milliseconds without typing after which it is told.

// Stands in a form and tells what is in it, whenever that changed and a moment passed.
export function LivePreview({ onChange }) {
  const marker = useRef(null);
  const tell = useRef(onChange);
  tell.current = onChange;
  useEffect(() => {
    const { form } = marker.current;
    let timer = 0;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const typed = {};
        for (const [name, value] of new FormData(form))
          if (typeof value === "string") typed[name] = value;
        tell.current(typed);
      }, PAUSE);
    };
    const events = ["input", "change", "restore"];
    for (const event of events) form.addEventListener(event, later);
    return () => {
      clearTimeout(timer);
      for (const event of events) form.removeEventListener(event, later);
    };
  }, []);
  return <input ref={marker} type="hidden" />;
}
