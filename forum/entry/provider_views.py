"""Signing in by way of an outside provider: off to it, back from it, and a new account for whom nobody knows here."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.exceptions import MethodNotAllowed

from forum.accounts import agegate, registration, sessions, signin, signup_form
from forum.accounts.models import Session, User
from forum.accounts.refusals import BadField
from forum.config import Provider
from forum.core import cookies, i18n, security_log, web
from forum.core.errors import Conflict
from forum.core.limits import limited
from forum.entry import attempts, identities, providers, queries, recency
from forum.entry.admission import admit, refuse_suspended
from forum.entry.attempts import LINK, PROVE, SIGN_IN, Attempt, Newcomer
from forum.entry.forms import OnwardForm, ProviderSignupForm
from forum.entry.providers import NotShown, Shown
from forum.entry.rooms import bp

signin.ends_with_it.append(attempts.NEWCOMER_COOKIE)


@bp.post("/login/provider/<provider>")
@limited("LOGIN", per_address=True)
def provider_start(provider: str) -> Response:
    """Send the browser to the provider, from where it comes back to `provider_back`."""
    return leave(providers.named(provider), signin.onward(OnwardForm().next.data))


def leave(provider: Provider, target: str, purpose: str = SIGN_IN, session_id: int | None = None) -> Response:
    """Return the page that leads to the provider.

    It is no redirect: the policy `form-action 'self'` would stop a form from leading away.
    """
    try:
        url, attempt = providers.start(provider, target, i18n.page_lang(), purpose, session_id)
    except NotShown as refusal:
        return _refused(refusal, purpose, target)
    back = _beginning(purpose, target)
    answer = web.page("entry/to_provider.html", provider=provider, url=url, lead_back=back)
    answer.headers["Refresh"] = f"0; url={url}"
    answer.headers["Cache-Control"] = "no-store"
    cookies.put(answer, attempts.COOKIE, attempts.sealed(attempt), days=attempts.LIFETIME.total_seconds() / 86_400)
    return answer


# A GET that writes, for so the protocol has it: the state, which this browser alone can bring and only once, takes the
# part of a form's token. It needs no limit of its own, since each was bought with a counted start.
@bp.get("/login/provider/<provider>/callback")
def provider_back(provider: str) -> Response:
    """Take who comes back: sign them in, link what they came with, take it for a proof, or offer a new account."""
    asked = providers.named(provider)
    if request.method != "GET":
        raise MethodNotAllowed(("GET",))
    attempt = attempts.opened(Attempt, cookies.read(attempts.COOKIE))
    try:
        shown = providers.come_back(asked, attempt, request.args)
        assert attempt is not None  # else nobody has come back
        answer = _WAYS[attempt.purpose](asked, shown, attempt)
    except (NotShown, Conflict) as refusal:
        answer = _refused(refusal, attempt.purpose if attempt else SIGN_IN, attempt.target if attempt else "")
    answer.headers["Cache-Control"] = "no-store"
    cookies.forget(answer, attempts.COOKIE)
    return answer


def _sign_in(provider: Provider, shown: Shown, attempt: Attempt) -> Response:
    if recency.is_too_old(shown.asked_at):
        words = gettext("%(provider)s has not asked for long who you are. Sign in there anew.", provider=provider.label)
        raise NotShown(words, 403)
    user = identities.owner(provider.name, shown)
    if user is not None:
        since = recency.since(shown.asked_at)
        return refuse_suspended(user) or admit(user, attempt.target, means="oidc", proved_ago=since)
    newcomer = attempts.newcomer(provider.name, shown.subject, shown.email, shown.label, attempt.target)
    answer = web.see_other(url_for("entry.provider_newcomer"))
    days = attempts.NEWCOMER_LIFETIME.total_seconds() / 86_400
    cookies.put(answer, attempts.NEWCOMER_COOKIE, attempts.sealed(newcomer), days=days)
    return answer


def _link(provider: Provider, shown: Shown, attempt: Attempt) -> Response:
    """Link to whoever began: signed in by the same session, in which they had proved that it is them."""
    _session_of(attempt)
    if identities.link(current_user, provider.name, provider.label, shown):
        flash(gettext("Linked. You can sign in with %(provider)s from now on.", provider=provider.label))
    else:
        flash(gettext("It was linked already."))
    return web.see_other(url_for("security.index"))


def _prove(provider: Provider, shown: Shown, attempt: Attempt) -> Response:
    """Note that whoever is signed in has shown again that it is them, by an account that is linked to theirs."""
    here = _session_of(attempt)
    known = queries.identity_of(provider.name, shown.subject)
    if known is None or known.user_id != here.user_id:
        words = gettext(
            "This is another account at %(provider)s than the one linked to yours.", provider=provider.label
        )
        raise NotShown(words, 403)
    if not recency.is_proof(shown.asked_at, attempt, says_when=provider.says_when):
        words = gettext(
            "%(provider)s did not ask you just now, or does not say that it did, so this proves nothing. Use another "
            "way. “Forgotten your password?” on the sign-in page gives you a password by mail.",
            provider=provider.label,
        )
        raise NotShown(words, 403)
    sessions.prove(here.id)
    security_log.note("proof.succeeded", here.user_id, provider=provider.name)
    return web.see_other(attempt.target) if attempt.target else web.page("entry/proved.html")


_WAYS = {SIGN_IN: _sign_in, LINK: _link, PROVE: _prove}


def _session_of(attempt: Attempt) -> Session:
    """Return the session in which the attempt began, if this browser is still signed in by it; else NotShown."""
    here = signin.here()
    if here is None or here.id != attempt.session_id:
        raise NotShown(gettext("You were signed out meanwhile. Sign in, then begin again."), 403)
    return here


def _refused(refusal: Any, purpose: str, target: str) -> Response:
    """Say what happened and lead back to where it began."""
    back = _beginning(purpose, target)
    security_log.note("provider.refused", purpose=purpose, status=refusal.status)
    return web.page(
        "entry/provider_refused.html", refusal.status, message=str(refusal), back=back, lead_back=back, purpose=purpose
    )


def _beginning(purpose: str, target: str) -> str:
    """Return the page where the way began; the addresses on the way itself can't be opened again."""
    if purpose == PROVE and target:
        return url_for("entry.prove", next=target)
    return url_for("accounts.login" if purpose == SIGN_IN else "security.index")


