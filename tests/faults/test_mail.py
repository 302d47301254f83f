"""Mail as it runs: a worker killed between the server's yes and its own note; a developer who reads it in the log."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import create_engine, text

from forum.config import mail_server as parsed
from forum.mail import carrying
from forum.mail.composing import POLICY, EmailMessage
from tests.plugins.servers import StartForum
from tests.servers.robot import Robot
from tests.servers.smtp import MailServer
from tests.servers.waiting import HOST
from tests.servers.website import Website

PASSWORD = "a bridge of seven arches"
PATIENCE = 60.0  # seconds


def asks_for_a_letter(forum: Website) -> None:
    """The admin carol asks for a test letter in the browser."""
    forum.flask(
        "people", "create", "carol", "--email", "carol@example.org", "--role", "admin", "--password-stdin",
        stdin=PASSWORD + "\n",
    )  # fmt: skip
    carol = Robot(forum.url)
    carol.sign_in("carol", PASSWORD)
    status, where = carol.send("/admin/mail/test")
    assert status == 303, where


def wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_a_worker_killed_after_the_server_took_it_loses_nothing(forum_starter: StartForum, mail_server: MailServer):
    forum = forum_starter({"SMTP_URL": mail_server.url}, worker=False)
    database = create_engine(f"sqlite:///{forum.instance / 'forum.db'}")

    def state() -> str:
        with database.connect() as connection:
            return str(connection.execute(text("SELECT state FROM mails")).scalar_one())

    mail_server.on_taken = forum.kill_worker
    asks_for_a_letter(forum)
    with database.begin() as connection:  # the one about the new device is not the matter here
        connection.execute(text("DELETE FROM mails WHERE template <> 'trial'"))
    forum.start_worker()
    wait_for(lambda: len(mail_server.letters) == 1 and not forum.worker_lives())
    assert state() == "owed"
    mail_server.on_taken = lambda: None
    with database.begin() as connection:  # the lease ends
        connection.execute(text("UPDATE mails SET next_at = '2026-01-01 00:00:00.000000'"))
    forum.start_worker()
    wait_for(lambda: state() == "sent")
    assert [letter["Message-ID"] for letter in mail_server.letters] == [mail_server.letters[0]["Message-ID"]] * 2


def test_without_a_mail_server_a_developer_reads_the_link_in_the_log(forum_starter: StartForum):
    forum = forum_starter({})
    asks_for_a_letter(forum)
    wait_for(lambda: f"{forum.url}/admin/mail" in forum.logs())
    assert "mail to carol@example.org: A test letter" in forum.logs()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 with its key that nobody has signed."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
def impostor(certificate: Path) -> Iterator[MailServer]:
    """A mail server that offers STARTTLS with that certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = MailServer(tls_context=context)
    yield server
    server.stop()


def carry(url: str) -> None:
    """Hand a letter to the server that a setting describes."""
    letter = EmailMessage(POLICY)
    letter.set_content("A secret link.")
    server = parsed(url, production=True)
    assert server
    carrier = carrying.SmtpCarrier(server, "localhost")
    try:
        carrier.carry(letter, "forum@forum.example", "alice@example.org")
    finally:
        carrier.close()


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(impostor: MailServer):
    with pytest.raises(carrying.Unreachable, match="certificate"):
        carry(f"smtp://{HOST}:{impostor.port}")
    assert impostor.letters == []


def test_a_server_without_starttls_gets_nothing_unless_told(mail_server: MailServer):
    with pytest.raises(carrying.Unreachable, match="STARTTLS"):
        carry(f"smtp://{HOST}:{mail_server.port}")
    assert mail_server.letters == []
    carry(f"smtp://{HOST}:{mail_server.port}?starttls=no")
    assert len(mail_server.letters) == 1
