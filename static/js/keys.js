// Single-letter keys, and the switch that turns them off (WCAG 2.1.4).

/** Whether the reader wants single-letter keys; kept in this browser. */
export function keysAreOn() {
  return read("keys") !== "off";
}

export function setKeys(on) {
  write("keys", on ? "on" : "off");
}

/** Whether a key belongs to a field or to the browser rather than to us. */
export function isTyping(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  return Boolean(event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]"));
}

/** localStorage may be refused (private windows, full disk): then nothing is kept and nothing breaks. */
export function read(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

export function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch { /* not kept */ }
}
