"""The files that Whoosh opens, and its lock. It leaves them whenever a step fails; here all are known and let go."""

from typing import Any

from whoosh.filedb.filestore import FileStorage


class Storage(FileStorage):
    """A folder of Whoosh's whose open files can all be closed at once, and whose locks released.

    A writer that fails at its own end holds its lock until Python finds it as garbage: for good, if the worker rests.

    Files are read, not mapped: Whoosh copies a mapped index into the memory of each process, and a mapped file that
    somebody truncates kills the process.
    """

    def __init__(self, folder: str) -> None:
        super().__init__(folder, supports_mmap=False)
        self._opened: list[Any] = []
        self._locks: list[Any] = []

    def open_file(self, name: str, **options: Any) -> Any:
        """A file to read."""
        return self._remember(super().open_file(name, **options))

    def create_file(self, name: str, **options: Any) -> Any:
        """A file to write."""
        return self._remember(super().create_file(name, **options))

    def temp_storage(self, name: str | None = None) -> "Storage":
        """A folder inside this one; its files are closed with ours."""
        inner = Storage(super().temp_storage(name).folder)
        inner._opened = self._opened
        return inner

    def lock(self, name: str) -> Any:
        """A lock that nobody has yet."""
        self._locks.append(super().lock(name))
        return self._locks[-1]

    def close_files(self) -> None:
        """Close what is still open. (`close`, which each of Whoosh's readers calls when it is done, does nothing.)"""
        while self._opened:
            file = self._opened.pop()
            if not file.is_closed:
                file.close()
        while self._locks:
            lock = self._locks.pop()
            if lock.fd is not None:  # as Whoosh says that it is held
                lock.release()

    def _remember(self, file: Any) -> Any:
        self._opened = [known for known in self._opened if not known.is_closed]
        self._opened.append(file)
        return file
