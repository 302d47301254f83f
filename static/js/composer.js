// The reply box: preview beside it, quotes put into it, characters counted.

const PAUSE = 1500; // ms without typing before the open preview is fetched again: within 60 previews a minute

for (const form of document.querySelectorAll("form[data-preview-url]")) addPreview(form);
for (const box of document.querySelectorAll("textarea[data-count]")) addCount(box);
document.addEventListener("click", quote);

function addPreview(form) {
  const section = form.querySelector(".preview");
  const shown = section.querySelector("[data-preview-body]");
  const failed = section.querySelector(".preview-failed");
  const waiting = section.querySelector(".preview-waiting");
  const unexplained = failed.textContent;
  let timer;
  let latest = 0;

  async function fetchPreview() {
    const number = ++latest;
    section.hidden = false;
    waiting.hidden = false;
    const { html, refusal } = await ask(form.dataset.previewUrl, new FormData(form));
    if (number !== latest) return;
    waiting.hidden = true;
    failed.hidden = html !== undefined;
    failed.textContent = refusal || unexplained;
    // the only place where HTML is inserted: our own server has rendered and sanitized it
    if (html !== undefined) shown.innerHTML = html;
  }

  form.querySelector("[data-preview]").addEventListener("click", (event) => {
    event.preventDefault();
    fetchPreview();
  });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    if (!section.hidden) timer = setTimeout(fetchPreview, PAUSE);
  });
}

/** Return the HTML of the preview, or why the server refuses it (in words, when it gives any). */
async function ask(url, body) {
  const address = new URL(url, location.href);
  if (address.origin !== location.origin) return {};
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    const html = await answer.text();
    if (answer.ok) return { html };
    const page = new DOMParser().parseFromString(html, "text/html");
    return { refusal: page.querySelector(".message-text")?.textContent };
  } catch {
    return {};
  }
}

async function quote(event) {
  const link = event.target.closest?.("a[data-quote-url]");
  const box = document.querySelector("#reply textarea[name=body]");
  if (!link || !box || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.dataset.quoteUrl, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) throw new Error(answer.status);
    const text = (await answer.text()).trimEnd();
    box.value = [box.value.trimEnd(), text].filter(Boolean).join("\n\n") + "\n\n";
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  } catch {
    location.href = link.href;
  }
}

function addCount(box) {
  const output = document.getElementById(box.dataset.count);
  const most = Number(output.dataset.max);
  const format = new Intl.NumberFormat("en");
  const count = () => {
    const length = [...box.value].length; // code points, as the server counts
    output.textContent = `${format.format(length)} / ${format.format(most)}`;
    output.classList.toggle("is-over", length > most);
    // spoken only where it matters
    output.setAttribute("aria-live", length > most * 0.95 ? "polite" : "off");
  };
  box.addEventListener("input", count);
  if (box.value) count();
}
