import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";

// A page that was cut into several keeps its old addresses: `paths` says on which one
// an anchor is now. It is brought into view wherever it is.
export function PartAnchors({ paths }) {
  const { pathname, hash } = useLocation();
  const navigate = useNavigate();
  useEffect(() => {
    // On a phone the strip is wider than the screen.
    document
      .querySelector('.tabs [aria-current="page"]')
      ?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [pathname]);
  useEffect(() => {
    const anchor = decodeURIComponent(hash.slice(1));
    const path = Object.hasOwn(paths, anchor) ? paths[anchor] : null;
    if (!path) return;
    if (pathname.replace(/\/$/, "") !== path) navigate(path + hash, { replace: true });
    else document.getElementById(anchor)?.scrollIntoView();
  }, [pathname, hash]);
  return null;
}
