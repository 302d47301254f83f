"""What a public forum must not run with: every unsafe setting, with one line on what to do about it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import current_app
from limits import parse_many
from sqlalchemy.engine import make_url

from forum.accounts import guardians, registration
from forum.accounts import queries as people
from forum.config import LIMITS, LOOPBACK, WEAK_KEY_LENGTH
from forum.core.diagnosis import Fact
from forum.entry.staff import with_second_factor
from forum.samples.seeding import accounts as sample_accounts

LEAST_SIGNS = 8  # different ones; fewer in so long a key means that somebody typed it
WIDE = 100  # so many times the default rate is as good as no limit
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def findings() -> Iterator[str]:
    """Yield what is unsafe for a public forum; a `Fact` is advice, everything else a danger.

    A development forum on this machine may be as it is.
    """
    if current_app.config["FORUM_ENV"] != "production":
        yield Fact("this is a development forum; what a public one would lack is said with FORUM_ENV=production")
        return
    for check in (keys, debugging, transport, neighbours, limits, doors, people_within, files):
        yield from check(current_app.config)


def keys(config: Any) -> Iterator[str]:
    """Yield what is wrong with the keys that sign forms and links; former ones are still believed."""
    key, former = str(config["SECRET_KEY"]), list(config["SECRET_KEY_FALLBACKS"])
    if _is_weak(key):
        yield f"SECRET_KEY is shorter than {WEAK_KEY_LENGTH} characters or repeats a few: make a random one"
    if any(map(_is_weak, former)):
        yield "SECRET_KEY_FALLBACKS holds a weak key, and what it signed is believed: take it out"
    if key in former:
        yield "SECRET_KEY is also among SECRET_KEY_FALLBACKS: it was not changed; make a new one"


def _is_weak(key: str) -> bool:
    return len(key) < WEAK_KEY_LENGTH or len(set(key)) < LEAST_SIGNS


def debugging(config: Any) -> Iterator[str]:
    """Yield switches that are for developers."""
    if config["DEBUG"]:
        yield "debug mode is on: its error pages let anybody run programs here; unset FLASK_DEBUG"
    if config["TESTING"]:
        yield "TESTING is on: errors are not caught; take the setting out"


def transport(config: Any) -> Iterator[str]:
    """Yield what can be listened to, or forged, between the reader and the forum."""
    if not config["SECURE_COOKIES"]:
        yield "SITE_URL is not https://: cookies travel in the clear; put a web server with TLS in front"
    is_public = config["HOST"] not in LOOPBACK
    if is_public and not config["TRUSTED_PROXIES"]:
        yield (
            f"HOST is {config['HOST']} without TRUSTED_PROXIES: the forum is reached without TLS, or all readers share "
            "one limit; listen on 127.0.0.1, or say how many proxies are in front"
        )
    if is_public and config["TRUSTED_PROXIES"]:
        yield Fact(
            f"HOST is {config['HOST']} and TRUSTED_PROXIES {config['TRUSTED_PROXIES']}: whoever reaches the port "
            "directly can invent an address; let only the proxy reach it"
        )


def neighbours(config: Any) -> Iterator[str]:
    """Yield what the forum lacks of servers beside it, and of somebody to write to."""
    if not config["CONTACT"]:
        yield "CONTACT is not set: people who object to a decision are told no address"
    if config["MAIL_SERVER"] is None:
        yield "SMTP_URL is not set: nobody gets mail, new passwords can't be asked for, and letters fail"
    workers = config["WEB_WORKERS"]
    if workers > 1 and not config["REDIS_URL"]:
        yield (
            f"WEB_WORKERS is {workers} without REDIS_URL: each counts alone, limits are {workers} times as wide; "
            "set REDIS_URL"
        )


def limits(config: Any) -> Iterator[str]:
    """Yield rate limits that are off, or so wide that they limit nothing."""
    if not config.get("RATELIMIT_ENABLED", True):
        yield "rate limits are off: passwords can be guessed without end; take RATELIMIT_ENABLED out"
    for name, limit in LIMITS.items():
        if _rate(config["LIMITS"][name]) > WIDE * _rate(limit.default):
            yield f"LIMIT_{name} is more than {WIDE} times its default ({limit.default}): narrow it"


def _rate(notation: str) -> float:
    """Return the strictest of several limits, in requests a second over the long run."""
    return min(item.amount / item.get_expiry() for item in parse_many(notation))


def doors(config: Any) -> Iterator[str]:
    """Yield how people come in."""
    mode = registration.mode(sends_mail=config["MAIL_SERVER"] is not None, production=True)
    if mode == registration.Mode.OPEN:
        yield Fact("anybody joins by filling in the form: spam comes that way; /admin/registration asks for more")
    if guardians.are_asked() and config["MAIL_SERVER"] is None:
        yield "children may join with a guardian's consent, and no letter can ask for it: set SMTP_URL, or refuse them"


def people_within(config: Any) -> Iterator[str]:
    """Yield accounts that open the forum to others: samples, and staff with a password alone."""
    del config
    if samples := len(sample_accounts()):
        yield f"{samples} sample accounts are here, with a password that everybody knows: start with an empty database"
    staff_ids = [person.id for person in people.staff()]
    if bare := len(staff_ids) - len(with_second_factor(staff_ids)):
        yield Fact(
            f"{bare} of {len(staff_ids)} moderators and administrators have no second factor (/settings/security)"
        )


def files(config: Any) -> Iterator[str]:
    """Yield folders and files that other users of this machine may read."""
    for path in _private(config):
        if path.exists() and (mode := stat.S_IMODE(path.stat().st_mode)) & _OTHERS:
            yield f"{path} can be read by other users of this machine ({mode:o}): chmod go= {path}"


def _private(config: Any) -> Iterator[Path]:
    """The folder shuts all within it away from others; what stands outside, or matters most, is looked at by itself."""
    folder = Path(config["FORUM_INSTANCE"])
    yield folder
    is_shut = folder.exists() and not folder.stat().st_mode & _OTHERS
    url = make_url(str(config["SQLALCHEMY_DATABASE_URI"]))
    database = Path(url.database).resolve() if url.drivername.startswith("sqlite") and url.database else None
    for path in (folder / "secret_key", folder / "jobs.db", database):
        if path is not None and not (is_shut and folder.resolve() in path.resolve().parents):
            yield path
