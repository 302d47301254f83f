"""A mail server of our own: aiosmtpd in a thread, which can refuse, hang, go away and come back on the same port."""

import asyncio
import email
import email.policy
import time
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.servers.waiting import HOST, free_port


class MailServer:
    """A running server that keeps what it takes in `letters`.

    `refusals` holds the reply for an address ("550 5.1.1 nobody of that name"), `data_reply` that for every letter's
    text, `silence` the seconds for which it says nothing at the beginning of a letter.
    """

    def __init__(self, **options: Any) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.senders: list[str] = []
        self.refusals: dict[str, str] = {}
        self.data_reply = ""
        self.silence = 0.0
        self.on_taken = lambda: None  # called when a letter was taken, before the server says so
        self._options = options
        self._port = free_port()
        self._controller: Controller | None = None
        self.start()

    @property
    def url(self) -> str:
        """The address, as the setting SMTP_URL takes it."""
        return f"smtp://{HOST}:{self._port}?starttls=no"

    @property
    def port(self) -> int:
        """The port it listens on, also while it is away."""
        return self._port

    def start(self) -> None:
        """Listen (again); a port just left may need a moment."""
        for _ in range(50):
            try:
                self._controller = Controller(self, hostname=HOST, port=self._port, **self._options)
                self._controller.start()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"port {self._port} stays in use")

    def stop(self) -> None:
        """Go away: connections are refused."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Take a sender."""
        if self.silence:
            await asyncio.sleep(self.silence)
        envelope.mail_from, envelope.mail_options = address, [*envelope.mail_options, *options]
        return self.refusals.get(address, "250 OK")

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Take a recipient, or refuse them as told."""
        refusal = self.refusals.get(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep a letter."""
        if self.data_reply:
            return self.data_reply
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.recipients += envelope.rcpt_tos
        self.senders.append(envelope.mail_from)
        self.on_taken()
        return "250 Taken"
