// Figures that age are read again; a page to print has a button for it.
const aging = document.querySelector("[data-refresh]");
if (aging) {
  setInterval(async () => {
    if (document.visibilityState !== "visible" || aging.contains(document.activeElement)) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
    // What does not age any more has become something else: the whole page is read again.
    if (fresh) aging.replaceChildren(...fresh.childNodes);
    else location.reload();
  }, Number(aging.dataset.refresh) * 1000);
}
const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.querySelector("button").addEventListener("click", () => window.print());
}
