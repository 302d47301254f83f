"""Writing a Whoosh index: commits that stay short and leave few segments."""

import marshal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from whoosh.index import FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import NO_MERGE, PostingPool, SegmentWriter

from search_index.interface import Document
from search_index.whoosh_schema import SCHEMA, fields
from search_index.whoosh_segments import INDEX_NAME
from search_index.whoosh_storage import Storage

MERGE_FACTOR = 8  # so many segments of one size are merged into one of the next
MERGE_LIMIT = 10_000  # larger segments (about 5 s to merge) wait for a rebuild
_AT_ONCE = 1_000  # postings that are written to a sorted file, and read again, as one piece


class Pool(PostingPool):
    """Whoosh's pool of postings to be sorted, with files that hold many at a time: it pickles each by itself."""

    def _write_run(self, file: Any, items: Iterable[Any]) -> None:
        left = iter(items)
        while piece := list(islice(left, _AT_ONCE)):
            marshal.dump(piece, file)
        marshal.dump([], file)  # the end, so that a file cut off is seen
        file.close()

    def _read_run(self, path: str) -> Iterator[Any]:
        with self._open_run(path) as file:
            while piece := marshal.load(file):  # noqa: S302 - written above, by this process
                yield from piece
        self._remove_run(path)


class Writer(SegmentWriter):
    """Whoosh's writer, which also notes the length of each file, so that a truncated one is found at once."""

    def __init__(self, index: FileIndex, megabytes: int) -> None:
        """`megabytes`: how many it buffers before it sorts on disk."""
        super().__init__(index, compound=False)
        self.pool = Pool(self._tempstorage, self.newsegment, limitmb=megabytes)

    def _flush_segment(self) -> None:
        """Write the postings. Whoosh would look for the length of each one's field, by asking the disk for a file
        that is not there, for the fields of our schema keep no lengths (a post's stands in a column)."""
        self.perdocwriter.close()
        self.fieldwriter.add_postings(self.schema, None, self.pool.iter_postings())
        self.fieldwriter.close()

    def _finalize_segment(self) -> Any:
        segment = super()._finalize_segment()
        folder = Path(self.storage.folder)
        segment.file_sizes = {name: (folder / name).stat().st_size for name in segment.list_files(self.storage)}
        return segment


def create(generation: Path) -> None:
    """Make an empty index in a folder."""
    FileIndex.create(Storage(str(generation)), SCHEMA, INDEX_NAME)


def replace(generation: Path, documents: Iterable[Document], numbers: list[list[int]]) -> None:
    """Add documents and forget others in one commit: `numbers` names, for each segment, the posts to forget."""
    with _writing(generation, 64, merge_tiers) as writer:
        for segment, forgotten in zip(writer.segments, numbers, strict=True):
            for number in forgotten:
                segment.delete_document(number)
        for document in documents:
            writer.add_document(**fields(document))


def rewrite(generation: Path) -> None:
    """Write every segment from which something was dropped anew, without it."""
    with _writing(generation, 64, without_dropped):
        pass


def fill(generation: Path, documents: Iterable[Document], progress: Callable[[int], None] | None) -> int:
    """Write all documents into a new index as one segment; returns how many."""
    create(generation)
    count = 0
    with _writing(generation, 128, NO_MERGE) as writer:
        for count, document in enumerate(documents, 1):
            writer.add_document(**fields(document))
            if progress and count % 500 == 0:
                progress(count)
    return count


@contextmanager
def _writing(generation: Path, megabytes: int, merge: Callable[..., list[Any]]) -> Iterator[Writer]:
    """A writer that commits at the end, or cancels; it buffers so many megabytes before it sorts on disk."""
    storage = Storage(str(generation))
    writer: Writer | None = None
    try:
        writer = Writer(FileIndex(storage, SCHEMA, INDEX_NAME), megabytes)
        yield writer
        writer.commit(mergetype=merge)
    except BaseException:
        if writer is not None:
            with suppress(Exception):  # the first error is the one that tells
                writer.cancel()
        raise
    finally:
        storage.close_files()


def merge_tiers(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Whoosh's merge policy: which segments stay as they are. The others go into the one being written.

    Its own policy lets segments of a few posts pile up, or merges a large one for the sake of a small one.
    """
    kept: list[Any] = []
    for _, group in groupby(sorted(segments, key=_tier), key=_tier):
        tier = list(group)
        size = sum(segment.doc_count() for segment in tier)
        if size == 0 or (len(tier) >= MERGE_FACTOR and size <= MERGE_LIMIT):
            for segment in tier:
                _take_over(writer, segment)
        else:
            kept += tier
    return kept


def without_dropped(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """A merge policy: segments with dropped posts go into the one being written, the others stay as they are."""
    for segment in segments:
        if segment.has_deletions():
            _take_over(writer, segment)
    return [segment for segment in segments if not segment.has_deletions()]


def _tier(segment: Any) -> int:
    """0 for segments of up to 100 posts, 1 up to 1,000, and so on."""
    return max(0, len(str(max(segment.doc_count(), 1) - 1)) - 2)


def _take_over(writer: SegmentWriter, segment: Any) -> None:
    if segment.doc_count():
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
