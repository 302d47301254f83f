// Nothing here is needed: every act is a link or a form. What these rooms add makes it quicker.
import { watchComposers } from "./composer.js";
import { keepDrafts } from "./drafts.js";
import { openDesk } from "./desk.js";
import { guardForms } from "./forms.js";
import { keysAreOn, isTyping } from "./keys.js";
import { refreshTimes } from "./times.js";

const root = document.documentElement;
root.dataset.scripts = "";

watchComposers();
keepDrafts();
guardForms();
openDesk();
refreshTimes();
switchTheme();
closeSheets();
focusSearch();

/** The theme changes at once; the form tells the server, so that the next page comes in it. */
function switchTheme() {
  for (const form of document.querySelectorAll("[data-theme-switch]")) {
    form.addEventListener("submit", async (event) => {
      const choice = event.submitter?.value;
      if (!choice) return;
      event.preventDefault();
      if (choice === "auto") delete root.dataset.theme;
      else root.dataset.theme = choice;
      for (const button of document.querySelectorAll("[data-theme-switch] button")) {
        button.setAttribute("aria-pressed", String(button.value === choice));
      }
      const body = new FormData(form);
      body.set("theme", choice);
      await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
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

function focusSearch() {
  const field = document.querySelector("[data-site-search]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || isTyping(event) || !keysAreOn() || !field?.offsetParent) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
