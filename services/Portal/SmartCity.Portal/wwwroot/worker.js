// Keeps what somebody may need without a network: their own last code, the page on which staff scan, and the files that both are made of.
const STORE = "portal-1";
const KEPT_PAGES = /^\/(code|venue\/[^/]+\/scan)$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", event => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && KEPT_PAGES.test(url.pathname)) event.respondWith(pageOrKept(request));
  else if (/\.(css|js|svg)$/.test(url.pathname)) event.respondWith(fileOrKept(request));
});

// The network first; what it gives is kept with the time at which it came.
async function pageOrKept(request) {
  const store = await caches.open(STORE);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) {
      const html = (await answer.clone().text()).replace("<html ", `<html data-kept="${Date.now()}" `);
      await store.put(request.url, new Response(html, { headers: answer.headers }));
    } else if (answer.type === "opaqueredirect") {
      // Signed out, or not registered: the code that is kept is nobody's any more.
      await store.delete(request.url);
    }
    // A city that cannot answer now is no better than no network.
    return answer.status < 500 ? answer : (await store.match(request.url)) ?? answer;
  } catch (fault) {
    const kept = await store.match(request.url);
    if (kept) return kept;
    throw fault;
  }
}

// A file's name changes with its content, so the kept one is the right one.
async function fileOrKept(request) {
  const store = await caches.open(STORE);
  const kept = await store.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && /\.[a-z0-9]{10}\.(css|js|svg)$/.test(new URL(request.url).pathname)) await store.put(request.url, answer.clone());
  return answer;
}
