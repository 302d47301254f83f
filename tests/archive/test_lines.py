"""Each line of a file is taken as the format says, or refused with its number and a reason."""

import json
from typing import Any

import pytest

from forum.archive.records import BadLine, parse
from tests.archive.discussions import at, person, post, subtheme, thread

LINK = {"title": "The rule", "address": "https://law.example.org/"}


def line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def test_texts_are_normalised():
    record = parse(7, line(post(body="  \nCafe\u0301\u202e\r\n\r\n二\u0000  \n")))
    assert record.fields["body"] == "Café\n\n二"
    assert (record.kind, record.id, record.line) == ("post", "p1", 7)


def test_times_become_utc():
    record = parse(1, line(post(created="2021-11-01T16:00:00+08:00")))
    assert record.fields["created"].isoformat() == "2021-11-01T08:00:00+00:00"


def test_a_mark_of_byte_order_is_taken_at_the_beginning_only():
    assert parse(1, b"\xef\xbb\xbf" + line(person())).id == "u1"
    with pytest.raises(BadLine, match="line 2: is not JSON"):
        parse(2, b"\xef\xbb\xbf" + line(person()))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{not json", "is not JSON"),
        (b'{"kind":"post","id":"\xff"}', "is not UTF-8"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "is not an object"),
        (line({"kind": "poll", "id": "x"}), "'kind' must be one of person, subtheme, thread, post"),
        (line({"kind": ["post"], "id": "x"}), "'kind' must be one of"),
        (line(post(stars=5)), "unknown key 'stars'"),
        (line({**post(), "body": 5}), "'body' must be a text"),
        (line(post(body=" \u200b ")), "'body' is empty"),
        (line(post(body="长" * 32_001)), "'body' has 32001 characters, at most 32000 are possible"),
        (line(thread(title="x" * 201)), "'title' has 201 characters, at most 200"),
        (line(post(id="x" * 101)), "'id' has 101 characters"),
        (line({**post(), "id": 5}), "'id' must be a text"),
        (line({**post(), "author": None}), "'author' must be a text"),
        (line(post(created="yesterday")), "'created' must be a time such as"),
        (line(post(created="2021-11-01T08:00:00")), "'created' must be a time with its zone"),
        (line(post(created="0001-01-01T00:00:00+14:00")), "'created' must lie between 1970 and today"),
        (line(post(created="2999-01-01T00:00:00Z")), "'created' must lie between 1970 and today"),
        (line(post(expert="yes")), "'expert' must be true or false"),
        (line(post(sources=[LINK])), "'sources' stands at a post that is no expert's answer"),
        (line(post(expert=True, sources=[{"title": "A"}])), "'sources' must be a list of"),
        (line(post(expert=True, sources=[LINK | {"address": "javascript:alert(1)"}])), "'sources' can't be taken"),
        (line(post(expert=True, sources=[LINK] * 11)), "'sources' can't be taken: At most 10"),
        (line(post(expert=True, correction="x" * 501, corrected=at(9))), "'correction' has 501 characters"),
        (line(post(expert=True, correction="It was four.")), "'correction' needs 'corrected'"),
        (line(post(expert=True, chosen=at(9))), "'chosen' needs 'chosen_by'"),
        (line(post(score=1.5)), "'score' must be a whole number"),
        (line(post(score=2**31)), "'score' must be a whole number"),
        (line(post(score=True)), "'score' must be a whole number"),
        (line(post(lang="fr")), "'lang' must be one of en, zh"),
        (line(thread(views=-1)), "'views' must not be negative"),
        (line(thread(tags="a")), "'tags' must be a list of texts"),
        (line(person(username="a b")), "'username' is no user name (characters)"),
        (line(person(username=None)), "'username' must be a text"),
        (line(person(role="king")), "'role' must be one of netizen, expert, moderator, admin"),
        (line(person(name="n" * 41)), "'name' has 41 characters"),
        (line(subtheme(slug="No Slug")), "'slug' must be small letters"),
        (line(subtheme(name={"fr": "Loi"})), "'name' must be"),
    ],
)
def test_a_wrong_line_is_named(bad: bytes, reason: str):
    with pytest.raises(BadLine) as caught:
        parse(12, bad)
    assert str(caught.value).startswith("line 12: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize("whole", [person(), subtheme(), thread(), post()])
def test_every_required_key_is_missed(whole: dict[str, Any]):
    parse(1, line(whole))
    for name in set(whole) - {"kind"}:
        with pytest.raises(BadLine, match=f"'{name}' is missing"):
            parse(1, line({key: value for key, value in whole.items() if key != name}))
