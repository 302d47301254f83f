"""The reader's language and time zone, and the words for times."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates
from babel.core import get_global
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import LazyString, format_timedelta, get_locale, get_translations, gettext
from flask_login import current_user
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from forum.core import cookies
from forum.core.database import now

LANGUAGES = {"en": "English", "zh_Hans": "中文"}
COOKIE = "language"
LONGEST_HEADER = 500  # characters of Accept-Language that are read: no browser sends more, and the answer is remembered
NO_WISH = "en"  # the language of a browser that says nothing
_TAGS = {"en": "en", "zh_Hans": "zh-Hans"}


def choose_locale() -> str:
    """Return "en" or "zh_Hans": the switch in the header, else the account's setting, else the browser's wish."""
    if not has_request_context():
        return "en"
    if (chosen := cookies.read(COOKIE)) in LANGUAGES:
        return chosen
    if current_user and current_user.is_authenticated and current_user.language in LANGUAGES:
        return str(current_user.language)
    return wished_language("", request.headers.get("Accept-Language", ""))


def wished_language(chosen: str, accepted: str) -> str:
    """Return the language of a visitor: the one that the switch's cookie names, else the browser's header's."""
    return chosen if chosen in LANGUAGES else _wish(accepted[:LONGEST_HEADER])


@lru_cache(maxsize=512)
def _wish(accepted: str) -> str:
    header = parse_accept_header(accepted, LanguageAccept)
    wish = header.best_match(["en", "zh", "zh-CN", "zh-TW", "zh-HK", "zh-Hans", "zh-Hant"], NO_WISH)
    return "zh_Hans" if wish and wish.startswith("zh") else "en"


def choose_timezone() -> str:
    """Return the name of the reader's time zone; UTC for anonymous readers (and the page says so)."""
    reader = current_user._get_current_object() if has_request_context() else None  # each attribute looks for them anew
    if reader and reader.is_authenticated:
        return reader.timezone or "UTC"
    return "UTC"


def zone(name: str) -> tzinfo:
    """Return the zone called `name`, or UTC when this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def locale_name() -> str:
    """Return the locale of this page as "en" or "zh_Hans"."""
    locale: Locale | None = get_locale()
    return "zh_Hans" if locale and locale.language == "zh" else "en"


def page_lang() -> str:
    """Return the language tag of this page for HTML: "en" or "zh-Hans"."""
    return _TAGS[locale_name()]


def gap() -> str:
    """Return what stands between two sentences: a space; in Chinese nothing, for the full stop has room enough."""
    return "" if locale_name() == "zh_Hans" else " "


def site_name() -> str:
    """Return the operator's SITE_NAME, or the default in the page's language."""
    return current_app.config["SITE_NAME"] or gettext("Gathering")


def catalogue() -> Any:
    """Return the words of this page's language; Flask-Babel looks for them anew at each of a page's two hundred words.

    It goes by the locale in force, so that letters and calendars in another language (`force_locale`) find theirs.
    """
    try:
        page = g._flask_babel  # where Flask-Babel keeps what it knows of this page
        locale, words = page.catalogue
        if locale is page.babel_locale:
            return words
    except (AttributeError, RuntimeError):  # the first word of a page, or no page at all
        pass
    words = get_translations()
    if g and (locale := get_locale()) is not None:
        g._flask_babel.catalogue = locale, words
    return words


def use_catalogue(app: Flask) -> None:
    """Let templates ask `catalogue` for their words."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda one: catalogue().ugettext(one),
        ngettext=lambda one, many, count: catalogue().ungettext(one, many, count),
        newstyle=True,
        pgettext=lambda place, one: catalogue().upgettext(place, one),
        npgettext=lambda place, one, many, count: catalogue().unpgettext(place, one, many, count),
    )


def escape_lazy_words() -> None:
    """Let a lazy sentence be escaped where it is printed, like every other string: it may hold a person's words.

    Flask-Babel's `__html__` returns the bare sentence, which tells Jinja, WTForms and flashes that it is HTML already.
    It is put right in the class, so that nobody has to remember which kind of string is handed to a page.
    """
    LazyString.__html__ = _as_html


def _as_html(words: LazyString) -> Markup:
    return escape(str(words))


def ago(moment: datetime) -> str:
    """Return a moment in words relative to now, such as "3 hours ago"; never in the future, never in seconds."""
    seconds = min((moment - now()).total_seconds(), 0)
    if seconds > -45:
        return gettext("just now")
    return format_timedelta(moment - now(), granularity="minute", add_direction=True, threshold=1.2)


FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)  # the end of what has none


def exact(moment: datetime, timezone: str = "") -> str:
    """Return a moment to the minute with its zone's city, for tooltips and records; in the reader's zone by default."""
    if moment >= FOR_GOOD:
        return gettext("further notice")
    return _exactly(moment, timezone or choose_timezone(), get_locale() or Locale("en"))


@lru_cache(10_000)
def _exactly(moment: datetime, name: str, locale: Locale) -> str:
    day = dates.format_date(moment.astimezone(zone(name)), "medium", locale=locale)
    minute = dates.format_time(moment, "short", tzinfo=zone(name), locale=locale)
    return f"{day} {minute} ({name if name == 'UTC' else city(name, locale)})"


def clock(moment: datetime) -> str:
    """Return the time of day of a moment that is near, in the reader's zone."""
    return dates.format_time(moment, "short", tzinfo=zone(choose_timezone()), locale=get_locale() or Locale("en"))


def city(name: str, locale: Locale) -> str:
    """Return what the city of the time zone `name` is called.

    CLDR keeps that of a renamed zone (Kyiv, Kolkata) under the zone's former name, where babel, which goes by the
    present one, does not look.
    """
    aliases = get_global("zone_aliases")
    present = aliases.get(name, name)
    for known in (name, present, *(former for former, new in aliases.items() if new == present)):
        if words := locale.time_zones.get(known, {}).get("city"):
            return str(words)
    return name.rpartition("/")[2].replace("_", " ")  # English, where CLDR says only what differs from the name
