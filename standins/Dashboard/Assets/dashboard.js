// Brings in what is newer; without it the pages work too, and show what was there when they were loaded.
'use strict';

const lines = document.getElementById('lines');
if (lines) {
  const most = 5000;
  const follow = document.getElementById('follow');
  const address = () => `${lines.dataset.lines}?after=${lines.dataset.after}&q=${encodeURIComponent(lines.dataset.search || '')}`;
  let source;
  const open = () => {
    source = new EventSource(address());
    source.addEventListener('lines', event => {
      lines.dataset.after = event.lastEventId;
      if (!event.data) return;
      lines.append(event.data + '\n');
      while (lines.childNodes.length > most) lines.firstChild.remove();
      if (follow.checked) lines.scrollTop = lines.scrollHeight;
    });
    // The browser would ask again from where it began.
    source.onerror = () => { source.close(); setTimeout(open, 1000); };
  };
  lines.scrollTop = lines.scrollHeight;
  open();
}

const main = document.querySelector('main[data-live]');
if (main) {
  let busy = false;
  const open = () => {
    const source = new EventSource('/changes');
    source.addEventListener('change', async event => {
      // Whoever is choosing, reading what they opened or has the keyboard in here is not disturbed.
      if (event.data !== 'newer' || busy || document.hidden || main.querySelector('details[open]') || main.contains(document.activeElement) && document.activeElement !== main) return;
      busy = true;
      try {
        const answer = await fetch(location.href);
        if (answer.ok) {
          const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
          const scrolled = [...main.querySelectorAll('.scroll')].map(part => [part.scrollLeft, part.scrollTop]);
          main.replaceChildren(...fresh.childNodes);
          main.querySelectorAll('.scroll').forEach((part, i) => { if (scrolled[i]) [part.scrollLeft, part.scrollTop] = scrolled[i]; });
        }
      } catch { /* the city is being stopped; the next change tries again */ }
      busy = false;
    });
    source.onerror = () => { source.close(); setTimeout(open, 2000); };
  };
  open();
}
