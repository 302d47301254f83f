"""Moderators of the sub-theme are told that an application waits, and no more once it doesn't; the desk counts them."""

from typing import Any

import pytest
from sqlalchemy import select

from forum.accounts.models import KEEP_POSTS, User
from forum.core.database import db, transaction
from forum.credentials import actions, queries
from forum.credentials.models import Application
from forum.leaving import closing
from forum.notifications.models import Notification
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug
from tests.credentials.conftest import Apply

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def told() -> list[str]:
    query = select(User.username).join(Notification, Notification.user_id == User.id).order_by(User.username)
    return list(db.session.scalars(query.where(Notification.kind == "application_waits")))


def test_the_moderators_of_the_sub_theme_are_told_once_in_words(
    as_: Any, alice: User, bob: User, carol: User, thea: User, theo: User, apply: Apply, person: Any
) -> None:
    row = apply(alice)
    assert told() == ["thea"], "nobody of another sub-theme, and not those who look after everything"
    assert "An application for a credential waits for you: “Judge”" in as_(thea).get("/notifications").text
    notice = db.session.scalars(select(Notification)).one()
    assert as_(thea).send("/notifications/read", id=notice.id).location == f"/moderation/credentials/{row.id}"
    assert notice.mail_due_at is not None, "as the settings for mail about notices say"


def test_where_it_has_none_of_its_own_those_of_all_are_told(
    alice: User, bob: User, carol: User, thea: User, theo: User, apply: Apply, subtheme: SubTheme
) -> None:
    apply(alice, by_slug("platform-economy") or subtheme)
    assert told() == ["bob", "carol"]
    apply(thea)
    assert told() == ["bob", "bob", "carol", "carol"], "nobody decides about their own"
    with transaction():
        thea.suspended_until = thea.created_at.replace(year=2099)
    apply(alice)
    assert told().count("thea") == 0


def test_what_waits_no_more_is_told_no_more(alice: User, ann: User, thea: User, apply: Apply) -> None:
    row, other = apply(alice), apply(ann)
    assert actions.withdraw(row.id, alice) and told() == ["thea"]
    actions.decline(other.id, "evidence", "No.", thea)
    assert told() == []
    apply(ann)
    closing.delete_now(ann, KEEP_POSTS, lambda _step: None)
    assert told() == [] and db.session.scalars(select(Application.user_id)).all() == [alice.id], "nobody asks any more"


def test_the_desk_counts_what_waits_up_to_a_bound(
    as_: Any, alice: User, bob: User, thea: User, theo: User, apply: Apply, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = 'Applications for a credential <span class="act-count">'
    assert link not in as_(thea).get("/moderation/cases").text
    apply(alice)
    apply(thea)
    assert f"{link}2<" in as_(thea).get("/moderation/cases").text
    assert f"{link}2<" in as_(bob).get("/moderation/cases").text
    assert link not in as_(theo).get("/moderation/cases").text
    monkeypatch.setattr(queries, "COUNTED_MOST", 1)
    assert queries.waiting_count(bob) == 1 and f"{link}99+<" in as_(bob).get("/moderation/cases").text
