// The moderation desk by keys: j and k walk the queue, c claims, 1–9 choose the outcome.

const desk = document.querySelector("[data-desk]");

if (desk) {
  desk.querySelector(".is-current")?.scrollIntoView({ block: "nearest" });
  document.addEventListener("shortcut", (event) => {
    const key = event.detail;
    if (key === "j") walk(1);
    else if (key === "k") walk(-1);
    else if (key === "c") document.querySelector("form[data-claim]")?.requestSubmit();
    else if (/^[1-9]$/.test(key)) choose(Number(key) - 1);
    else return;
    event.preventDefault();
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
