import { useContext, useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { EventLoopContext } from "$/utils/context";

// Shows that the server cannot be reached, and that it can be again. The page
// underneath is left alone: what was typed into a form stays where it is.
export function ConnectionBanner() {
  const failed = useContext(EventLoopContext)[1].length > 0;
  const [offline, setOffline] = useState(false);
  const [phase, setPhase] = useState("");
  const wasLost = useRef(false);

  useEffect(() => {
    const update = () => setOffline(!navigator.onLine);
    update();
    addEventListener("online", update);
    addEventListener("offline", update);
    return () => {
      removeEventListener("online", update);
      removeEventListener("offline", update);
    };
  }, []);

  const lost = failed || offline;
  useEffect(() => {
    let timer;
    if (lost) {
      // A reconnect within the first moments is not worth a word.
      timer = setTimeout(() => {
        wasLost.current = true;
        setPhase("lost");
      }, 400);
    } else if (wasLost.current) {
      wasLost.current = false;
      setPhase("back");
      timer = setTimeout(() => setPhase(""), 3500);
    }
    return () => clearTimeout(timer);
  }, [lost]);

  return (
    <div role="status" className="connection">
      {phase && (
        <p className={`connection-note connection-${phase}`}>
          <span className="connection-dot" />
          {phase === "lost"
            ? "The connection is lost, trying again…"
            : "You are connected again."}
        </p>
      )}
    </div>
  );
}

// After a client-side navigation the focus would stay on a link that is gone;
// it moves to the new page's heading, which also announces the page.
export function PageFocus() {
  const { pathname, hash } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    if (hash) return;
    const target =
      document.querySelector("main h1") ?? document.querySelector("main");
    if (!target) return;
    if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }, [pathname, hash]);
  return null;
}
