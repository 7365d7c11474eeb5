// Registers the service worker once the page is quiet. It serves an offline page
// and built files; an update takes over by itself at the next navigation.
if ("serviceWorker" in navigator) {
  addEventListener("load", () => {
    navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {
      // Private windows refuse; the portal works without it.
    });
  });
}
