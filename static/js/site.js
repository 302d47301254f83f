// On every page: theme, sheet, keys, forms sent once, times that grow older. Nothing here is needed: every act is a
// link or a form without it. No script imports another, so that each can be kept for a year under its content's hash.

const RETRY = 8000; // ms after which a form that was sent may be sent again
const TICK = 60000; // ms
const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
const root = document.documentElement;

root.dataset.scripts = "";
switchTheme();
closeSheets();
listenToKeys();
offerKeySwitch();
sendOnce();
refreshTimes();
showPasswords();
showRefusal();

/** The theme changes at once; the form tells the server, so that the next page comes in it. */
function switchTheme() {
  for (const form of document.querySelectorAll("[data-theme-switch]")) {
    form.addEventListener("submit", (event) => {
      const choice = event.submitter?.value;
      if (!choice) return;
      event.preventDefault();
      if (choice === "auto") delete root.dataset.theme;
      else root.dataset.theme = choice;
      for (const button of document.querySelectorAll("[data-theme-switch] button")) {
        button.setAttribute("aria-pressed", String(button.value === choice));
      }
      const body = new FormData(form, event.submitter);
      fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
    });
  }
}

/** The sheet closes with Escape, or by pressing beside it. */
function closeSheets() {
  const sheets = document.querySelectorAll("[data-sheet]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const sheet of sheets) {
      if (!sheet.open) continue;
      sheet.open = false;
      sheet.querySelector("summary").focus();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    for (const sheet of sheets) if (!sheet.contains(event.target)) sheet.open = false;
  });
}

/** "/" goes to the search field; other single keys are announced as "shortcut" to whoever listens (desk.js). */
function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key.length !== 1 || !keysAreOn() || isTyping(event)) return;
    const field = document.querySelector("[data-site-search]");
    if (event.key === "/" && field?.offsetParent) {
      event.preventDefault();
      field.select();
      return;
    }
    const shortcut = new CustomEvent("shortcut", { detail: event.key, cancelable: true });
    if (!document.dispatchEvent(shortcut)) event.preventDefault();
  });
}

function isTyping(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  return Boolean(event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]"));
}

/** Single-letter keys can be turned off (WCAG 2.1.4); the choice stays in this browser. */
function offerKeySwitch() {
  for (const help of document.querySelectorAll("[data-keys-help]")) {
    const button = help.querySelector("[data-keys-switch]");
    const draw = () => button.setAttribute("aria-pressed", String(keysAreOn()));
    button.addEventListener("click", () => {
      try { localStorage.setItem("keys", keysAreOn() ? "off" : "on"); } catch { /* not kept */ }
      draw();
    });
    draw();
    help.hidden = false;
  }
}

function keysAreOn() {
  try { return localStorage.getItem("keys") !== "off"; } catch { return true; }
}

/** A form is sent once per press; after a while, or on coming back, it may be tried again. */
function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.ariaBusy === "true") {
      event.preventDefault();
      return;
    }
    form.ariaBusy = "true";
    // the pressed button's own name must still be sent: it is only drawn as waiting
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => release(form), RETRY);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy=true]").forEach(release));
}

function release(form) {
  form.ariaBusy = null;
  for (const one of form.elements) one.removeAttribute("aria-disabled"); // a button may stand outside its form
}

function refreshTimes() {
  const words = new Intl.RelativeTimeFormat(root.lang, { numeric: "always" });
  setInterval(() => {
    if (document.hidden) return;
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      const unit = UNITS.find(([, length]) => seconds >= length);
      if (unit) time.textContent = words.format(-Math.round(seconds / unit[1]), unit[0]);
    }
  }, TICK);
}

/** A button beside each password shows what was typed; it is hidden again before the form is sent. */
function showPasswords() {
  for (const button of document.querySelectorAll("[data-shows]")) {
    const field = document.getElementById(button.dataset.shows);
    const show = (shown) => {
      field.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    };
    button.hidden = false;
    button.addEventListener("click", () => show(field.type === "password"));
    field.form?.addEventListener("submit", () => show(false));
  }
}

/** A refusal takes the focus by itself, but not where the address names a place, as after "Skip to the text". */
function showRefusal() {
  const refusal = document.querySelector("[data-refused][autofocus]");
  if (!refusal || !location.hash) return;
  addEventListener("load", () => requestAnimationFrame(() => refusal.focus()));
}
