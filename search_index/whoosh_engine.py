"""The embedded engine: Whoosh's files, one writer, one shared snapshot for reading in each process."""

import errno
import heapq
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TypeVar

from whoosh.index import LockError

from search_index import whoosh_writer
from search_index.interface import Document, IndexBusy, IndexUnavailable, Query, Reason, Results
from search_index.question import parse
from search_index.whoosh_folder import Folder
from search_index.whoosh_search import Search
from search_index.whoosh_segments import Snapshot

_Read = TypeVar("_Read")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
_NO_MEANS = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}


class WhooshIndex:
    """A search index in a folder. May be shared by the threads of a process, and by any number of processes.

    `time_limit` is how many seconds a question may take, `patience` how many a writer waits for another.
    An index from somebody else must never be opened, for Whoosh's files hold pickles: rebuild it instead.
    """

    def __init__(self, path: Path, time_limit: float = 2.0, patience: float = 5.0) -> None:
        self._folder = Folder(Path(path))
        self._time_limit = time_limit
        self._patience = patience
        self._turn = threading.Lock()  # the snapshot's files have one reading position each
        self._snapshot: Snapshot | None = None

    def build(self) -> str:
        """See SearchIndex."""
        return self._folder.in_use() or ""

    def put(self, documents: Iterable[Document]) -> None:
        """See SearchIndex."""
        latest = {document.id: document for document in documents}
        self._replace(list(latest.values()), set(latest))

    def drop(self, ids: Iterable[int]) -> None:
        """See SearchIndex."""
        self._replace([], set(ids))

    def find(self, query: Query) -> Results:
        """See SearchIndex. Threads take turns: Python would let only one of them count at a time anyway."""
        started = monotonic()
        question = parse(query.text)
        if not question:
            return Results()
        if not self._turn.acquire(timeout=max(0.0, self._time_limit)):
            return Results(timed_out=True, took_ms=(monotonic() - started) * 1000)
        try:
            left = started + self._time_limit - monotonic()  # opening what is new is no part of the question
            search = self._read(lambda snapshot: Search(snapshot, question, query, monotonic() + left).run())
        finally:
            self._turn.release()
        results = search.ranking.answer(search.candidates, query)
        return Results(results.hits, results.more, (monotonic() - started) * 1000, search.timed_out)

    def rebuild(self, documents: Iterable[Document], progress: Callable[[int], None] | None = None) -> int:
        """See SearchIndex. About 1,500 posts a second; other writers get IndexBusy meanwhile, so that no post
        written after `documents` was read is lost in the switch."""
        with self._folder.writing(self._patience):
            return self._rebuild(documents, progress)

    def mend(self, documents: Iterable[Document], suspect: str = "") -> bool:
        """See SearchIndex."""
        with self._folder.writing(0):
            if self.build() != suspect and self._answers():
                return False
            self._rebuild(documents)
            return True

    def ids(self, after: int = 0, limit: int = 10_000) -> list[int]:
        """See SearchIndex."""
        with self._turn:
            return self._read(lambda snapshot: heapq.nsmallest(limit, _living(snapshot, after)))

    def check(self) -> None:
        """See SearchIndex. Opens everything anew."""
        with self._turn:
            self._forget()
            self._read(lambda snapshot: snapshot.documents)

    def close(self) -> None:
        """See SearchIndex."""
        with self._turn:
            self._forget()

    def _answers(self) -> bool:
        try:
            self.check()
        except IndexUnavailable as error:
            return not error.needs_rebuild
        return True

    def _rebuild(self, documents: Iterable[Document], progress: Callable[[int], None] | None = None) -> int:
        """Write the next generation and switch to it; the caller holds the writer's lock."""
        with _no_room():
            generation = self._folder.new_generation()
            try:
                count = whoosh_writer.fill(generation, documents, progress)
            except BaseException:
                shutil.rmtree(generation, ignore_errors=True)
                raise
            self._folder.switch(generation)
            return count

    def _replace(self, documents: list[Document], ids: set[int]) -> None:
        with self._folder.writing(self._patience), _no_room(), self._turn:
            generation, numbers = self._read(lambda snapshot: (snapshot.generation, _numbers(snapshot, ids)))
            if not documents and not any(numbers):
                return
            with _blaming_the_index():
                whoosh_writer.replace(generation, documents, numbers)

    def expunge(self) -> None:
        """See SearchIndex. About 2,000 posts a second; other writers get IndexBusy meanwhile."""
        with self._folder.writing(self._patience), _no_room(), self._turn:
            generation, dropped = self._read(lambda snapshot: (snapshot.generation, any(snapshot.deleted)))
            if dropped:
                with _blaming_the_index():
                    whoosh_writer.rewrite(generation)
                self._forget()  # its files are still open here

    def _read(self, action: Callable[[Snapshot], _Read]) -> _Read:
        """What `action` makes of the latest snapshot; the caller has the turn. Tried twice more on any failure, for
        a commit or a rebuild may remove files between our looking and our opening."""
        for last in (False, False, True):
            try:
                return action(self._current())
            except IndexUnavailable:
                self._forget()
                if last:
                    raise
            except Exception as error:  # damaged files raise whatever their bytes lead to
                self._forget()
                if last and _is_out_of_means(error):
                    raise IndexBusy(type(error).__name__) from error
                if last:
                    raise IndexUnavailable(Reason.DAMAGED, type(error).__name__) from error
        raise AssertionError("unreachable")

    def _current(self) -> Snapshot:
        generation = self._folder.generation()
        before = self._snapshot
        if before is None or not before.is_current(generation):
            self._snapshot = Snapshot(generation, before)
            if before is not None:
                before.close(but=self._snapshot)
        assert self._snapshot is not None
        return self._snapshot

    def _forget(self) -> None:
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None


@contextmanager
def _blaming_the_index() -> Iterator[None]:
    """What fails in Whoosh while it writes: another writer, no room, or files that are not as they should be."""
    try:
        yield
    except LockError:
        raise IndexBusy("locked by another program") from None
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        raise IndexUnavailable(Reason.DAMAGED, type(error).__name__) from error
    except Exception as error:
        raise IndexUnavailable(Reason.DAMAGED, type(error).__name__) from error


@contextmanager
def _no_room() -> Iterator[None]:
    """A full or read-only disk is no damage: the index answers on, and a rebuild would not help."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise IndexUnavailable(Reason.UNWRITABLE, error.strerror or "") from error
        raise


def _is_out_of_means(error: Exception) -> bool:
    """Whether this process, and not the index, is at its end: a rebuild would only make it worse."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _NO_MEANS)


def _living(snapshot: Snapshot, after: int) -> Iterator[int]:
    for files, deleted in zip(snapshot.segments, snapshot.deleted, strict=True):
        yield from (id_ for number, id_ in enumerate(files.ids) if id_ > after and number not in deleted)


def _numbers(snapshot: Snapshot, ids: set[int]) -> list[list[int]]:
    """Under which numbers each segment holds these posts, as long as they are not deleted already."""
    return [
        [number for number, id_ in enumerate(files.ids) if id_ in ids and number not in deleted]
        for files, deleted in zip(snapshot.segments, snapshot.deleted, strict=True)
    ]
