// What is new since the page was made: the browser's own EventSource asks again and again, and a quiet bar says it.
// Nothing that is being read or written moves: replies come when their button is pressed, lists by a link.

const IDLE = 3600000; // ms without a touch, after which nobody is asked until there is one
const PAUSE = 60000; // ms after an answer that was none; twice as long after each further one, and at the end:
const PATIENCE = 6; // times
// what a thread's page says about its posts, and gets anew with them
const PARTS = [".thread-head-meta", ".rail", ".page-main > .pager"];
const place = document.querySelector("[data-live]");
const known = place?.dataset;
const number = new Intl.NumberFormat(document.documentElement.lang);
let source;
let timer;
let failures = 0;
let touched = Date.now();
let isOver = !place || Boolean(navigator.connection?.saveData);

if (!isOver) {
  for (const touch of ["keydown", "pointerdown", "scroll"]) addEventListener(touch, stir, { passive: true });
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
  place.querySelector("button")?.addEventListener("click", show);
  start(known.seconds * 1000);
}

function start(wait = 0) {
  stop();
  if (isOver || document.hidden || isIdle()) return;
  timer = setTimeout(() => {
    source = new EventSource(known.live);
    source.onmessage = hear;
    source.onerror = fail;
  }, wait);
}

function stop() {
  clearTimeout(timer);
  source?.close();
  timer = source = undefined;
}

function isIdle() {
  return Date.now() - touched > IDLE;
}

function stir() {
  const wasIdle = isIdle();
  touched = Date.now();
  if (wasIdle) start();
}

function hear(event) {
  failures = 0;
  const state = JSON.parse(event.data);
  if (isIdle()) stop();
  if ("replies" in state) sayReplies(state);
  else if ("threads" in state) sayThreads(state);
  else saySession(state);
}

/** An answer that ends is asked for again by the browser itself; anything but an answer ends the asking. */
async function fail() {
  if (source?.readyState !== EventSource.CLOSED) return;
  stop();
  failures += 1;
  const answer = await fetch(known.live, { method: "HEAD" }).catch(() => null);
  isOver ||= answer?.status === 204 || failures > PATIENCE; // 204: the operator has turned it off
  start(PAUSE * 2 ** (failures - 1));
}

function sayReplies(state) {
  const more = Math.max(state.replies - known.replies, state.latest > known.latest ? 1 : 0);
  const link = place.querySelector("a");
  if (known.next) link.href = known.next;
  say(counted(more, known.next ? "next" : ""));
  link.hidden = more < 1 || !known.next;
  place.querySelector("button").hidden = more < 1 || Boolean(known.next);
}

function sayThreads(state) {
  const newer = Object.values(state.threads).filter((latest) => latest > known.latest);
  say(counted(newer.length));
  place.querySelector("a").hidden = !newer.length;
}

function saySession(state) {
  const said = [
    state.phase === known.phase ? "" : known[state.phase],
    counted(state.questions - known.questions),
    counted(state.answered - known.answered, "answered"),
  ].filter(Boolean);
  say(said.join(" · "));
  place.querySelector("a").hidden = !said.length;
}

/** The words for a number: those of `data-one` and `data-many`, or of `data-KIND-one` and `data-KIND-many`. */
function counted(amount, kind = "") {
  const form = amount === 1 ? "one" : "many";
  const words = known[kind ? kind + form[0].toUpperCase() + form.slice(1) : form];
  return amount > 0 ? words.replace("{n}", number.format(amount)) : "";
}

function say(words) {
  const status = place.querySelector("[role=status]");
  if (status.textContent !== words) status.textContent = words; // what is said twice would be read out twice
  place.classList.toggle("is-on", Boolean(words));
}

/** Bring the posts that this page doesn't have yet, and nothing else; the reply box stays as it is. */
async function show(event) {
  const button = event.currentTarget;
  if (button.ariaBusy) return;
  button.ariaBusy = "true";
  const answer = await fetch(known.page).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  button.ariaBusy = null;
  if (!page) return say(known.failed);
  const posts = bring(page);
  for (const part of PARTS) renew(part, page);
  takeOver(page.querySelector("[data-live]"));
  const first = posts[0]?.matches("article") ? posts[0] : posts[0]?.querySelector("summary");
  if (!first) return;
  if (first.matches("article")) first.tabIndex = -1;
  first.focus();
}

/** Put each new post before the one that follows it, or after the last. Their HTML is a page of our own server's. */
function bring(page) {
  for (const post of document.querySelectorAll(".post-fresh")) post.classList.remove("post-fresh");
  const here = [...document.querySelectorAll(".page-main article.post")];
  let next = document.querySelector(".page-main > .pager") ?? place;
  const brought = [];
  for (const article of [...page.querySelectorAll(".page-main article.post")].reverse()) {
    const there = here.find((post) => post.id === article.id);
    if (there) next = whole(there);
    else {
      const post = document.adoptNode(whole(article));
      post.classList.add("post-fresh");
      next.before(post);
      next = post;
      brought.unshift(post);
    }
  }
  return brought;
}

/** A post of somebody who is kept away lies folded up in something around it. */
function whole(article) {
  return article.closest(".post-kept-away") ?? article;
}

function renew(part, page) {
  const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
  if (old && fresh) old.replaceWith(document.adoptNode(fresh));
  else if (fresh && part.endsWith(".pager")) place.before(document.adoptNode(fresh));
}

/** From now on the page compares with what it was brought; where it is full, the rest stands on the next one. */
function takeOver(fresh) {
  const rest = fresh ? null : document.querySelector(".page-main > .pager .pager-next");
  if (fresh) {
    for (const name of ["replies", "latest", "next"]) {
      if (name in fresh.dataset) known[name] = fresh.dataset[name];
      else delete known[name];
    }
  } else {
    isOver = true; // it goes on elsewhere, or nobody writes here any more
    stop();
  }
  place.querySelector("button").hidden = true;
  place.querySelector("a").hidden = !rest;
  if (rest) place.querySelector("a").href = rest.href;
  say(rest ? known.onward : "");
}
