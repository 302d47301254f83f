"""The words that the forum and an engine share: what is indexed, what is asked, what comes back, what can fail."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

MAX_OFFSET = 200  # a reader who leafs past ten pages of twenty should ask again; deep paging costs every page before it


@dataclass(frozen=True, slots=True)
class Document:
    """One post as the index sees it. `id` is the post's; only an opening post has a `title`; `body` is plain text;
    `subtheme` is a slug; `lang` is "en", "zh" or ""; `created` is an aware datetime."""

    id: int
    title: str
    body: str
    subtheme: str
    author: str
    lang: str
    expert: bool
    thread_id: int
    created: datetime

    def __post_init__(self) -> None:
        if self.created.tzinfo is None:
            raise ValueError("created must know its time zone")


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody asks. `text` is taken as typed (see `question.parse`); each filter that is set narrows the
    answer. `after` and `before` are days in UTC, and both days belong to it. `limit` is 1 to 100 hits, `offset` at
    most MAX_OFFSET; what lies outside raises ValueError."""

    text: str
    subtheme: str | None = None
    author: str | None = None
    expert: bool = False
    after: date | None = None
    before: date | None = None
    lang: str | None = None
    sort: Literal["relevance", "newest"] = "relevance"
    limit: int = 20
    offset: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 100:
            raise ValueError("limit must be 1 to 100")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise ValueError(f"offset must be 0 to {MAX_OFFSET}")
        if self.sort not in ("relevance", "newest"):
            raise ValueError("sort must be relevance or newest")


@dataclass(frozen=True, slots=True)
class Hit:
    """One post found: its id, and a score that means something only beside the other scores of the same answer."""

    id: int
    score: float


@dataclass(frozen=True, slots=True)
class Results:
    """The hits in order; whether more follow; the time taken; and whether the time limit cut the search short, so
    that the hits are only what had been found by then."""

    hits: tuple[Hit, ...] = ()
    more: bool = False
    took_ms: float = 0.0
    timed_out: bool = False


class Reason(StrEnum):
    """Why an index can't answer."""

    MISSING = "missing"  # never built, or deleted
    DAMAGED = "damaged"  # truncated, unreadable, foreign
    OUTDATED = "outdated"  # written by another version of this package
    BUSY = "busy"  # another process writes; try again later
    UNREACHABLE = "unreachable"  # the database server is gone; it will come back
    UNWRITABLE = "unwritable"  # no room on the disk, or no permission


class IndexUnavailable(Exception):
    """The index can't answer; `reason` says why. Search pages say so and go on."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason

    @property
    def needs_rebuild(self) -> bool:
        """True where only `rebuild` helps; False where waiting does."""
        return self.reason in (Reason.MISSING, Reason.DAMAGED, Reason.OUTDATED)


class IndexBusy(IndexUnavailable):
    """Another writer holds the index longer than we wait; what was to be written must be written again later."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(Reason.BUSY, detail)


class SearchIndex(Protocol):
    """What an engine offers. Every method may raise IndexUnavailable and nothing else about the index's state;
    the writing ones may raise IndexBusy. The index is a cache of the database: anything can be rebuilt.

    An index comes into being at the end of a rebuild and in no other way: where one was never finished there is
    none (Reason.MISSING), so that an index which exists is whole."""

    def build(self) -> str:
        """The name of the index in use, another one after every rebuild; "" where there is none."""

    def put(self, documents: Iterable[Document]) -> None:
        """Index these posts in one commit, replacing what was there under the same ids. Repeating it is harmless."""

    def drop(self, ids: Iterable[int]) -> None:
        """Forget these posts in one commit. Unknown ids are no error."""

    def expunge(self) -> None:
        """Write anew what still holds words of posts that were dropped, where dropping only marks them."""

    def find(self, query: Query) -> Results:
        """Answer a question within the engine's time limit."""

    def rebuild(self, documents: Iterable[Document], progress: Callable[[int], None] | None = None) -> int:
        """Build the index anew beside the old one, then switch. Readers see the old one until the switch; killed
        half-way, the old one stays. `progress` gets the number of documents so far. Returns how many there are."""

    def mend(self, documents: Iterable[Document], suspect: str = "") -> bool:
        """Rebuild if the index can't answer, or is still the build `suspect` that failed somebody; return whether
        it was needed. Raises IndexBusy at once when another writes, who may be rebuilding."""

    def ids(self, after: int = 0, limit: int = 10_000) -> list[int]:
        """The ids of the posts in the index that are greater than `after`, ascending, at most `limit` of them."""

    def check(self) -> None:
        """Raise IndexUnavailable unless the index can answer."""

    def close(self) -> None:
        """Let go of files; the engine may be used again and opens them anew."""
