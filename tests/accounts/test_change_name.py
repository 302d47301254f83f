"""Another user name: who may take which and how often, and where the former one leads."""

from typing import Any

import pytest

from forum.accounts import actions as accounts
from forum.accounts import name_actions, queries
from forum.accounts.models import NameChange, User
from forum.accounts.refusals import BadField
from forum.config import NAME_PAUSE
from forum.core.database import db
from forum.search.actions import rebuild
from forum.search.comparison import differences
from forum.threads import actions
from forum.threads.models import Post, Thread
from tests.people import PASSWORD


def rename(browser: Any, name: str, **fields: Any) -> Any:
    return browser.send("/settings/name", username=name, **fields)


def test_a_name_is_changed_and_the_former_one_leads_to_it(client: Any, as_: Any, alice: User) -> None:
    browser = as_(alice)
    assert rename(browser, " 爱丽丝_Wu ").status_code == 303
    db.session.refresh(alice)
    assert alice.username == "爱丽丝_Wu"
    assert client.get("/people/爱丽丝_wu").status_code == 200
    for former in ("/people/alice", "/people/ALICE", "/people/alice?before=9"):
        moved = client.get(former)
        assert (moved.status_code, moved.location) == (301, "/people/%E7%88%B1%E4%B8%BD%E4%B8%9D_Wu")
        assert "no-cache" in moved.headers["Cache-Control"], "for she may take it back"
    assert client.get("/people/al1ce").status_code == 404, "a look-alike leads nowhere"
    assert "alice" in browser.get("/settings/name").text


def test_she_signs_in_by_the_new_one(client: Any, as_: Any, alice: User) -> None:
    rename(as_(alice), "alice_of_the_lake")
    assert client.send("/login", username="alice_of_the_lake", password=PASSWORD).status_code == 303


def test_old_mentions_lead_to_her_and_new_ones_of_the_old_name_too(
    client: Any, as_: Any, alice: User, ann: User, thread: Thread
) -> None:
    old = actions.post_reply(thread, ann, "What do you say, @alice?")
    rename(as_(alice), "wu_of_the_lake")
    assert 'href="/people/alice"' in old.html
    assert client.get("/people/alice").location == "/people/wu_of_the_lake"
    new = actions.post_reply(thread, ann, "And now, @alice?")
    assert 'href="/people/wu_of_the_lake"' in new.html


def test_search_follows(client: Any, as_: Any, alice: User, work: Any, thread: Thread) -> None:
    rebuild()  # other tests left posts of theirs in the index
    work()
    rename(as_(alice), "wu_of_the_lake")
    assert db.session.query(Post).filter(Post.indexed_version != Post.index_version).count() == 1, "owed, hers alone"
    work()
    assert not differences() and differences().owed == 0
    for author in ("wu_of_the_lake", "alice", "ALICE"):
        assert "Who checks the ranking?" in client.get(f"/search?q=feed&author={author}").text
    assert "Who checks the ranking?" not in client.get("/search?q=feed&author=ann").text


def test_once_in_thirty_days(as_: Any, alice: User, clock: Any) -> None:
    browser = as_(alice)
    assert rename(browser, "alice_one").status_code == 303
    refused = rename(browser, "alice_two")
    assert refused.status_code == 422 and "every 30 days" in refused.text and "again on" in refused.text
    clock.move(days=NAME_PAUSE.days - 1, hours=23)
    with pytest.raises(BadField):
        name_actions.change_name(alice, "alice_two")
    clock.move(hours=2)
    assert name_actions.change_name(alice, "alice_two")


def test_admins_are_not_bound(carol: User) -> None:
    assert [name_actions.change_name(carol, name) for name in ("carol_a", "carol_b", "carol")] == [True] * 3


def test_the_same_name_again_changes_nothing(as_: Any, alice: User) -> None:
    assert rename(as_(alice), "alice").status_code == 303
    assert db.session.query(NameChange).count() == 0
    assert rename(as_(alice), "Alice").status_code == 303, "another way to write it is a change"
    assert db.session.query(NameChange).count() == 1


