// The cockpit as it changes: the server says that something is new, and the parts of the page are read again and exchanged. Without scripts the page is as new as its load.
const page = document.querySelector("[data-live-source]");
const state = document.querySelector("[data-live-state]");
let [reading, again] = [false, false];

// One reading at a time; what changes meanwhile is read after it, so that a slow network sees every state that lasts.
async function refresh() {
  again = reading;
  if (reading) return;
  reading = true;
  try {
    await read();
  } catch (fault) {
    // The source's own error says that the page is not live.
  } finally {
    reading = false;
  }
  if (again) refresh();
}

async function read() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    // Who reads or uses a part keeps it as it is.
    const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (next && !part.contains(document.activeElement) && !part.querySelector("details[open]")) part.replaceChildren(...next.childNodes);
  }
  page.dataset.refreshed = "true";
}

if (page && "EventSource" in window) {
  const source = new EventSource(page.dataset.liveSource);
  source.addEventListener("cockpit", () => { state.textContent = state.dataset.on; refresh(); });
  source.addEventListener("heartbeat", () => { if (state.textContent !== state.dataset.on) state.textContent = state.dataset.on; });
  source.addEventListener("error", () => { state.textContent = state.dataset.off; });
  addEventListener("pagehide", () => source.close());
}
