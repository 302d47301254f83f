// The moderation desk by keys: j and k walk the queue, c claims, 1–9 choose the outcome, d decides, u undoes, ? shows the keys.

const desk = document.querySelector("[data-desk]");
const ACTS = {
  j: () => walk(1),
  n: () => walk(1),
  k: () => walk(-1),
  p: () => walk(-1),
  c: () => document.querySelector("form[data-claim]")?.requestSubmit(),
  d: () => document.querySelector("form[data-decide]")?.requestSubmit(),
  u: () => document.querySelector("form[data-undo]")?.requestSubmit(),
  r: () => desk.querySelector("textarea[name=reason]")?.focus(),
  "?": () => desk.querySelectorAll("[data-keys-help]").forEach((help) => { help.open = !help.open; }),
};

if (desk) {
  desk.querySelector(".is-current")?.scrollIntoView({ block: "nearest" });
  document.addEventListener("shortcut", (event) => {
    const key = event.detail;
    if (/^[1-9]$/.test(key)) choose(Number(key) - 1);
    else if (Object.hasOwn(ACTS, key)) ACTS[key]();
    else return;
    event.preventDefault();
  });
  desk.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.name === "reason") event.target.blur();
  });
}

function walk(step) {
  const rows = [...desk.querySelectorAll("[data-desk-row]")];
  const here = rows.findIndex((row) => row.matches(".is-current"));
  const next = rows[here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step];
  next?.querySelector("a")?.click();
}

function choose(index) {
  const choice = desk.querySelectorAll("input[name=outcome]")[index];
  choice?.click();
  choice?.focus();
}
