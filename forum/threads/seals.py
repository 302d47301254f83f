"""What a form of a post carries under our seal: when it was opened, and about which text a question was asked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, Signer

from forum.core.database import now
from forum.core.signing import Seal

_FORM, _QUESTION = "a post's form", "a question about a text"
_MARK = 24  # hexadecimal digits


def form_token() -> str:
    """Return a new token for a form that must not be carried out twice; it says when it was opened."""
    return _sealed(Seal(_signer(_FORM)))


@dataclass(frozen=True)
class FormFiller:
    """Gives each reader of a kept page a token of their own for its reply box."""

    seal: Seal

    @classmethod
    def of_this_app(cls) -> FormFiller:
        """Return one that seals as the present application does."""
        return cls(Seal(_signer(_FORM)))

    def fill(self, _ask: Any, _reader: Any, values: dict[str, Any]) -> bool:
        """Add the token."""
        values["form_token"] = _sealed(self.seal).encode()
        return True

    def note_read(self, _reader: Any) -> None:
        """A form is no reading."""


def age(token: str | None) -> timedelta | None:
    """Return for how long the form with this token has been open, None for one that is not ours."""
    try:
        moment = _signer(_FORM).unsign((token or "").encode("utf-8", "replace")).decode().partition(".")[0]
    except BadSignature:
        return None
    return now() - datetime.fromtimestamp(int(moment) / 1000, UTC)


def asked_about(author_id: int, title: str, body: str, code: str = "") -> str:
    """Return the token for a form whose author is asked whether they want to say it so; `code`: of which question."""
    return _signer(_QUESTION).sign(f"{author_id}.{_mark(title, body)}.{code}").decode()


def answer(token: str | None, author_id: int, title: str, body: str) -> str:
    """Return "same" for the text that its author was asked about, "other" for another one, "" if nobody was asked."""
    whose, mark, _code = _asked(token)
    if whose != str(author_id):
        return ""
    return "same" if mark == _mark(title, body) else "other"


def asked_by(token: str | None) -> str:
    """Return the code of the question that came with this token, "" for none."""
    return _asked(token)[2]


def told(token: str | None, author_id: int, title: str, body: str, form: str | None = None) -> dict[str, Any]:
    """Return what a screening is told of the two tokens that came with a text, by the names of its Draft's fields."""
    return {"answer": answer(token, author_id, title, body), "asked_by": asked_by(token), "age": age(form)}


def _asked(token: str | None) -> tuple[str, str, str]:
    """Return who was asked, the mark of the text, and the question's code; three times "" for a token not ours."""
    if not token:
        return "", "", ""
    try:
        whose, mark, *code = _signer(_QUESTION).unsign(token.encode("utf-8", "replace")).decode().split(".")
    except BadSignature:
        return "", "", ""
    return whose, mark, code[0] if code else ""  # without one: asked by the version before


def _mark(title: str, body: str) -> str:
    return hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()[:_MARK]


def _sealed(seal: Seal) -> str:
    moment = int(now().timestamp() * 1000)
    return seal.sign(f"{moment}.{secrets.token_urlsafe(12)}".encode()).decode()


def _signer(salt: str) -> Signer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return Signer(keys, salt=salt, sep="~", digest_method=hashlib.sha256)
