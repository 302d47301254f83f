"""Letters that come back later: the mark by which one is known again, and reports about them (RFC 3464) read."""

from __future__ import annotations

import base64
import email
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from flask import current_app

from forum.mail.models import Mail

_MARK = re.compile(r"([0-9]{1,18})\.([a-z2-7]{16})")
_SIGNS = 16  # of the signature: 80 bits, and the local part of an address holds 64 signs at most (RFC 5321)
# Enhanced status codes (RFC 3463): X.1 is about the address, X.2 about its mailbox; these of them are not.
_ADDRESS, _NOT_ADDRESS, _ANY_STATUS = (
    # alone: no piece of a network address, of a version or of a host's name
    re.compile(rf"(?<![\w.])5\.(?:{rest})(?![\w-]|\.\w)")
    for rest in (r"[12]\.\d{1,3}", r"1\.[78]|2\.3", r"\d{1,3}\.\d{1,3}")  # 5.1.7/8: the sender's; 5.2.3: too long
)


@dataclass(frozen=True)
class Report:
    """What a server says of one of our letters: which one, its words, whether its address takes no mail for good."""

    mark: str
    words: str
    is_final: bool
    by_recipient: bool


def mark(mail: Mail) -> str:
    """Return the letter's signed mark, small letters and digits, which stands in its sender and its Message-ID."""
    return f"{mail.id}.{_signature(mail, str(current_app.config['SECRET_KEY']))}"


def is_genuine(mail: Mail, mark: str) -> bool:
    """Whether we made the mark, for this letter, with one of the forum's keys."""
    keys = (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"])
    return any(hmac.compare_digest(f"{mail.id}.{_signature(mail, str(key))}", mark) for key in keys)


def _signature(mail: Mail, key: str) -> str:
    words = f"letter|{mail.id}|{int(mail.created_at.timestamp() * 1_000_000)}"
    digest = hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:_SIGNS]


def sender(mail: Mail) -> str:
    """Return the sender on the envelope: with MAIL_BOUNCES one of the letter's own, else MAIL_FROM."""
    place = str(current_app.config["MAIL_BOUNCES"])
    if not place:
        return str(current_app.config["MAIL_FROM"])
    local, _, domain = place.rpartition("@")
    return f"{local}+{mark(mail)}@{domain}"


def blames_the_address(words: str, *, unless_said: bool) -> bool:
    """Whether a refusal for good is about the recipient's address, by its enhanced status code (RFC 3463).

    Without such a code `unless_said` holds. A server that refuses our words or our machine says nothing of the
    address, whenever in the conversation it does.
    """
    if _ADDRESS.search(words):
        return not _NOT_ADDRESS.search(words)
    return unless_said and not _ANY_STATUS.search(words)


def read(raw: bytes, recipient: str = "") -> Report | None:
    """Return what a message says of one of our letters, or None when it says nothing of any.

    `recipient`: where the mail server delivered the message, if it tells us. Anybody may have written it: the
    mark counts only after `is_genuine`. Parts within parts, deeper than the parser can follow, are nobody's report.
    """
    try:
        return _read(raw, recipient)
    except RecursionError:
        return None


def _read(raw: bytes, recipient: str) -> Report | None:
    message = email.message_from_bytes(raw)
    found = next(filter(None, map(_mark_in, _places(message, recipient))), "")
    if not found or message.get_content_type() != "multipart/report":
        return None
    fields = [part for part in _fields(message) if str(part.get("Action", "")).strip().lower() == "failed"]
    if not fields:  # late, or delivered after all
        return Report(found, "", is_final=False, by_recipient=False)
    status, said = (str(fields[0].get(name, "")) for name in ("Status", "Diagnostic-Code"))
    words = " ".join(f"{status} {said}".split())
    return Report(found, words, True, blames_the_address(status or said, unless_said=False))


def _mark_in(text: str) -> str:
    """Return the mark in an address or a Message-ID of ours, or ""."""
    found = re.search(rf"(?:\+|<mail-)({_MARK.pattern})@", text.lower())
    return found[1] if found else ""


def _places(message: Message, recipient: str) -> Iterator[str]:
    """Yield where a mark may stand: in the address that the message came to, and in the letter that came back."""
    yield recipient
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To"):
        yield from map(str, message.get_all(name, []))
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else None
            yield str(inner.get("Message-ID", "")) if isinstance(inner, Message) else _message_id_in(part)


def _message_id_in(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return str(email.message_from_bytes(payload).get("Message-ID", "")) if isinstance(payload, bytes) else ""


def _fields(message: Message) -> Iterator[Message]:
    """Yield the groups of fields of the report: one about the message, then one for each recipient."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            payload = part.get_payload()
            yield from (group for group in payload if isinstance(group, Message)) if isinstance(payload, list) else ()
