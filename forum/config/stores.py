"""How the forum talks to its stores: the database's address and engine, and Redis."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from forum.config.reading import UnsafeSetting

REDIS_PATIENCE_SECONDS = 0.25  # for one attempt; then limits and jobs do without Redis (checks.md RL-3)


def database_url(url: str, instance: Path) -> str:
    """Return the SQLAlchemy address: SQLite in `instance` by default, psycopg 3 for any postgres address."""
    if not url:
        return f"sqlite:///{instance / 'forum.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def replica_url(environ: Mapping[str, str]) -> str:
    """Return the SQLAlchemy address of the read replica, "" for none; raise UnsafeSetting when it can't be one."""
    url = database_url(environ.get("DATABASE_REPLICA_URL", ""), Path())
    if not environ.get("DATABASE_REPLICA_URL"):
        return ""
    both = (url, database_url(environ.get("DATABASE_URL", ""), Path()))
    if not all(each.startswith("postgresql") for each in both):
        raise UnsafeSetting(
            "DATABASE_REPLICA_URL is for a replica of PostgreSQL: it and DATABASE_URL begin with postgresql://."
        )
    return url


def replica_binds(url: str) -> dict[str | None, object]:
    """Return Flask-SQLAlchemy's further engines: the replica, if there is one, which refuses to write anything."""
    if not url:
        return {}
    options = engine_options(url)
    connecting = dict(options["connect_args"])  # type: ignore[call-overload]
    connecting["options"] += " -c default_transaction_read_only=on"
    return {"replica": {**options, "url": url, "connect_args": connecting}}


def engine_options(url: str) -> dict[str, object]:
    """Return SQLAlchemy's engine options: PostgreSQL heals cut connections and bounds every statement and lock."""
    # an error goes to the log, and must not take people's texts along; a connection that was just used has what it read
    quiet = {"hide_parameters": True, "pool_use_lifo": True}
    if not url.startswith("postgresql"):
        return dict(quiet)
    return {
        **quiet,
        "pool_pre_ping": True,
        "pool_size": 10,
        "pool_timeout": 5,
        "connect_args": {
            "connect_timeout": 3,
            # A network that is silent is found out, also by a worker, which waits for its statements without a limit.
            "tcp_user_timeout": 15_000,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "options": "-c statement_timeout=10000 -c lock_timeout=8000 -c timezone=UTC",
        },
    }


def redis_options() -> dict[str, object]:
    """Return how we talk to Redis: one short attempt, for redis-py's own three with pauses hold a page for seconds."""
    from redis.backoff import NoBackoff  # noqa: PLC0415 - Redis is an optional part
    from redis.retry import Retry  # noqa: PLC0415

    return {
        "socket_timeout": REDIS_PATIENCE_SECONDS,
        "socket_connect_timeout": REDIS_PATIENCE_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }
