import { useEffect, useRef } from "react";

const ROW = "li";
const CONTROL = "a[href], button";

// A list whose rows go by what is pressed in them. The focus goes to the next row that
// has something to press, else to one before, else to the heading above the list.
export function KeptFocus({ children, ...rest }) {
  const box = useRef(null);
  const row = useRef({ element: null, at: 0 });
  useEffect(() => {
    const follow = () => {
      const { element, at } = row.current;
      if (!element || element.isConnected || document.activeElement !== document.body) return;
      row.current = { element: null, at: 0 };
      const rows = [...box.current.querySelectorAll(ROW)];
      const next = [...rows.slice(at), ...rows.slice(0, at).reverse()]
        .map((one) => one.querySelector(CONTROL))
        .find(Boolean);
      const heading = box.current.closest("section")?.querySelector("h2");
      if (!next && heading) heading.tabIndex = -1;
      (next ?? heading)?.focus();
    };
    const observer = new MutationObserver(follow);
    observer.observe(box.current, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, []);
  const remember = (event) => {
    const element = event.target.closest(ROW);
    const rows = [...box.current.querySelectorAll(ROW)];
    row.current = { element, at: rows.indexOf(element) };
  };
  return (
    <div ref={box} onFocus={remember} {...rest}>
      {children}
    </div>
  );
}
