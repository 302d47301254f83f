// A form is sent once per press; after a while, or on coming back, it may be tried again.

const RETRY = 8000; // ms

export function guardForms() {
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
  for (const button of form.querySelectorAll("[aria-disabled=true]")) button.removeAttribute("aria-disabled");
}
