"""Outside providers as the rest of the room sees them: which there are, where a browser goes, who came back."""

from __future__ import annotations

import hmac
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from forum.config import Provider
from forum.core.errors import NotFound, Refused
from forum.core.text import cleaned
from forum.entry import attempts, recency
from forum.entry.attempts import Attempt
from forum.mail.addresses import link_to

log = logging.getLogger(__name__)

SUBJECT_LIMIT = 255  # ASCII characters (OpenID Connect Core, 2)
EMAIL_LIMIT = 254
LABEL_LIMIT = 80
SAID_LIMIT = 200
# A provider that hangs may hold so many of our threads, not all of them.
_at_once = threading.BoundedSemaphore(4)


class NotShown(Refused):
    """Nobody is signed in and nothing was changed, for the reason that the message says; `status` goes with it."""

    def __init__(self, message: Any, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Shown:
    """Who came back from a provider. `email` is "" unless the provider vouches for it; `label` is for people."""

    subject: str
    email: str
    label: str
    asked_at: datetime | None = None  # when the provider last made sure who it is, if it says so (auth_time)


def configured() -> Mapping[str, Provider]:
    """Return the providers that the operator has set up, by name."""
    found: Mapping[str, Provider] = current_app.config["IDENTITY_PROVIDERS"]
    return found


def named(name: str) -> Provider:
    """Return the provider, or raise NotFound."""
    try:
        return configured()[name]
    except KeyError:
        raise NotFound from None


def label(name: str) -> str:
    """Return what people read; the name itself for a provider that is not set up any more."""
    found = configured().get(name)
    return found.label if found else name


def start(provider: Provider, target: str, language: str, purpose: str, session_id: int | None) -> tuple[str, Attempt]:
    """Return where the browser is to go, and the attempt to be kept in its cookie; NotShown if the provider is away.

    To link, and to show again who one is, concerns whoever is signed in by the session `session_id`.
    """
    more = recency.asked(purpose)
    made: dict[str, str] = _asked(provider, lambda client: client.start(provider, _address(provider), language, more))
    words = made["state"], made["nonce"], made["code_verifier"]
    return made["url"], attempts.begin(provider.name, *words, target, purpose, session_id)


def come_back(provider: Provider, attempt: Attempt | None, said: Mapping[str, str]) -> Shown:
    """Return who the provider says this is, from the attempt and the query `said`; the attempt is used up.

    Raises NotShown, whatever is wrong.
    """
    if attempt is None or attempt.provider != provider.name or not _is_same(said.get("state", ""), attempt.state):
        raise NotShown(_OVER, 400)
    if not attempts.use_up(attempt):
        raise NotShown(_OVER, 400)
    _asked(provider, lambda client: client.check_sender(provider, said.get("iss")))
    if said.get("error") or not said.get("code"):
        raise _refused_there(provider, said)
    code, address = said["code"], _address(provider)
    nonce, verifier = attempt.nonce, attempt.verifier
    claims = _asked(provider, lambda client: client.claims(provider, code, address, nonce, verifier))
    return _shown(provider, claims)


_OVER = _l("This attempt to sign in is over, was used already, or began in another browser. Please begin again.")


def _address(provider: Provider) -> str:
    """Return our address to which the provider sends the browser back; never from the Host header."""
    return link_to("entry.provider_back", provider=provider.name)


def _is_same(said: str, state: str) -> bool:
    return hmac.compare_digest(said.encode("utf-8", "replace"), state.encode())


def _asked(provider: Provider, question: Callable[[Any], Any]) -> Any:
    """Ask the provider; whatever goes wrong is noted in the log and becomes one refusal."""
    from forum.entry import provider_client  # noqa: PLC0415 - Authlib takes long to load, and few requests need it

    if not _at_once.acquire(blocking=False):
        raise NotShown(_no_answer(provider), 503)
    try:
        return question(provider_client)
    except Exception as error:  # whatever a foreign server's answer lets the libraries stumble over
        log.warning("the provider %s did not answer as it should: %s: %s", provider.name, type(error).__name__, error)
        # requests' faults of connections are OSErrors, and those of understanding ValueErrors as well
        is_away = isinstance(error, OSError) and not isinstance(error, ValueError)
        raise NotShown(_no_answer(provider) if is_away else _no_sense(provider), 503 if is_away else 502) from error
    finally:
        _at_once.release()


def _no_answer(provider: Provider) -> Any:
    return _l(
        "%(provider)s does not answer at this moment. Nothing was changed: try again later, or use another way.",
        provider=provider.label,
    )


def _no_sense(provider: Provider) -> Any:
    return _l(
        "%(provider)s answered in a way that can't be trusted. Nothing was changed: begin again, or use another way.",
        provider=provider.label,
    )


def _refused_there(provider: Provider, said: Mapping[str, str]) -> NotShown:
    if said.get("error") == "access_denied":
        words = _l("You did not agree at %(provider)s. Nothing was changed.", provider=provider.label)
        return NotShown(words, 403)
    reason = one_line(said.get("error_description") or said.get("error"), SAID_LIMIT)
    if not reason:
        return NotShown(_no_sense(provider), 502)
    words = _l("%(provider)s did not sign you in. It says: “%(reason)s”", provider=provider.label, reason=reason)
    return NotShown(words, 403)


def _shown(provider: Provider, claims: Mapping[str, Any]) -> Shown:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LIMIT or not subject.isascii():
        log.warning("the provider %s calls somebody by what is no subject", provider.name)
        raise NotShown(_no_sense(provider), 502)
    email = one_line(claims.get("email"), EMAIL_LIMIT)
    is_theirs = claims.get("email_verified") is True
    names = (email, claims.get("preferred_username"), claims.get("name"), subject)
    shown_as = next(filter(None, (one_line(each, LABEL_LIMIT) for each in names)), "")
    asked_at = recency.moment(claims.get("auth_time"))
    return Shown(subject, email if is_theirs and "@" in email else "", shown_as, asked_at)


def one_line(words: Any, limit: int) -> str:
    """Return words from outside as one clean line of at most `limit` characters; "" for what is no text."""
    if not isinstance(words, str):
        return ""
    return " ".join(cleaned(words[: 10 * limit]).split())[:limit]
