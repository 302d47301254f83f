// A session's page: the time that is left goes on, and questions like the one being typed are shown. Nothing needs it.

const PAUSE = 700; // ms without typing
const TICK = 20000; // ms
const LEAST = 8; // characters
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const lang = document.documentElement.lang;

countDown();
for (const place of document.querySelectorAll("[data-suggest]")) suggest(place);

/** As the server says it: the two greatest units. */
function countDown() {
  const times = document.querySelectorAll("time[data-left]");
  if (!times.length) return;
  setInterval(() => {
    if (document.hidden) return;
    for (const time of times) {
      const words = left((Date.parse(time.dateTime) - Date.now()) / 1000);
      if (words) time.textContent = words;
    }
  }, TICK);
}

function left(seconds) {
  const parts = [];
  for (const [unit, length] of UNITS) {
    const number = Math.floor(seconds / length);
    seconds -= number * length;
    if (number) parts.push(new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" }).format(number));
    if (parts.length === 2 || (parts.length && !number)) break;
  }
  return parts.join(" ");
}

function suggest(place) {
  const box = place.querySelector("textarea[name=body]");
  const shown = place.querySelector("[data-similar]");
  let timer;
  let asked = "";
  box?.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });

  async function ask() {
    const words = box.value.trim();
    if (words === asked) return;
    asked = words;
    if (words.length < LEAST) {
      shown.hidden = true;
      return;
    }
    const address = new URL(place.dataset.suggest, location.href);
    address.searchParams.set("q", words.slice(0, 300));
    try {
      const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
      const html = answer.ok ? (await answer.text()).trim() : "";
      if (words !== asked) return;
      // rendered by our own server from escaped text
      shown.innerHTML = html;
      shown.hidden = !html;
    } catch { /* the question can be asked without it */ }
  }
}
