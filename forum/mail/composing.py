"""A letter written: one template, rendered as HTML and as plain text, in the reader's language, as a MIME message."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale

from forum.core import i18n
from forum.core.database import now
from forum.mail import returning, unsubscribing
from forum.mail.addresses import link_to
from forum.mail.letters import LETTERS
from forum.mail.models import Mail
from forum.mail.wrapping import wrapped

QUOTED = "> "
UNSUBSCRIBE = "mail.unsubscribe"  # the endpoint, which stands where people are known


class BadAddress(ValueError):
    """No mail can be sent to what stands as the letter's address."""


class _Policy(EmailPolicy):
    """The library's rules, but for addresses: it would write a long one as an encoded word, which nobody reads."""

    def fold(self, name: str, value: Any) -> str:
        """Return a header as it is sent; addresses and numbers in one line."""
        return f"{name}: {value}{self.linesep}" if name in _WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the same as bytes; the library's own does not ask `fold`."""
        return self.fold(name, value).encode() if name in _WHOLE else super().fold_binary(name, value)


_WHOLE = ("List-Unsubscribe", "Message-ID")
# 7bit: Chinese goes as base64 or quoted-printable, so that no server on the way needs 8BITMIME
POLICY = _Policy(linesep="\r\n", cte_type="7bit")


@dataclass(frozen=True)
class Written:
    """A letter's words: subject, plain text and HTML, in one language."""

    subject: str
    text: str
    html: str


def words_of(mail: Mail) -> Written:
    """Return the letter's words in its reader's language, with the secrets that its room looks up."""
    letter = LETTERS[mail.template]
    look_up = letter.extra or (lambda _mail: {})
    with force_locale(mail.language if mail.language in i18n.LANGUAGES else "en"):
        facts = {**mail.facts, **look_up(mail)}
        subject = letter.subject_for(facts)
        context = {
            **facts,
            "subject": subject,
            "site_name": one_line(i18n.site_name()),
            "site_url": current_app.config["SITE_URL"],
            "page_lang": i18n.page_lang(),
            "unsubscribe_url": unsubscribe_url(mail),
        }
        return Written(
            subject, _plain(_rendered(mail, context, "text")), _rendered(mail, context, "html").strip() + "\n"
        )


def _rendered(mail: Mail, context: Mapping[str, Any], form: str) -> str:
    """Return the template in one form. Not `flask.render_template`, whose context asks a request for its reader."""
    return current_app.jinja_env.get_template(f"mail/{mail.template}.html").render({**context, "form": form})


def _plain(rendered: str) -> str:
    """Return the plain form as it is sent: what escaping did is undone, blank lines are single, lines fit."""
    lines = [line.strip() for line in html.unescape(rendered).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(map(_fitting, lines))).strip() + "\n"


def _fitting(line: str) -> str:
    if line.startswith(QUOTED):
        return "\n".join(QUOTED + part for part in wrapped(line.removeprefix(QUOTED)).split("\n"))
    return wrapped(line)


def unsubscribe_url(mail: Mail) -> str:
    """Return the address that turns this kind of mail off for this person; "" for mail about an account."""
    if not mail.kind or mail.user_id is None:
        return ""
    return link_to(UNSUBSCRIBE, token=unsubscribing.token(mail.user_id, mail.kind))


def message_of(mail: Mail) -> EmailMessage:
    """Return the letter as it goes over the wire. BadAddress for an address that is none."""
    words = words_of(mail)
    message = EmailMessage(POLICY)
    message["From"] = Address(one_line(sender_name(mail)), addr_spec=current_app.config["MAIL_FROM"])
    message["To"] = _parsed(mail.address)
    message["Subject"] = one_line(words.subject)
    message["Date"] = now()
    message["Message-ID"] = message_id(mail)
    message["Auto-Submitted"] = "auto-generated"
    if url := unsubscribe_url(mail):
        message["List-Unsubscribe"] = f"<{url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(words.text)
    message.add_alternative(words.html, subtype="html")
    return message


def sender_name(mail: Mail) -> str:
    """Return the site's name in the letter's language."""
    with force_locale(mail.language if mail.language in i18n.LANGUAGES else "en"):
        return i18n.site_name()


def message_id(mail: Mail) -> str:
    """Return the letter's own mark, the same at every attempt: who gets it twice after a crash can tell, and so can
    we when it comes back."""
    domain = current_app.config["MAIL_FROM"].rpartition("@")[2] or urlsplit(current_app.config["SITE_URL"]).hostname
    return f"<mail-{returning.mark(mail)}@{domain}>"


def envelope_address(address: str) -> str:
    """Return the address with its domain in ASCII (IDNA), as servers need it. Raises BadAddress."""
    return _parsed(address).addr_spec


def _parsed(address: str) -> Address:
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode()
        plain = "".join(sign if sign.isascii() else "x" for sign in local)
        Address(addr_spec=f"{plain}@{ascii_domain}")  # the library refuses what RFC 6532 allows in front of the @
    except Exception as error:  # its parser raises what it likes at what is no address
        raise BadAddress("this is not an e-mail address") from error
    if not local or not domain or one_line(address) != address or " " in address:
        raise BadAddress("this is not an e-mail address")
    return Address(username=local, domain=ascii_domain)


def one_line(text: str) -> str:
    """Return the text without anything that could begin another header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
