"""Who carries a letter away: the SMTP server; in development without one the log; in production without one nobody."""

from __future__ import annotations

import ipaddress
import logging
import smtplib
import ssl
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import urlsplit

from flask import current_app

from forum.config import MAIL_PATIENCE_SECONDS, MailServer
from forum.mail.returning import blames_the_address

log = logging.getLogger(__name__)
PERMANENT = 500  # replies from here on are for good (RFC 5321, 4.2.1)


class Unreachable(Exception):
    """The server does not answer, hangs, or does not let us in: nothing can be sent to anybody now."""


class Postponed(Exception):
    """The server wants this letter later."""


class Rejected(Exception):
    """The server will never take this letter; `by_recipient`: because of the address that it goes to."""

    def __init__(self, words: str, *, by_recipient: bool = False) -> None:
        super().__init__(words)
        self.by_recipient = by_recipient


class Carrier(Protocol):
    """Takes letters, several in a row; `close` when there are no more."""

    def carry(self, letter: EmailMessage, sender: str, address: str) -> None:
        """Hand over a letter to `address`; `sender` hears of it when it can't be delivered after all.

        Raises Unreachable, Postponed or Rejected.
        """

    def close(self) -> None:
        """Let go of the connection, if there is one."""


def carrier() -> Carrier:
    """Return who carries letters by the settings of this forum."""
    server = current_app.config["MAIL_SERVER"]
    if server is not None:
        return SmtpCarrier(server, _own_name(current_app.config["SITE_URL"]))
    return Nobody() if current_app.config["FORUM_ENV"] == "production" else LogCarrier()


def _own_name(site_url: str) -> str:
    """Return how we call ourselves to the server: the site's host; smtplib would ask the DNS, which may hang."""
    host = urlsplit(site_url).hostname or "localhost"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return f"[IPv6:{host}]" if address.version == 6 else f"[{host}]"


class SmtpCarrier:
    """A conversation with the mail server, begun with the first letter. Each word is waited for 10 seconds at most."""

    def __init__(self, server: MailServer, own_name: str) -> None:
        self._server, self._own_name = server, own_name
        self._line: smtplib.SMTP | None = None

    def carry(self, letter: EmailMessage, sender: str, address: str) -> None:
        """Hand the letter to the server. Raises Unreachable, Postponed or Rejected."""
        try:
            self._line = self._line or self._opened()
            self._line.send_message(letter, sender, [address])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = error.recipients[address]
            self._refused(code, words, of_recipient=True)
        except smtplib.SMTPDataError as error:
            self._refused(error.smtp_code, error.smtp_error)
        except (
            smtplib.SMTPSenderRefused
        ) as error:  # our own setting is wrong: neither the letter's nor its reader's fault
            self._let_go_if_hung_up()
            raise Postponed(f"the sender is refused: {_said(error.smtp_code, error.smtp_error)}") from error
        except smtplib.SMTPNotSupportedError as error:  # letters in the address that this server can't write
            raise Rejected(f"the server can't write to this address: {error}", by_recipient=True) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Unreachable(_reason(error)) from error

    def close(self) -> None:
        """Say goodbye and hang up."""
        line, self._line = self._line, None
        if line is not None:
            try:
                line.quit()
            except (smtplib.SMTPException, OSError):
                line.close()

    def _opened(self) -> smtplib.SMTP:
        server, trusted = self._server, ssl.create_default_context()
        line: smtplib.SMTP
        if server.security == "tls":
            line = smtplib.SMTP_SSL(
                server.host, server.port, self._own_name, timeout=MAIL_PATIENCE_SECONDS, context=trusted
            )
        else:
            line = smtplib.SMTP(server.host, server.port, self._own_name, timeout=MAIL_PATIENCE_SECONDS)
        try:
            if server.security == "starttls":
                line.starttls(context=trusted)
            line.ehlo_or_helo_if_needed()  # send_message asks what the server can before it has greeted it
            if server.user:
                line.login(server.user, server.password)
        except smtplib.SMTPNotSupportedError as error:
            line.close()
            raise Unreachable(f"SMTP_URL asks for what the mail server does not offer: {error}") from error
        except BaseException:
            line.close()
            raise
        return line

    def _refused(self, code: int, words: bytes | str, *, of_recipient: bool = False) -> None:
        """Raise what a reply means; `of_recipient`: it answers the address, not the text."""
        self._let_go_if_hung_up()
        said = _said(code, words)
        if code >= PERMANENT:
            raise Rejected(said, by_recipient=blames_the_address(said, unless_said=of_recipient))
        raise Postponed(said)

    def _let_go_if_hung_up(self) -> None:
        if self._line is not None and self._line.sock is None:  # after a 421
            self._line = None


class LogCarrier:
    """Writes the plain text to the log, where a developer finds the link."""

    def carry(self, letter: EmailMessage, sender: str, address: str) -> None:
        """Show the letter."""
        body = letter.get_body(("plain",))
        log.info("mail to %s: %s\n\n%s", address, letter["Subject"], body.get_content() if body else "")

    def close(self) -> None:
        """Nothing is open."""


class Nobody:
    """Production without SMTP_URL: every letter fails with that reason, and can be sent again from the outbox."""

    def carry(self, letter: EmailMessage, sender: str, address: str) -> None:
        """Refuse."""
        raise Rejected("no mail server is set: see SMTP_URL")

    def close(self) -> None:
        """Nothing is open."""


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answers {_said(error.smtp_code, error.smtp_error)}"
    return f"the mail server can't be reached: {error or type(error).__name__}"
