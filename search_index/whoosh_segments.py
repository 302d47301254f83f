"""Reading a Whoosh index: its state after one commit, and the postings of each segment block by block.

Whoosh's own searchers walk a tree of matchers for every post: over 44,000 posts a question of ten common words took
them 65 ms, and a phrase of two 30 to 50. Here the postings are read 128 at a time and added up (see `whoosh_search`).
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from whoosh.columns import NumericColumn
from whoosh.index import TOC
from whoosh.reading import TermNotFound

from search_index.interface import IndexUnavailable, Reason
from search_index.whoosh_schema import SCHEMA
from search_index.whoosh_storage import Storage

INDEX_NAME = "posts"
_FORMATS = {name: SCHEMA[name].format for name in ("terms", "facets")}


class SegmentFiles:
    """One segment's postings and columns. Belongs to one thread at a time: its files have one reading position."""

    def __init__(self, folder: Path, segment: Any) -> None:
        self.name = segment.segment_id()
        self._sizes = segment.file_sizes
        self._folder = folder
        self._storage = Storage(str(folder))
        self.check()
        try:
            self._open(segment)
        except BaseException:
            self.close()
            raise

    def _open(self, segment: Any) -> None:
        columns = segment.codec().per_document_reader(self._storage, segment)
        self.ids = self._column(columns, "id", "q")
        self.created = self._column(columns, "created", "q")
        self.length = self._column(columns, "length", "i")
        self.newest = max(self.created, default=0)
        self.total_length = sum(self.length)
        self._storage.close_files()
        self._terms = segment.codec().terms_reader(self._storage, segment)

    @staticmethod
    def _column(per_document: Any, name: str, typecode: str) -> "array[int]":
        """A number for each post, read at once: Whoosh unpacks one after the other, a million in two seconds."""
        reader = per_document.column_reader(name, SCHEMA[name].column_type)
        if type(reader) is not NumericColumn.Reader:  # there is none: every post has the default
            return array(typecode, reader.load())
        # Numbers lie behind each other, as long as in an array; those at the end that are the default are not written.
        numbers: array[int] = reader._dbfile.get_array(reader._basepos, typecode, reader._count)
        numbers.extend([reader._default] * (per_document.doc_count_all() - len(numbers)))
        return numbers

    def check(self) -> None:
        """Raise IndexUnavailable if a file is gone or isn't as long as it was when it was written."""
        for name, size in self._sizes.items():
            try:
                found = (self._folder / name).stat().st_size
            except OSError as error:
                raise IndexUnavailable(Reason.DAMAGED, f"{name}: {error.strerror}") from error
            if found != size:
                raise IndexUnavailable(Reason.DAMAGED, f"{name} has {found} bytes of {size}")

    def frequency(self, term: str) -> int:
        """In how many posts a term occurs, deleted ones included."""
        key = ("terms", term.encode())
        return int(self._terms.doc_frequency(*key)) if key in self._terms else 0

    def blocks(
        self, field: str, term: str, skipped: int = 0, among: Sequence[int] = ()
    ) -> Iterator[tuple[Sequence[int], Sequence[float], Any]]:
        """The postings of a term, up to 128 at a time: numbers of posts, their weights, and a function that
        reads their values. A block is valid until the next one is asked for.

        Of the first `skipped` postings, only the blocks in which one of the posts `among` (sorted) may stand."""
        try:
            matcher = self._terms.matcher(field, term.encode(), _FORMATS[field])
        except TermNotFound:
            return
        passed = place = 0
        while matcher.is_active():
            passed += matcher._blocklength
            if passed <= skipped:  # by its head alone, which says how many posts there are, and the last of them
                before, place = place, bisect_right(among, matcher._maxid, place)
                if place == before:
                    matcher._next_block()
                    continue
            # Whoosh has no public way to take a whole block; posting by posting is four times slower.
            matcher._read_ids()
            matcher._read_weights()
            yield matcher._ids, matcher._weights, lambda m=matcher: (m._read_values(), m._values)[1]
            matcher._next_block()

    def close(self) -> None:
        """Close the files; the segment can't be read any more."""
        self._storage.close_files()


class Snapshot:
    """The index after one commit. Segments that the snapshot before had open are taken over from it."""

    def __init__(self, generation: Path, before: "Snapshot | None" = None) -> None:
        self.generation = generation
        self._storage = Storage(str(generation))
        try:
            contents = TOC.read(self._storage, INDEX_NAME, schema=SCHEMA)
        finally:
            self._storage.close_files()
        self.number = contents.generation
        self.deleted = [frozenset(segment.deleted_docs()) for segment in contents.segments]
        self.segments: list[SegmentFiles] = []
        known = {files.name: files for files in before.segments} if before and before.generation == generation else {}
        try:
            for segment in contents.segments:
                self.segments.append(known.get(segment.segment_id()) or SegmentFiles(generation, segment))
        except BaseException:
            self.close(but=before)
            raise
        self.documents = sum(len(files.ids) for files in self.segments)
        self.average_length = sum(files.total_length for files in self.segments) / (self.documents or 1) or 1.0

    def is_current(self, generation: Path) -> bool:
        """True if nothing was committed since. Raises IndexUnavailable if a file was damaged since."""
        if generation != self.generation or TOC._latest_generation(self._storage, INDEX_NAME) != self.number:
            return False
        for files in self.segments:
            files.check()
        return True

    def close(self, but: "Snapshot | None" = None) -> None:
        """Close the files of all segments that `but` doesn't hold too."""
        kept = {id(files) for files in but.segments} if but else set()
        for files in self.segments:
            if id(files) not in kept:
                files.close()
