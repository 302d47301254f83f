"""Being asked again before what is sensitive: by password, code, passkey, or at a provider."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_login import current_user, login_required

from forum.accounts import sessions, signin
from forum.config import Provider
from forum.core import security_log, web
from forum.core.error_pages import typed_fields
from forum.core.errors import NotFound
from forum.core.limits import limited
from forum.entry import passkeys, proofs, providers, queries
from forum.entry.attempts import PROVE
from forum.entry.forms import OnwardForm, ProofForm
from forum.entry.provider_views import leave
from forum.entry.rooms import bp

FIELDS = ("proof_password", "proof_code", "proof_passkey")


def ask(by_factor: bool) -> Response | None:
    """Answer a request that needs a fresh proof: None if it brings one along, else the page that asks.

    What was typed stays in the page and goes on to the same address together with the proof. `by_factor`: it has to
    be a second factor.
    """
    here = request.full_path.rstrip("?")
    if request.method in ("GET", "HEAD"):
        return web.see_other(url_for("entry.prove", next=here, second=1 if by_factor else None))
    form = ProofForm()
    if any(request.form.get(field) for field in FIELDS) and _is_shown(form, second=by_factor):
        return None
    kept = {name: value for name, value in typed_fields().items() if name not in ("next", *FIELDS)}
    return _page(form, 401, action=here, kept=kept, next_kept=request.form.get("next"), second=by_factor)


@bp.post("/prove/provider/<provider>")
@login_required
@limited("PROFILE")
def prove_outside(provider: str) -> Response:
    """Send who is signed in to a provider that knows them, to be asked there, and back to `next`.

    Without `next` something typed waits in the page that asked: this is then another tab, and says so in the end.
    """
    found, here, target = providers.named(provider), signin.here(), OnwardForm().next.data
    if here is None or found not in _ways_outside():
        raise NotFound
    return leave(found, signin.onward(target) if target else "", PROVE, here.id)


@bp.route("/prove", methods=("GET", "POST"))
@login_required
@limited("PROFILE")
def prove() -> Response:
    """Ask who is signed in to show that it is still them, then lead back."""
    form = ProofForm()
    target = signin.onward(form.next.data or request.args.get("next"))
    # staff who signed in with one factor are asked for the other (gate.py), and who changes their factors
    second = "second" in request.values
    if form.validate_on_submit() and _is_shown(form, second=second):
        return web.see_other(target)
    kept = {"second": "1"} if second else {}
    status = 422 if form.errors else 200
    return _page(form, status, action=url_for("entry.prove"), kept=kept, next_kept=target, second=second)


def _is_shown(form: ProofForm, *, second: bool = False) -> bool:
    """Take the proof and note it in the session; else say in the form why not. `second`: a password is not enough."""
    shown = [form.proof_password.data or "", form.proof_code.data or "", form.proof_passkey.data or ""]
    try:
        is_second = proofs.again(current_user, *shown, by_factor=second)
    except proofs.NotShown as refusal:
        form.refuse("proof_code" if second or form.proof_code.data else "proof_password", refusal.message)
        return False
    here = signin.here()
    if here is not None:
        sessions.prove(here.id, has_second_factor=is_second)
        security_log.note("proof.succeeded", current_user.id, two_factors=is_second)
    return True


def _page(
    form: ProofForm, status: int, *, action: str, kept: dict[str, str], next_kept: str | None, second: bool
) -> Response:
    user_id = current_user.id
    can_show = passkeys.are_possible() and queries.has_passkey(user_id)
    return web.page(
        "entry/prove.html",
        status,
        form=form,
        action=action,
        kept=kept,
        next_kept=next_kept,
        options=passkeys.options_to_show("again", proofs.bound_to()) if can_show else "",
        has_codes=queries.has_authenticator(user_id),
        has_password=bool(current_user.password_hash) and not second,
        outside=[] if second else _ways_outside(),
        second=second,
        is_waiting=action != url_for("entry.prove"),
    )


def _ways_outside() -> list[Provider]:
    """Return the providers at which the person can show who they are."""
    linked = {identity.provider for identity in queries.identities(current_user.id)}
    return [provider for name, provider in providers.configured().items() if name in linked]