def test_she_may_take_her_former_name_back(client: Any, as_: Any, alice: User, clock: Any) -> None:
    name_actions.change_name(alice, "wu")
    clock.move(days=31)
    name_actions.change_name(alice, "alice")
    assert client.get("/people/alice").status_code == 200
    assert client.get("/people/wu").location == "/people/alice"


@pytest.mark.parametrize("name", ["alice", "ALICE", "a1ice", "аlice", "ａlice", "álice"])
def test_nobody_takes_a_name_that_is_or_was_anothers(
    client: Any, as_: Any, alice: User, mallory: User, name: str
) -> None:
    def tried() -> list[int]:
        fields = {"username": name, "email": "zoe@example.org", "password": "seven quiet rivers"}
        return [rename(as_(mallory), name).status_code, client.send("/register", **fields).status_code]

    assert tried() == [422, 422], "she bears it"
    name_actions.change_name(alice, "wu_of_the_lake")
    assert tried() == [422, 422], "she bore it"
    assert db.session.query(User).filter_by(username="mallory").count() == 1


def test_the_operator_can_not_give_it_away_either(alice: User) -> None:
    name_actions.change_name(alice, "wu_of_the_lake")
    with pytest.raises(BadField):
        accounts.register("alice", "x@example.org", "seven quiet rivers", by_operator=True)


@pytest.mark.parametrize(
    "name", ["", "x", "a" * 31, "admin", "Gathering", "管理员", "two words", "rm -rf", "a__b", "1234"]
)
def test_what_can_not_be_a_name_is_refused(as_: Any, alice: User, name: str) -> None:
    refused = rename(as_(alice), name)
    assert refused.status_code == 422 and 'class="field-error"' in refused.text
    db.session.refresh(alice)
    assert alice.username == "alice"


def test_nobody_shows_the_former_name_of_an_expert(as_: Any, dr_chen: User, mallory: User) -> None:
    name_actions.change_name(dr_chen, "chen_wei")
    answer = as_(mallory).send("/settings/profile", display_name="Dr Chen", bio="", language="", timezone="")
    assert answer.status_code == 422 and "has this name" in answer.text


def test_strangers_and_the_suspended_change_none(client: Any, as_: Any, alice: User, sam: User) -> None:
    assert rename(client, "zoe").status_code == 401
    assert rename(as_(sam), "zoe").status_code == 401
    assert as_(alice).post("/settings/name", data={"username": "zoe"}).status_code == 400


def test_extra_fields_change_nothing(as_: Any, alice: User, ann: User) -> None:
    rename(
        as_(alice), "wu", user_id=str(ann.id), role="admin", former="ann", display_name="Ann", changed_at="2001-01-01"
    )
    change = db.session.query(NameChange).one()
    assert (change.user_id, change.former) == (alice.id, "alice")
    db.session.refresh(alice)
    assert (alice.role, alice.display_name) == ("netizen", "Alice")


def test_moderators_see_former_names_others_do_not(
    client: Any, as_: Any, alice: User, ann: User, bob: User, carol: User
) -> None:
    rename(as_(alice), "wu_of_the_lake")
    for reader in (client, as_(ann), as_(alice)):
        assert "@alice" not in reader.get("/people/wu_of_the_lake").text
    assert "@alice" in as_(bob).get("/people/wu_of_the_lake").text
    assert "alice" in as_(carol).get("/admin/people/wu_of_the_lake").text


def test_a_name_is_taken_once_by_two_at_the_same_time(alice: User, ann: User) -> None:
    """The unique column decides; the one who comes second is told as if they had come a day later."""
    name_actions.change_name(alice, "riverside")
    assert queries.is_name_taken("riverside", ann.id) and not queries.is_name_taken("riverside", alice.id)
    with pytest.raises(BadField):
        name_actions.change_name(ann, "r1verside")
