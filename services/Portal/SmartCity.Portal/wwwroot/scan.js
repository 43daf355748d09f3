// Reads a QR code by the camera and types it into the page's field: by the browser's own reader where it has one, else by jsQR, which is loaded only then.
// Without a camera the field stays: the code stands in small print below each picture.
const MOST_PIXELS = 800;
const box = document.querySelector("[data-camera]");

async function makeReader() {
  if ("BarcodeDetector" in window) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async video => (await detector.detect(video))[0]?.rawValue;
  }
  await import(box.dataset.reader);
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async video => {
    const scale = Math.min(1, MOST_PIXELS / Math.max(video.videoWidth, video.videoHeight));
    [canvas.width, canvas.height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = pen.getImageData(0, 0, canvas.width, canvas.height);
    return self.jsQR(data, width, height)?.data;
  };
}

if (box && navigator.mediaDevices) {
  const [video, button, status] = ["video", "button", "[role=status]"].map(part => box.querySelector(part));
  const field = document.querySelector(box.dataset.camera || "[name=PlaceCode]");
  const goesOn = box.hasAttribute("data-goes-on");
  let last;
  box.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    status.textContent = "";
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const read = await makeReader();
      video.hidden = false;
      await video.play();
      const look = async () => {
        const code = await read(video);
        // A code that stays before the camera is one visitor.
        if (!code || code === last) return void setTimeout(look, 150);
        last = code;
        field.value = code;
        if (!goesOn) video.srcObject.getTracks().forEach(track => track.stop());
        field.form.requestSubmit();
        if (goesOn) setTimeout(look, 1500);
      };
      look();
    } catch (fault) {
      status.textContent = box.dataset.away;
      button.disabled = false;
    }
  });
}
