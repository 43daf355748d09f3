// Scans that cannot be sent are signed, kept in the browser's database, and handed in when the network is back. They outlive a reload and a closed window.
const panel = document.getElementById("queue");
const place = panel.dataset.place;
const status = panel.querySelector("[role=status]");
const form = document.querySelector("[name=Credential]").form;
const answer = document.getElementById("answer");

const database = await new Promise((done, failed) => {
  const open = indexedDB.open("venue", 1);
  open.onupgradeneeded = () => {
    open.result.createObjectStore("devices");
    open.result.createObjectStore("scans", { keyPath: "scan" });
    open.result.createObjectStore("rejected", { keyPath: "scan" });
  };
  open.onsuccess = () => done(open.result);
  open.onerror = () => failed(open.error);
});

function run(store, mode, work) {
  return new Promise((done, failed) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => done(request?.result);
    transaction.onerror = () => failed(transaction.error);
  });
}

// A new device: its key is kept in a form that signs and cannot be read out.
const introduced = document.getElementById("device");
if (introduced) {
  const bytes = Uint8Array.from(introduced.dataset.key.match(/../g), pair => parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  await run("devices", "readwrite", store => store.put({ id: introduced.dataset.id, key }, place));
  introduced.remove();
}

const device = await run("devices", "readonly", store => store.get(place));
const ours = scans => scans.filter(scan => scan.place === place);

async function tell() {
  const waiting = ours(await run("scans", "readonly", store => store.getAll())).length;
  const rejected = ours(await run("rejected", "readonly", store => store.getAll())).length;
  panel.dataset.count = waiting;
  status.textContent = panel.dataset.waiting.replace("{0}", waiting) + (rejected ? " " + panel.dataset.rejected.replace("{0}", rejected) : "");
}

async function keep(credential) {
  const [scan, now] = [crypto.randomUUID(), Date.now()];
  const text = new TextEncoder().encode(`${scan}\n${now}\n\n${credential}`);
  const signature = Array.from(new Uint8Array(await crypto.subtle.sign("HMAC", device.key, text)), byte => byte.toString(16).padStart(2, "0")).join("");
  await run("scans", "readwrite", store => store.put({ scan, place, line: { scan, at: new Date(now).toISOString(), credential, signature } }));
  answer.hidden = false;
  answer.className = "card answer kept";
  answer.querySelector("h2").textContent = "";
  answer.querySelector("p").textContent = answer.dataset.kept;
  await tell();
}

let draining = false;
async function drain() {
  if (draining || !device || !navigator.onLine) return;
  draining = true;
  try {
    const scans = ours(await run("scans", "readonly", store => store.getAll())).slice(0, 200);
    if (scans.length === 0) return;
    const sent = await fetch(`/venue/devices/${device.id}/scans`, {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson", RequestVerificationToken: form.querySelector("[name=__RequestVerificationToken]").value },
      body: scans.map(scan => JSON.stringify(scan.line)).join("\n") + "\n",
    });
    if (!sent.ok) return;
    for (const line of (await sent.text()).split("\n").filter(Boolean).map(JSON.parse)) {
      if (line.outcome === "later") continue;
      // A refusal for good is not sent again, and not lost: staff see how many there are.
      if (line.outcome === "rejected") await run("rejected", "readwrite", store => store.put({ scan: line.scan, place, reason: line.reason }));
      await run("scans", "readwrite", store => store.delete(line.scan));
    }
  } catch (fault) {
    // The network went away again: everything is still kept.
  } finally {
    draining = false;
    await tell();
  }
}

if (device) {
  form.addEventListener("submit", event => {
    if (navigator.onLine) return;
    event.preventDefault();
    const field = form.querySelector("[name=Credential]");
    const credential = field.value.trim();
    if (credential) keep(credential).then(() => { field.value = ""; field.focus(); });
  });
  addEventListener("online", drain);
  setInterval(drain, 10000);
  await tell();
  drain();
}
