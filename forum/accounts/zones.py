"""Time zones to choose from: one for each part of the world that people name, out of the hundreds that exist."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from flask_babel import get_locale, gettext

from forum.core import i18n
from forum.core.database import now

_NAMES = """
Asia/Shanghai Asia/Hong_Kong Asia/Macau Asia/Taipei Asia/Urumqi Asia/Singapore Asia/Kuala_Lumpur Asia/Tokyo Asia/Seoul
Asia/Ulaanbaatar Asia/Bangkok Asia/Ho_Chi_Minh Asia/Jakarta Asia/Manila Asia/Yangon Asia/Dhaka Asia/Kolkata
Asia/Kathmandu Asia/Karachi Asia/Tashkent Asia/Almaty Asia/Kabul Asia/Tehran Asia/Dubai Asia/Riyadh Asia/Jerusalem
Europe/Istanbul Europe/Moscow Europe/Kyiv Europe/Helsinki Europe/Athens Europe/Bucharest Europe/Warsaw Europe/Berlin
Europe/Paris Europe/Rome Europe/Madrid Europe/Amsterdam Europe/Stockholm Europe/London Europe/Dublin Europe/Lisbon
Africa/Cairo Africa/Nairobi Africa/Lagos Africa/Johannesburg Africa/Casablanca
Atlantic/Reykjavik America/Sao_Paulo America/Buenos_Aires America/Santiago America/Lima America/Bogota
America/Mexico_City America/St_Johns America/Halifax America/New_York America/Chicago America/Denver America/Phoenix
America/Los_Angeles America/Anchorage Pacific/Honolulu
Australia/Perth Australia/Darwin Australia/Brisbane Australia/Adelaide Australia/Sydney Pacific/Auckland
"""
ZONES = tuple(_NAMES.split())


def choices() -> list[tuple[str, str]]:
    """Return (name of the zone, words for it in the page's language), from west to east by today's clocks."""
    return [("", gettext("UTC, the world's common time")), *_named(str(get_locale() or "en"), now().date().isoformat())]


def words(name: str) -> str:
    """Return what people read for a zone that somebody has: its hours today and its city, in the page's language."""
    return _label(name, str(get_locale() or "en"))[-1]


@lru_cache(maxsize=8)
def _named(locale: str, _today: str) -> list[tuple[str, str]]:
    """Today's list in one language; kept for the day, since summer time moves it."""
    return [(name, label) for _minutes, _place, name, label in sorted(_label(name, locale) for name in ZONES)]


def _label(name: str, locale: str) -> tuple[int, str, str, str]:
    """Return (minutes from UTC today, city, name, words): what zones are sorted by, and what they are called."""
    offset = now().astimezone(i18n.zone(name)).strftime("%z")
    minutes = int(offset[0] + "1") * (int(offset[1:3]) * 60 + int(offset[3:5]))
    place = i18n.city(name, Locale.parse(locale))
    return minutes, place, name, f"UTC{offset[:3]}:{offset[3:]} · {place}"
