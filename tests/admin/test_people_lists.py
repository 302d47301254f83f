"""An administrator finds people by name, former name and address, and in lists that an index serves each."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from forum.accounts import records
from forum.accounts.models import NameChange, User
from forum.admin import people_lists
from forum.core import audit
from forum.core.database import db, now, transaction
from forum.core.paging import cursor
from forum.core.text import skeleton
from forum.mail.models import Mail


def named(page: str) -> list[str]:
    """Return the user names of the people listed on a page."""
    return re.findall(r'<li class="person-row">.*?href="/admin/people/([^"]+)"', page, re.DOTALL)


def test_by_a_former_name(as_: Any, carol: User, alice: User) -> None:
    with transaction() as session:
        session.add(NameChange(user_id=alice.id, former="wonder", former_key=skeleton("wonder")))
    assert named(as_(carol).get("/admin/people?q=Wonder").text) == ["alice"]


def test_by_an_address_in_full_only(as_: Any, carol: User, alice: User, person: Any) -> None:
    person("late", email="late@example.org", email_key=None, standing="unconfirmed")
    admin = as_(carol)
    assert named(admin.get("/admin/people?q=ALICE@example.org").text) == ["alice"]
    assert named(admin.get("/admin/people?q=late@example.org").text) == ["late"]
    empty = admin.get("/admin/people?q=alice@example.or").text
    assert named(empty) == [] and "no account has this address" in empty


def test_no_list_shows_an_address(as_: Any, carol: User, alice: User) -> None:
    admin = as_(carol)
    for name in people_lists.LISTS:
        assert "@example.org" not in admin.get(f"/admin/people?list={name}").text, name


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("joined", {"created_at": "now"}),
        ("seen", {"signed_in_at": "now"}),
        ("unconfirmed", {"standing": "unconfirmed"}),
        ("waiting", {"standing": "waiting"}),
        ("closed", {"standing": "closed"}),
        ("suspended", {"suspended_until": "tomorrow"}),
        ("moderators", {"role": "moderator"}),
        ("admins", {"role": "admin"}),
        ("experts", {"is_expert": True}),
        ("trust-2", {"trust_level": 2}),
        ("bounced", {"bounces": 1}),
    ],
)
def test_each_list_holds_those_it_names(app: Any, person: Any, alice: User, name: str, facts: dict[str, Any]) -> None:
    moments = {"now": now(), "tomorrow": now() + timedelta(days=1)}
    facts = {key: moments.get(value, value) if isinstance(value, str) else value for key, value in facts.items()}
    person("sought", **facts)
    listed = [user.username for user in people_lists.page(name).items]
    assert listed[0] == "sought"
    assert ("alice" in listed) == (name == "joined")


def test_a_suspension_that_is_over_is_no_suspension(app: Any, person: Any) -> None:
    person("free", suspended_until=now() - timedelta(hours=1))
    assert people_lists.page("suspended").items == []


def test_since_a_day(as_: Any, carol: User, person: Any) -> None:
    person("old", created_at=now() - timedelta(days=9))
    person("new", created_at=now() - timedelta(days=2))
    day = (now() - timedelta(days=5)).date()
    assert [user.username for user in people_lists.page("joined", since=day).items] == ["new"]
    for nonsense in ("x", "2026-99-99", "0001-01-01", "9999-12-31", "%00"):
        assert as_(carol).get(f"/admin/people?list=joined&since={nonsense}").status_code in (200, 400)


@pytest.mark.parametrize("name", ["joined", "trust-1"])
def test_every_page_of_a_list_follows_the_one_before(app: Any, person: Any, name: str) -> None:
    moment = now() - timedelta(days=1)
    made = [person(f"one{number}", created_at=moment, trust_level=1).id for number in range(45)]
    seen, after = [], ""
    while True:
        page = people_lists.page(name, after)
        seen += [user.id for user in page.items]
        if not (after := page.next_cursor):
            break
    assert seen == made[::-1]
    assert people_lists.page(name, "nonsense").items


@pytest.mark.parametrize("name", people_lists.LISTS)
def test_an_index_serves_each_list_and_its_further_pages(app: Any, person: Any, name: str) -> None:
    """On SQLite; PostgreSQL would rather read a table of one page."""
    if db.engine.dialect.name != "sqlite":
        return
    moment = people_lists.LISTS[name].moment
    after = "9" if moment is None else cursor(now(), 9)
    for steps in plans(lambda: [people_lists.page(name), people_lists.page(name, after)]):
        assert (
            "USING INDEX" in steps
            and "TEMP B-TREE" not in steps
            and "SCAN users USING INDEX" in steps.replace("SEARCH", "SCAN")
        ), steps


def plans(read: Any) -> list[str]:
    """Return the plan of each statement on users that `read` runs."""
    ran: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM users" in statement:
            ran.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        read()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert ran
    connection = db.session.connection()
    explained = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values) for sql, values in ran]
    return [" ".join(row[-1] for row in rows) for rows in explained]


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        ("203.0.113.7", "203.0.113.0/24", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("203.0.11.7", "203.0.113.7", False),
        ("2001:db8:1:2::9", "2001:db8:1::/48", True),
        ("2001:db8:1:2::9", "2001:db8:2::9", False),
        ("2001:db8::9", "2001:db8:0:7::1", True),
        ("", "", False),
    ],
)
def test_who_signed_up_from_the_same_network(
    as_: Any, carol: User, person: Any, mine: str, theirs: str, same: bool
) -> None:
    one = person("one", signup_address=mine)
    person("two", signup_address=theirs)
    found = [user.username for user in records.from_same_network(one).items]
    assert ("two" in found) == same
    page = as_(carol).get("/admin/people/one/network")
    assert page.status_code == 200 and ("two" in named(page.text)) == same


def test_a_large_network_is_paged_and_its_index_used(app: Any, person: Any) -> None:
    made = {person(f"n{number}", signup_address=f"203.0.113.{number}").id for number in range(45)}
    one = db.session.get(User, min(made))
    assert one
    seen: list[int] = []
    last = None
    while True:
        page = records.from_same_network(one, last)
        seen += [user.id for user in page.items]
        if not page.next_cursor:
            break
        last = int(page.next_cursor)
    assert sorted(seen) == sorted(made)
    if db.engine.dialect.name == "sqlite":
        steps = plans(lambda: records.from_same_network(one))
        assert "ix_users_signup_network" in steps[-1] and "TEMP B-TREE" not in steps[-1]


def test_the_record_says_what_is_known(as_: Any, carol: User, person: Any, alice: User) -> None:
    person(
        "zoe", invited_by_id=alice.id, signup_address="203.0.113.7", trust_level=2, bounces=3, standing="unconfirmed"
    )
    person("twin", signup_address="203.0.113.8")
    page = as_(carol).get("/admin/people/zoe").text
    for words in ("zoe@example.org", 'href="/admin/people/alice"', "203.0.113.7", "2 accounts from this network",
                  "mail comes back", "address not confirmed", "Decisions about them", "What they accepted",
                  ):  # fmt: skip
        assert words in page, words


def test_all_sessions_are_ended(as_: Any, carol: User, alice: User) -> None:
    browser = as_(alice)
    assert browser.get("/settings/profile").status_code == 200
    assert as_(carol).send("/admin/people/alice/sessions/end").status_code == 303
    assert browser.get("/settings/profile").status_code == 303
    entry = db.session.scalars(select(audit.AuditEntry)).one()
    assert (entry.act, entry.target, entry.facts) == ("person.signed_out", f"person:{alice.id}", {})


def test_an_address_is_confirmed_by_hand(as_: Any, carol: User, person: Any) -> None:
    zoe = person("zoe", standing="unconfirmed", email_key=None, approved_at=now())
    admin = as_(carol)
    assert "Confirm the address by hand" in admin.get("/admin/people/zoe").text
    assert admin.send("/admin/people/zoe/confirm").status_code == 303
    db.session.refresh(zoe)
    assert (zoe.standing, zoe.email_key) == ("active", "zoe@example.org") and zoe.confirmed_at
    assert admin.send("/admin/people/zoe/confirm").status_code == 303
    assert [entry.act for entry in db.session.scalars(select(audit.AuditEntry))] == ["account.confirmed"]


def test_an_address_of_somebody_else_is_not(as_: Any, carol: User, alice: User, person: Any) -> None:
    zoe = person("zoe", standing="unconfirmed", email="alice@example.org", email_key=None)
    assert as_(carol).send("/admin/people/zoe/confirm").status_code == 409
    db.session.refresh(zoe)
    assert zoe.standing == "unconfirmed"


def test_a_link_to_set_a_new_password_is_sent(as_: Any, carol: User, alice: User, person: Any) -> None:
    assert as_(carol).send("/admin/people/alice/reset").status_code == 303
    letter = db.session.scalars(select(Mail)).one()
    assert (letter.template, letter.user_id, letter.address) == ("reset", alice.id, "alice@example.org")
    entry = db.session.scalars(select(audit.AuditEntry)).one()
    assert (entry.act, entry.target, entry.facts) == ("person.reset_sent", f"person:{alice.id}", {})
    person("zoe", email_key=None)
    assert as_(carol).send("/admin/people/zoe/reset").status_code == 422
