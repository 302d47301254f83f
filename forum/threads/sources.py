"""The sources of an expert's answer: links with titles under it, each address by the rule for links in posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core.errors import Refused
from forum.core.markup.unquoting import MARK
from forum.core.markup.websites import website
from forum.threads import writing
from forum.threads.models import Post

MOST = 10
TITLE_LIMIT = 200
ADDRESS_LIMIT = 1_000

Source = dict[str, str]  # "title" and "address", as the column `posts.sources` keeps them
CUT: Source = {"title": MARK, "address": ""}  # stands where a moderator has cut one out


def clean(rows: Iterable[tuple[str, str]], author: User | None = None) -> list[Source]:
    """Return pairs of title and address as they are stored, without the empty ones; with an author also rewritten.

    Raises Refused, naming the source by its number, for a missing title, an address that a post would not link, or
    more than MOST.
    """
    filled = [(title.strip(), address.strip()) for title, address in rows if title.strip() or address.strip()]
    if len(filled) > MOST:
        raise Refused(_l("At most %(most)s sources are possible.", most=MOST))
    return [_source(number, *row, author) for number, row in enumerate(filled, 1)]


def _source(number: int, title: str, address: str, author: User | None) -> Source:
    if not title:
        raise Refused(_l("Source %(number)s has no title: say what is to be found there.", number=number))
    href = website(address, ADDRESS_LIMIT)
    if not href:
        raise Refused(
            _l("The address of source %(number)s can’t be a link. It begins with https:// or http://.", number=number)
        )
    try:
        return {"title": writing.clean_line(title, TITLE_LIMIT, author), "address": href}
    except Refused as refusal:
        raise Refused(_l("Source %(number)s: %(problem)s", number=number, problem=refusal.message)) from refusal


def as_typed(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return pairs as a draft keeps them, unfinished as they may be; raise Refused for more or longer than possible."""
    filled = [(title, address) for title, address in rows if title.strip() or address.strip()]
    if len(filled) > MOST:
        raise Refused(_l("At most %(most)s sources are possible.", most=MOST))
    return [(_line(title, TITLE_LIMIT), _line(address, ADDRESS_LIMIT)) for title, address in filled]


def _line(typed: str, limit: int) -> str:
    return writing.clean_line(typed, limit) if typed.strip() else ""


def pairs(sources: Sequence[Source] | None) -> list[tuple[str, str]]:
    """Return stored sources as pairs of title and address, without the marks of those that were cut out."""
    return [(source["title"], source["address"]) for source in sources or () if not is_cut(source)]


def is_cut(source: Source) -> bool:
    """Whether it is the mark of one that was cut out: no source lacks its address."""
    return not source["address"]


def with_cuts(given: list[Source], post: Post) -> list[Source]:
    """Return an author's sources with the marks of those that were cut out, each at its place, while the cut stands.

    The form does not show the marks, so that whoever changes nothing changes nothing.
    """
    marked = list(given)
    for place, source in enumerate(post.sources if post.is_redacted else ()):
        if is_cut(source):
            marked.insert(place, source)
    return marked


def checked(sources: Sequence[Source], credential_id: int | None) -> list[Source]:
    """Return the sources of a post; raise Refused when it carries no credential, for then it has none."""
    if sources and credential_id is None:
        raise Refused(_l("Only an answer with a credential has sources of its own. Put these links into your text."))
    return list(sources)
