"""Where rate limits are counted in memory: the library's own store, without a thread for each count."""

from __future__ import annotations

import time
from typing import Any

from limits.storage import MemoryStorage

TIDIED_SECONDS = 60.0


class QuietMemory(MemoryStorage):
    """Takes the place of the library's store under memory://, as the last one that names this scheme does.

    The library starts a thread for every count, to forget what is over; here the count itself does, once a minute.
    """

    STORAGE_SCHEME = ["memory"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str) -> None:
        self._tidied_at = time.monotonic()
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.timer.cancel()

    def _MemoryStorage__schedule_expiry(self) -> None:
        if time.monotonic() - self._tidied_at >= TIDIED_SECONDS:
            self._tidied_at = time.monotonic()
            forget: Any = self._MemoryStorage__expire_events  # type: ignore[attr-defined]
            forget()
