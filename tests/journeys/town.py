"""A forum that sends letters, for the journeys in which they matter, and what passes there while nobody looks."""

import contextlib
import os
import re
import signal
import sqlite3
import time
from datetime import UTC, datetime
from email.message import EmailMessage

from tests.servers.smtp import MailServer
from tests.servers.website import Website

SOON = 60.0  # seconds; the worker sends a letter within one, and after a crash within a minute


class Town:
    """The forum `site` with sample people, and the mail server to which it gives its letters."""

    def __init__(self, site: Website, post_office: MailServer) -> None:
        self.site, self.post_office = site, post_office

    @property
    def url(self) -> str:
        """Where it is reached."""
        return self.site.url

    def letter(self, address: str, subject: str) -> EmailMessage:
        """Wait for a letter with this subject to `address`, take it away and return it."""
        deadline = time.monotonic() + SOON
        while True:
            for letter in list(self.post_office.letters):
                if address in str(letter["To"]) and subject in str(letter["Subject"]):
                    self.post_office.letters.remove(letter)
                    return letter
            came = [(str(letter["To"]), str(letter["Subject"])) for letter in self.post_office.letters]
            assert time.monotonic() < deadline, f"no letter {subject!r} to {address}; there came {came}"
            time.sleep(0.05)

    def rows(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Read from the database, or let something in it have happened earlier than it did."""
        path = self.site.instance / "forum.db"
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as database, database:
            return database.execute(statement, values).fetchall()

    def worker_sleeps(self) -> None:
        """Stop the worker where it holds no lock of the database; until then nobody could write."""
        while True:
            os.kill(self.site.worker_pid, signal.SIGSTOP)
            database = sqlite3.connect(self.site.instance / "forum.db", timeout=0.2, isolation_level=None)
            with contextlib.closing(database):
                try:
                    database.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError:
                    os.kill(self.site.worker_pid, signal.SIGCONT)
                    time.sleep(0.05)
                else:
                    database.execute("ROLLBACK")
                    return

    def an_hour_passes_for(self, name: str) -> None:
        """Nobody has asked who sits at the devices of `name` for an hour."""
        whose = "user_id = (SELECT id FROM users WHERE username = :name)"
        self.rows(f"UPDATE sessions SET proved_at = datetime(proved_at, '-1 hour') WHERE {whose}", name=name)

    def days_pass_for(self, name: str) -> None:
        """The days of grace of `name` are over, and a worker comes to look."""
        self.site.kill_worker()
        self.rows("UPDATE users SET leaving_at = datetime(leaving_at, '-8 days') WHERE username = :name", name=name)
        self.site.start_worker()

    def it_is(self, moment: datetime) -> None:
        """A worker comes to look at that moment, which is yet to come; the web server does not know of it."""
        self.site.kill_worker()
        self.site.start_worker(ahead=moment - datetime.now(UTC))


def words_of(letter: EmailMessage) -> str:
    """Return the plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage, path: str) -> str:
    """Return the address in a letter that leads to `path`."""
    found = re.search(rf"https?://\S*{re.escape(path)}\S*", words_of(letter))
    assert found, f"no link to {path} in {words_of(letter)}"
    return found.group()
