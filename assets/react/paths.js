// A path without the slash at its end, as the router names pages.
export const plainPath = (path) => path.replace(/\/+$/, "") || "/";
