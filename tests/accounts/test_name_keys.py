"""Keys of names that a former version stored are renewed; real look-alikes both stay, and are told."""

import pytest
from sqlalchemy import select, update

from forum.accounts import actions, name_keys, queries
from forum.accounts.models import User
from forum.accounts.refusals import BadField
from forum.core.database import db, transaction
from forum.core.text import skeleton

PASSWORD = "a bridge of seven arches"


def stored(name: str) -> str:
    return db.session.scalar(select(User.username_key).where(User.username == name)) or ""


def _of_old(person, *names: str) -> None:
    """Make accounts whose keys are their names, as they were before traditional was folded."""
    for name in names:
        user = person(f"old-{ord(name[0])}-{ord(name[1])}")
        with transaction() as session:
            session.execute(update(User).where(User.id == user.id).values(username=name, username_key=name))
    db.session.expunge_all()


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(name_keys, "BATCH", 2)


def test_keys_are_renewed_once(app, person, alice, statements):
    _of_old(person, "網民", "張三", "李四", "書生")
    assert name_keys.refresh() == []
    assert stored("網民") == skeleton("网民") == "网民"
    assert all(stored(name) == skeleton(name) for name in ("張三", "李四", "書生", "alice"))
    with statements() as seen:
        assert name_keys.refresh() == []
    assert not [one for one in seen if not one.lstrip().startswith("SELECT")]


def test_look_alikes_both_stay_and_are_told(app, person):
    _of_old(person, "网民", "網民", "張三", "張叁")
    assert name_keys.refresh() == [("網民", "网民")]
    assert (stored("网民"), stored("網民"), stored("張三")) == ("网民", "網民", "张三")
    assert name_keys.refresh() == [("網民", "网民")]


def test_of_two_old_names_with_one_look_the_older_gets_the_key(app, person):
    _of_old(person, "裏外", "裡外")
    assert name_keys.refresh() == [("裡外", "裏外")]
    assert (stored("裏外"), stored("裡外")) == ("里外", "裡外")


def test_a_key_that_becomes_free_is_taken(app, person):
    _of_old(person, "張三", "ab")
    with transaction() as session:
        session.execute(update(User).where(User.username == "ab").values(username_key="张三"))
    assert name_keys.refresh() == []
    assert (stored("張三"), stored("ab")) == ("张三", skeleton("ab"))


def test_both_look_alikes_sign_in_and_are_named_by_their_own_names(app, person):
    _of_old(person, "网民", "網民")
    name_keys.refresh()
    for name in ("网民", "網民"):
        assert queries.by_username(name).username == name
        assert actions.authenticate(name, PASSWORD).username == name
    assert queries.existing_names({"网民", "網民"}) == {"网民": "网民", "網民": "網民"}


def test_a_traditional_look_alike_is_not_registered(app, person):
    person("网民")
    with pytest.raises(BadField, match="taken"):
        actions.register("網民", "one@example.org", PASSWORD)
    assert queries.by_username("網民") is None, "a mere look-alike is not the person"


def test_setup_renews_them_and_tells(app, person):
    _of_old(person, "网民", "網民", "張三")
    answer = app.test_cli_runner().invoke(args=["setup"])
    assert answer.exit_code == 0
    assert "The names 網民 and 网民 look alike" in answer.output
    db.session.rollback()
    assert stored("張三") == "张三"
