// A phone's photograph is made small enough to send before it leaves the phone; where it was taken does not leave it at all.
const MOST_PIXELS = 1600;
const field = document.querySelector("[data-shrink]");
field?.addEventListener("change", async () => {
  const [file] = field.files;
  if (!file) return;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, MOST_PIXELS / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const small = await new Promise(done => canvas.toBlob(done, "image/jpeg", 0.8));
    const files = new DataTransfer();
    files.items.add(new File([small], "photo.jpg", { type: "image/jpeg" }));
    field.files = files.files;
  } catch (fault) {
    // What the browser cannot draw is sent as it is; the service says what is wrong with it.
  }
});
