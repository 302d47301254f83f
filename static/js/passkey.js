// Passkeys: fills in the forms that the page brings along and sends them as any form is sent. Nothing is fetched.

const offered = Boolean(window.PublicKeyCredential && navigator.credentials);
let waiting; // the request that waits behind the name field; only one may be open

if (offered) {
  for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form);
  for (const note of document.querySelectorAll("[data-passkey-missing]")) note.hidden = true;
}

function prepare(form) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (answerOf(form).value) return;
    event.preventDefault();
    // site.js marks a form that is being sent; this one is not yet
    event.stopImmediatePropagation();
    waiting?.abort();
    await ask(form, {});
  }, true);
  if ("conditional" in form.dataset) wait(form);
}

/** Let the browser offer passkeys beside the names that it fills in; nothing happens until one is chosen. */
async function wait(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  waiting = new AbortController();
  await ask(form, { mediation: "conditional", signal: waiting.signal });
}

async function ask(form, how) {
  const said = form.querySelector("[data-passkey-said]");
  said.hidden = true;
  try {
    const publicKey = options(JSON.parse(form.dataset.options));
    const made = form.dataset.passkey === "make"
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey, ...how });
    answerOf(form).value = JSON.stringify(answer(made));
    form.requestSubmit();
  } catch {
    if (!how.mediation) said.hidden = false;
  }
}

function answerOf(form) {
  return form.querySelector("[data-passkey-answer]");
}

/** The server's JSON with its base64url texts as bytes, as the browser wants them. */
function options(said) {
  const given = { ...said, challenge: bytes(said.challenge) };
  if (said.user) given.user = { ...said.user, id: bytes(said.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (said[list]) given[list] = said[list].map((each) => ({ ...each, id: bytes(each.id) }));
  }
  return given;
}

/** What the authenticator answered, as JSON can carry it. */
function answer(made) {
  const given = made.response;
  const response = { clientDataJSON: text(given.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (given[part]) response[part] = text(given[part]);
  }
  if (given.getTransports) response.transports = given.getTransports();
  return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} };
}

function bytes(base64url) {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
