// The moderation desk by keys: j and k walk the queue, c claims, 1–9 choose the outcome.
import { isTyping, keysAreOn, setKeys } from "./keys.js";

export function openDesk() {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  for (const help of desk.querySelectorAll("[data-keys-help]")) showHelp(help);
  desk.querySelector(".is-current")?.scrollIntoView({ block: "nearest" });
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || !keysAreOn()) return;
    if (event.key === "j") walk(desk, 1);
    else if (event.key === "k") walk(desk, -1);
    else if (event.key === "c") document.querySelector("form[data-claim]")?.requestSubmit();
    else if (/^[1-9]$/.test(event.key)) choose(desk, Number(event.key) - 1);
    else return;
    event.preventDefault();
  });
}

function walk(desk, step) {
  const rows = [...desk.querySelectorAll("[data-desk-row]")];
  const here = rows.findIndex((row) => row.matches(".is-current"));
  const next = rows[here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step];
  next?.querySelector("a")?.click();
}

function choose(desk, index) {
  const choice = desk.querySelectorAll("input[name=outcome]")[index];
  choice?.click();
  choice?.focus();
}

function showHelp(help) {
  const button = help.querySelector("[data-keys-switch]");
  const draw = () => button.setAttribute("aria-pressed", String(keysAreOn()));
  button.addEventListener("click", () => {
    setKeys(!keysAreOn());
    draw();
  });
  draw();
  help.hidden = false;
}
