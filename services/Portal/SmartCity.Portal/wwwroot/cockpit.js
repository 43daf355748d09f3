// The cockpit as it changes: the server says that something is new, and the parts of the page are read again and exchanged. Without scripts the page is as new as its load.
const page = document.querySelector("[data-live-source]");
const state = document.querySelector("[data-live-state]");
let asked = 0;

async function refresh() {
  const mine = ++asked;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected || mine !== asked) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    // Who reads or uses a part keeps it as it is.
    const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (next && !part.contains(document.activeElement) && !part.querySelector("details[open]")) part.replaceChildren(...next.childNodes);
  }
  page.dataset.refreshed = String(mine);
}

if (page && "EventSource" in window) {
  const source = new EventSource(page.dataset.liveSource);
  source.addEventListener("cockpit", () => { state.textContent = state.dataset.on; refresh(); });
  source.addEventListener("heartbeat", () => { if (state.textContent !== state.dataset.on) state.textContent = state.dataset.on; });
  source.addEventListener("error", () => { state.textContent = state.dataset.off; });
  addEventListener("pagehide", () => source.close());
}
