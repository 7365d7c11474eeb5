// What is kept: the offline page, fonts, and build files whose names carry their
// hash. What is never kept: pages, /api/, files of people, anything else.
// Raising VERSION drops what older workers stored.
const VERSION = "1";
const PAGES = `portal-offline-${VERSION}`;
const BUILD = `portal-build-${VERSION}`;
const OFFLINE = "/offline.html";
const MOST_BUILD_FILES = 160;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(PAGES)
      .then((cache) => cache.add(new Request(OFFLINE, { cache: "reload" })))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith("portal-"))
            .filter((name) => name !== PAGES && name !== BUILD)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

const keep = async (request, response) => {
  const cache = await caches.open(BUILD);
  await cache.put(request, response);
  // Old builds leave their files behind; the oldest go first.
  const stored = await cache.keys();
  const surplus = stored.slice(0, Math.max(0, stored.length - MOST_BUILD_FILES));
  await Promise.all(surplus.map((old) => cache.delete(old)));
};

const fromBuild = async (event) => {
  const { request } = event;
  const cached = await caches.match(request, { cacheName: BUILD });
  if (cached) return cached;
  const response = await fetch(request);
  const type = response.headers.get("content-type") ?? "";
  // A missing file may be answered with a page: only what it claims to be is kept.
  if (response.status === 200 && response.type === "basic" && !type.includes("html"))
    event.waitUntil(keep(request, response.clone()));
  return response;
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname.startsWith("/api/")) return;
    event.respondWith(
      fetch(request).catch(() => caches.match(OFFLINE, { cacheName: PAGES })),
    );
    return;
  }
  if (/^\/(assets|fonts)\//.test(url.pathname)) event.respondWith(fromBuild(event));
});
