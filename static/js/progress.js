// An archive that is being made: the page looks again every few seconds. Without this there is the link that does it.

const PAUSE = 3000; // ms

lookAgain();

/** Replace the box by the server's newest one until nothing is to be waited for. */
async function lookAgain() {
  for (;;) {
    const box = document.querySelector("[data-looks-again]");
    if (!box?.dataset.looksAgain) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (document.hidden) continue;
    const answer = await fetch(box.dataset.looksAgain, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) continue;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-looks-again]");
    if (next) box.replaceWith(document.adoptNode(next));
  }
}
