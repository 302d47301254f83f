"""People found by name, many at once and by the beginning of their names."""

from typing import Any

from forum.accounts import queries
from forum.accounts.models import User
from forum.core.database import db


def test_mentioned_names_are_found_in_one_statement(person: Any, statements: Any) -> None:
    for name in ("alice", "周敏", "Zoë_K"):
        person(name, email=None, email_key=None)
    with statements() as seen:
        found = queries.existing_names({"Alice", "周敏", "zoë_k", "nobody", "a1ice", "x\x00y"})
    assert found == {"alice": "alice", "周敏": "周敏", "zoë_k": "Zoë_K"}
    assert len(seen) == 1
    assert queries.existing_names(set()) == {}


def test_a_name_is_found_in_any_case_and_a_look_alike_is_not(alice: User) -> None:
    found = queries.by_username("ALICE")
    assert found and found.id == alice.id
    assert queries.by_username("a1ice") is None
    assert queries.by_username("") is None


def test_people_are_paged_by_name(person: Any) -> None:
    for number in range(45):
        person(f"reader_{'acdefgh'[number // 7]}{'acdefgh'[number % 7]}")
    person("zoe")
    seen: list[str] = []
    after = ""
    while True:
        page = queries.named_like("Reader", after)
        seen += [user.username for user in page.items]
        after = page.next_cursor
        if not after:
            break
    assert len(seen) == len(set(seen)) == 45
    assert "zoe" not in seen
    assert not queries.named_like("%").items and not queries.named_like("_z").items


def test_the_search_by_beginning_is_served_by_the_index(app: Any, person: Any) -> None:
    """On SQLite; PostgreSQL would rather read a table of one page."""
    if db.engine.dialect.name != "sqlite":
        return
    plan = db.session.connection().exec_driver_sql(
        "EXPLAIN QUERY PLAN SELECT * FROM users WHERE username_key >= 'a' AND username_key < 'a\U0010ffff' "
        "ORDER BY username_key LIMIT 21"
    )
    steps = " ".join(row[-1] for row in plan)
    assert "USING INDEX" in steps and "TEMP B-TREE" not in steps and "SCAN" not in steps
