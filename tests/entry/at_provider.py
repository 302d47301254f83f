"""A browser on its way to a provider and back, and what is there afterwards."""

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core.database import db, transaction
from forum.entry.models import Identity
from forum.mail.models import Mail
from tests.plugins.application import Client
from tests.servers.oidc import Provider

SECURITY = "/settings/security"
CALLBACK = "/login/provider/acme/callback"


def go(client: Client, path: str = "/login/provider/acme", **fields: str) -> str:
    """Press the button; return the address to which the page leads."""
    page = client.send(path, **fields)
    assert page.status_code == 200, page.text
    assert page.headers["Refresh"].startswith("0; url=")
    return str(page.headers["Refresh"].removeprefix("0; url="))


def back(address: str) -> str:
    """What our server sees of the address to which the provider sent the browser."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def come_in(client: Client, provider: Provider, subject: str = "a-1", **fields: str) -> Any:
    return client.get(back(provider.agree(go(client, **fields), subject)))


def link(user: User, subject: str = "a-1") -> Identity:
    with transaction() as session:
        identity = Identity(user_id=user.id, provider="acme", subject=subject, label="a@elsewhere.example")
        session.add(identity)
    return identity


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/settings/profile").status_code == 200)


def counted(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def letters() -> list[tuple[str, Any]]:
    db.session.rollback()
    return [(mail.template, mail.facts.get("what")) for mail in db.session.scalars(select(Mail).order_by(Mail.id))]
