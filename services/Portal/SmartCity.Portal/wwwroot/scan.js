// Reads a QR code by the camera where the browser can, and types it into the page's field. Without it the field stays: the code stands in small print below each picture.
const box = document.querySelector("[data-camera]");
if (box && "BarcodeDetector" in window && navigator.mediaDevices) {
  const [video, button, status] = ["video", "button", "[role=status]"].map(part => box.querySelector(part));
  const field = document.querySelector(box.dataset.camera || "[name=PlaceCode]");
  box.hidden = false;
  button.addEventListener("click", async () => {
    try {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.hidden = false;
      await video.play();
      const look = async () => {
        const [found] = await detector.detect(video);
        if (!found) return void setTimeout(look, 150);
        field.value = found.rawValue;
        if (!box.hasAttribute("data-goes-on")) video.srcObject.getTracks().forEach(track => track.stop());
        field.form.requestSubmit();
        if (box.hasAttribute("data-goes-on")) setTimeout(look, 1500);
      };
      look();
    } catch (fault) {
      status.textContent = fault.message;
    }
  });
}
