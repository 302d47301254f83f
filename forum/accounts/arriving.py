"""Mail came back from somebody's address: the owner shows with a link in one more letter that it arrives again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts import links, mailing
from forum.accounts.models import User
from forum.core.database import locked, transaction
from forum.core.errors import NotFound
from forum.mail.actions import owe
from forum.mail.addresses import link_to
from forum.mail.letters import LETTERS, Letter
from forum.mail.models import Mail

PURPOSE = "mail_arrives"
LIFETIME = timedelta(days=2)  # as long as the letter itself is tried
DEAD = _l("This link does not work any more: it was used or replaced, or it is older than two days.")


def ask(user: User) -> bool:
    """Send a link to the person's address; return False when nothing but single letters ever came back from it."""
    with transaction():
        person = locked(User, user.id)
        if person is None or not person.email or not mailing.comes_back(person):
            return False
        link = links.make(person, PURPOSE, person.email, LIFETIME, end_former=True)
        facts = {"name": person.name, "link": link.id}
        key = f"mail-arrives:{link.id}"
        owe("mail_arrives", person.email, key, language=person.language, user_id=person.id, facts=facts)
    return True


def complete(token: str) -> None:
    """Use the link up; that it arrived is what counts (`links.redeem`). Raises NotFound for a dead one."""
    if links.redeem(token, PURPOSE) is None:
        raise NotFound(DEAD)


def _way_in(mail: Mail) -> Mapping[str, Any]:
    link = links.by_id(int(mail.facts["link"]))
    return {"url": link_to("mail.arrives", token=links.token_of(link)) if link else ""}


LETTERS["mail_arrives"] = Letter(
    _l("Does mail reach you again?"),
    still_due=lambda mail: links.is_open(links.by_id(int(mail.facts["link"]))),
    extra=_way_in,
)
