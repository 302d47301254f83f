"""The queue of jobs where it is kept: Huey in memory, in a SQLite file or in Redis."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forum.config import redis_options

if TYPE_CHECKING:
    from huey.api import Huey

# Huey imports every database's library that it finds: 0.15 s and 14 MB in each process, of libraries that a forum on
# SQLite never uses.
_STORES = ("psycopg", "redis")


def in_memory() -> Huey:
    """Return a queue that ends with this process, for tests."""
    return _huey().MemoryHuey("forum", results=False, immediate=False)


def in_file(path: Path) -> Huey:
    """Return the queue in a SQLite file. Not synced: what a power cut loses the sweep finds (jobs.py)."""
    return _huey().SqliteHuey("forum", results=False, filename=str(path), fsync=False)


def in_redis(url: str) -> Huey:
    """Return the queue in Redis. Not blocking: waiting inside Redis needs a longer patience than a page has for it."""
    import redis  # noqa: PLC0415 - Redis is an optional part

    library = _huey()
    library.storage.Redis = library.storage.RedisStorage.redis_client = redis.Redis
    library.storage.ConnectionPool = redis.ConnectionPool
    library.storage.ConnectionError, library.storage.TimeoutError = redis.ConnectionError, redis.TimeoutError
    pool = redis.ConnectionPool.from_url(url, **redis_options())
    return library.RedisHuey("forum", results=False, blocking=False, connection_pool=pool)


def _huey() -> Any:
    with _as_if_missing(*_STORES):
        import huey.storage  # noqa: PLC0415 - not before the others are out of its sight

    return huey


@contextmanager
def _as_if_missing(*names: str) -> Iterator[None]:
    """Let `import name` fail in here as where it is not installed; what somebody has loaded before stays loaded."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is what the import system takes for it
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