@bp.route("/register/provider", methods=("GET", "POST"))
@limited("REGISTER", per_address=True, accepted_only=True)
def provider_newcomer() -> Response:
    """Make an account for who came back from a provider, in the mode and by the rules of every sign-up."""
    newcomer = attempts.opened(Newcomer, cookies.read(attempts.NEWCOMER_COOKIE))
    if newcomer is None or newcomer.provider not in providers.configured() or _is_known(newcomer):
        flash(gettext("Please begin again: choose the provider with which you want to sign in."), "warning")
        return web.see_other(url_for("accounts.login"))
    if current_user.is_authenticated and request.method == "GET":
        return web.see_other(signin.onward(newcomer.target))
    if registration.is_unwatched():
        return web.page("accounts/registration_closed.html", 200 if request.method == "GET" else 403)
    mode, form = signup_form.mode(), ProviderSignupForm()
    if (closed := agegate.closed(form)) is not None:
        return closed
    signup_form.prepare(form)
    if not form.is_submitted():
        form.email.data = newcomer.email
    if form.validate_on_submit() and signup_form.is_in_good_time(form, mode):
        try:
            user = signup_form.sign_up(form, mode, also=lambda user: identities.attach(user, newcomer))
            return _welcome(user, newcomer.target)
        except BadField as refusal:
            form.refuse(refusal.field, refusal.message)
    signup_form.renew(form, mode)
    return web.page(
        "entry/provider_newcomer.html",
        422 if form.errors else 200,
        form=form,
        newcomer=newcomer,
        provider=providers.named(newcomer.provider),
        **signup_form.context(mode),
    )


def _is_known(newcomer: Newcomer) -> bool:
    return queries.identity_of(newcomer.provider, newcomer.subject) is not None


def _welcome(user: User, target: str) -> Response:
    answer = web.see_other(signin.onward(target))
    signin.sign_in(answer, user, means="oidc", is_first=True)
    flash(signup_form.welcome(user))
    return answer
