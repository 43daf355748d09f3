// Adds where somebody stands to a report, when they ask for it.
const box = document.querySelector("[data-position]");
if (box && navigator.geolocation) {
  const [button, status] = [box.querySelector("button"), box.querySelector("[role=status]")];
  box.hidden = false;
  button.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      box.querySelector("[name=Latitude]").value = coords.latitude.toFixed(5);
      box.querySelector("[name=Longitude]").value = coords.longitude.toFixed(5);
      status.textContent = button.dataset.done;
    },
    () => { status.textContent = button.dataset.failed; }));
}
