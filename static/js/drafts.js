// What is typed and not yet sent stays in this browser, and is offered again.

const PREFIX = "draft:";
const PAUSE = 400; // ms

forgetWhatWasSent();
for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
for (const form of document.querySelectorAll("form[action$='/logout']")) form.addEventListener("submit", forgetAll);

function keep(form) {
  const key = PREFIX + form.dataset.draft;
  const fields = [...form.querySelectorAll("textarea, input[type=text]")];
  const original = words(fields);
  const kept = parse(read(key));
  let timer;
  if (kept && fields.some((field) => kept[field.name] && kept[field.name] !== field.value)) offer(form, fields, key, kept);

  const save = () => {
    clearTimeout(timer);
    const now = words(fields);
    write(key, now === original || fields.every((field) => !field.value.trim()) ? null : now);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.matches("[data-preview]")) return;
    save();
    remember({ key, from: location.pathname });
  });
}

function offer(form, fields, key, kept) {
  const box = form.querySelector(".draft-offer");
  if (!box) return;
  box.hidden = false;
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-draft-restore]")) {
      for (const field of fields) if (kept[field.name]) field.value = kept[field.name];
      fields.at(-1).dispatchEvent(new Event("input", { bubbles: true }));
    } else write(key, null);
    box.hidden = true;
    fields.at(-1).focus();
  });
}

/**
 * A draft is dropped when its form has led to a page of ours that refuses nothing. Coming back with the browser's
 * button after a failed connection is no such thing.
 */
function forgetWhatWasSent() {
  const sent = parse(sessionStorage.getItem("sent"));
  sessionStorage.removeItem("sent");
  const [arrival] = performance.getEntriesByType("navigation");
  if (!sent || arrival?.type === "back_forward" || document.querySelector("[data-refused]")) return;
  if (document.referrer && new URL(document.referrer).pathname === sent.from) write(sent.key, null);
}

function remember(sent) {
  try { sessionStorage.setItem("sent", JSON.stringify(sent)); } catch { /* then it is offered once more */ }
}

function forgetAll() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch { /* nothing was kept */ }
}

function words(fields) {
  return JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value])));
}

/** localStorage may be refused (private windows, full disk): then nothing is kept and nothing breaks. */
function read(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch { /* not kept */ }
}

function parse(text) {
  try { return JSON.parse(text); } catch { return null; }
}
