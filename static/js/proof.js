// On the sign-up page: a small piece of work in the background, so that a thousand accounts cost a thousand times as
// much. forum/accounts/proofs.py says what is looked for. Without it the form works, and a moderator looks at the account.

const AT_ONCE = 256; // hashes asked for together; the browser makes them off the page's own thread

for (const form of document.querySelectorAll("form[data-proof]")) if (globalThis.crypto?.subtle) prepare(form);

function prepare(form) {
  const { token, answer } = { token: form.elements.opened.value, answer: form.elements.proof };
  const opened = performance.now();
  const patience = () => Number(form.dataset.patience) - (performance.now() - opened);
  let ready = false;
  const done = solve(token, Number(form.dataset.pieces), Number(form.dataset.bits))
    .then((numbers) => { answer.value = numbers.join("."); })
    .catch(() => {}) // then a moderator looks at the account
    .then(() => new Promise((resolve) => { setTimeout(resolve, Math.max(0, patience())); }))
    .then(() => { ready = true; });
  form.addEventListener("submit", (event) => {
    if (ready) return;
    event.preventDefault();
    if (form.dataset.waiting !== undefined) return;
    form.dataset.waiting = "";
    form.querySelector("[data-proof-wait]").hidden = false;
    done.then(() => {
      form.querySelector("[data-proof-wait]").hidden = true;
      delete form.dataset.waiting;
      form.requestSubmit(event.submitter);
    });
  }, { capture: true });
}

/** For each piece, the first number whose hash with the token begins with `bits` zeros. */
async function solve(token, pieces, bits) {
  const numbers = [];
  for (let piece = 0; piece < pieces; piece++) numbers.push(await find(`${token}:${piece}:`, bits));
  return numbers;
}

async function find(start, bits) {
  const encoder = new TextEncoder();
  for (let first = 0; ; first += AT_ONCE) {
    const tries = Array.from({ length: AT_ONCE }, (_, step) => crypto.subtle.digest("SHA-256", encoder.encode(start + (first + step))));
    const found = (await Promise.all(tries)).findIndex((hash) => zeros(new DataView(hash)) >= bits);
    if (found >= 0) return first + found;
  }
}

/** How many zero bits the hash begins with; more than 32 are never asked for. */
function zeros(hash) {
  return Math.clz32(hash.getUint32(0));
}
