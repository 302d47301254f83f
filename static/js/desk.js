// The moderation desk and the host's by keys: j and k walk the queue, c claims, 1–9 choose the outcome, d decides, u undoes, ? shows the keys.

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
  m: () => document.querySelector("form[data-merge]")?.requestSubmit(),
  e: () => desk.querySelector("select[name=expert]")?.focus(),
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
  desk.addEventListener("change", (event) => {
    if (event.target.matches("form[data-decide] select[name=preset]")) fill(event.target);
  });
  desk.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.name === "reason") event.target.blur();
  });
}

// A preset fills the reason where nothing else was written, and chooses its rule and outcome; all of it can be changed.
function fill(preset) {
  const form = preset.form;
  const { text = "", rule = "", outcome = "" } = preset.selectedOptions[0].dataset;
  const reason = form.elements.reason;
  const filled = [...preset.options].map((option) => option.dataset.text ?? "");
  if (!reason.value.trim() || filled.includes(reason.value)) reason.value = text;
  if (rule && [...form.elements.rule.options].some((option) => option.value === rule)) form.elements.rule.value = rule;
  if (outcome && !form.querySelector("input[name=outcome]:checked")) form.querySelector(`input[name=outcome][value="${CSS.escape(outcome)}"]`)?.click();
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
