"""Pages that are compressed before they are asked for: each reader gets just their own, and gzip reads it."""

import gzip
import random
import zlib

import pytest

from forum.core.pagecache import marks
from forum.core.pagecache.layouts import Layout
from forum.core.pagecache.marks import Skeleton, Slot

TOKENS = {"csrf": b"c" * 91, "form_token": b"f" * 73}


def skeleton(*parts: bytes | Slot) -> Skeleton:
    return Skeleton(tuple(parts))


POST = b"<article>the same words again and again, in each of the posts of this page</article>"
PAGE = skeleton(
    b"<title>A thread</title>", Slot("name"), POST, Slot("csrf"), POST,
    Slot("new", skeleton(b"<p>", Slot("name"), b" has ", Slot("deep", skeleton(b"something ")), b"new</p>")),
    POST, Slot("csrf"), POST, Slot("form_token"),
)  # fmt: skip


def packed(page: Skeleton, values: dict[str, object]) -> bytes:
    """The page as it comes the third time for those who are shown the same."""
    layout = page.layout(values)
    for _ in range(2):
        layout.gzipped(values, layout.fill(values))
    found = layout.gzipped(values, layout.fill(values))
    assert found is not None
    return found


def test_a_page_is_packed_when_it_is_asked_for_again():
    values = {"name": b"Ann", **TOKENS}
    layout = PAGE.layout(values)
    page = layout.fill(values)
    assert page == b"<title>A thread</title>Ann" + POST + b"c" * 91 + POST * 2 + b"c" * 91 + POST + b"f" * 73
    assert layout.gzipped(values, page) is None, "what is asked for once is not worth it"
    body = layout.gzipped(values, page)
    assert body is not None and gzip.decompress(body) == page and len(body) < len(page)
    assert PAGE.layout(values) is layout


def test_each_reader_gets_their_own_whatever_its_length():
    chance = random.Random(7)
    for _ in range(200):
        name = bytes(chance.randrange(32, 127) for _ in range(chance.choice((0, 3, 3, 3, 40, 300))))
        shown = {part: True for part in ("new", "deep") if chance.random() < 0.5}
        values = {"name": name, **{key: chance.randbytes(len(token)) for key, token in TOKENS.items()}, **shown}
        layout = PAGE.layout(values)
        page = layout.fill(values)
        assert (body := layout.gzipped(values, page)) is None or gzip.decompress(body) == page
    assert all(layout._packed is not None for layout in PAGE._layouts.values())


def test_parts_are_shown_to_whom_they_are_shown():
    both = PAGE.layout({"name": b"Ann", "new": True, "deep": True, **TOKENS})
    one = PAGE.layout({"name": b"Ann", "new": True, **TOKENS})
    none = PAGE.layout({"name": b"Ann", "deep": True, **TOKENS})
    values = {"name": b"Ann", **TOKENS}
    assert b"<p>Ann has something new</p>" in both.fill(values)
    assert b"<p>Ann has new</p>" in one.fill(values) and b"<p>" not in none.fill(values)


def test_what_is_shown_to_few_is_laid_out_for_them_alone_and_not_kept():
    page = skeleton(*(Slot(f"unread-{number}", skeleton(b"dot")) for number in range(10)))
    for number in range(10):
        assert page.layout({f"unread-{number}": True}).fill({}) == b"dot"
    assert len(page._layouts) <= marks.LAYOUTS


def test_a_secret_is_not_compressed_with_anybodys_words():
    """Words like the token make the answer neither shorter nor longer than other words of their length (BREACH)."""
    token = random.Random(1).randbytes(60).hex().encode()
    sizes = set()
    for guess in (token, token[::-1], token[:40] + token[:80]):
        page = skeleton(b"<p>", guess, b"</p>", POST * 3, Slot("csrf"), POST, guess)
        sizes.add(len(packed(page, {"csrf": token})))
    assert max(sizes) - min(sizes) <= 60, "as far as they are like themselves"
    before = skeleton(b"<p>", b"x" * 120, b"</p>", POST, Slot("csrf"), POST, token)
    after = skeleton(b"<p>", b"x" * 120, b"</p>", POST, Slot("csrf"), POST, token[::-1])
    assert abs(len(packed(before, {"csrf": token})) - len(packed(after, {"csrf": token}))) <= 2


def test_what_comes_behind_a_secret_still_refers_to_what_stands_before():
    one, two = skeleton(POST, Slot("csrf")), skeleton(POST, Slot("csrf"), POST)
    grown = len(packed(two, TOKENS)) - len(packed(one, TOKENS))
    assert grown < len(POST) / 4
    varied = Layout([POST, "csrf", POST])
    for length in (3, 5, 7):
        values = {"csrf": b"c" * length}
        body = varied.gzipped(values, varied.fill(values))
    assert body is not None and zlib.decompress(body, 31) == varied.fill(values)


def test_those_who_were_asked_for_last_are_kept():
    page = skeleton(POST, *(Slot(f"unread-{number}", skeleton(b"dot")) for number in range(5)), POST)
    for number in range(5):
        page.layout({f"unread-{number}": True})
    body = packed(page, {"unread-4": True})
    assert gzip.decompress(body) == POST + b"dot" + POST
    for number in (0, 1):
        page.layout({f"unread-{number}": True})
    assert page.layout({"unread-4": True}).gzipped({}, POST + b"dot" + POST) == body
    assert len(page._layouts) == marks.LAYOUTS


@pytest.mark.parametrize("length", [65_535, 65_536, 200_000])
def test_a_long_value_may_come_again_and_again(length):
    layout, values = Layout([POST, "value", POST]), {"value": b"v" * length}
    page = layout.fill(values)
    bodies = [layout.gzipped(values, page) for _ in range(4)]
    assert bodies[0] is None and all(body is None or gzip.decompress(body) == page for body in bodies)
    assert (bodies[-1] is None) == (length > 65_535)


@pytest.mark.parametrize("length", [0, 1, 65_535, 65_536, 200_000])
def test_a_value_of_any_length(length):
    layout = Layout([POST, "value", POST])
    layout.gzipped({"value": b"abc"}, layout.fill({"value": b"abc"}))
    layout.gzipped({"value": b"abcd"}, layout.fill({"value": b"abcd"}))
    values = {"value": b"v" * length}
    body = layout.gzipped(values, layout.fill(values))
    assert (body is None) == (length > 65_535) and (body is None or gzip.decompress(body) == layout.fill(values))
