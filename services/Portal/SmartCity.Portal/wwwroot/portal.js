// What every page does where scripts run. Each page works without it.

// The last code stays at hand without a network.
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/worker.js");

// Whoever signs out leaves no code behind. Scans that wait to be handed in stay.
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => caches.delete("portal-1"));

// A problem is where the eye and the screen reader go first.
document.querySelector(".problem")?.focus();

// A code says how old it is, and that it is an old one where there is no network.
const code = document.querySelector(".code[data-read]");
if (code) {
  const age = code.querySelector("[data-age]");
  // Against this device's own clock: the page was read when it loaded, unless a worker brought it out of its store.
  const kept = performance.getEntriesByType("navigation")[0]?.workerStart > 0 && document.documentElement.dataset.kept;
  const read = Number(kept || Date.now());
  const tell = () => {
    const minutes = Math.floor((Date.now() - read) / 60000);
    const offline = !navigator.onLine || Boolean(kept);
    age.textContent = (offline ? age.dataset.offline + " " : "") + (minutes < 1 ? age.dataset.now : age.dataset.minutes.replace("{0}", minutes));
    code.classList.toggle("stale", offline || minutes >= 10);
    age.hidden = false;
    if (minutes >= 5 && navigator.onLine && document.visibilityState === "visible") location.reload();
  };
  tell();
  setInterval(tell, 15000);
  addEventListener("online", tell);
  addEventListener("offline", tell);
  document.addEventListener("visibilitychange", tell);
}
