"""Changing what one says about oneself: looked at by screens and silences, rendered, and stored."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts import policy, queries, screening
from forum.accounts.models import PROFILE_PARTS, User
from forum.accounts.profiles import About
from forum.accounts.refusals import BadField
from forum.accounts.silences import why_silent
from forum.accounts.youth import UNLISTED
from forum.core import markup
from forum.core.database import must_lock, transaction
from forum.core.errors import Busy


def edit_profile(
    user: User, *, display_name: str, bio: str, language: str, timezone: str, about: About | None = None
) -> None:
    """Change what the person says about themselves; raise `BadField` for a name that imitates, a costly bio, a silence.

    Without `about` the sector, place, links, languages and what is private stay as they are.
    """
    if display_name != user.display_name:
        _check_display_name(user, display_name)
    rendered = _rendered_bio(bio)
    if rendered.is_blank:
        bio, rendered = "", _rendered_bio("")
    _screen_profile(user, display_name, rendered if bio != user.bio else None, about)
    with transaction():
        person = must_lock(User, user.id)
        _let_nobody_silenced_speak(person, display_name, bio, about)
        person.display_name = display_name
        person.bio, person.bio_html, person.render_version = bio, rendered.html, rendered.version
        person.language, person.timezone = language, timezone
        if about:
            person.sector, person.place, person.speaks = about.sector, about.place, about.speaks
            asked = (*PROFILE_PARTS, UNLISTED)
            kept = [part for part in person.private if part not in asked]  # chosen elsewhere: no messages
            person.links, person.private = list(about.links), [p for p in asked if p in about.private] + kept


def _let_nobody_silenced_speak(person: User, name: str, bio: str, about: About | None) -> None:
    """Raise `BadField` where somebody silenced would say something else of themselves; the rest they may change."""
    if (why := why_silent(person)) is None:
        return
    said: dict[str, tuple[Any, Any]] = {"display_name": (name, person.display_name), "bio": (bio, person.bio)}
    if about is not None:
        said |= {"sector": (about.sector, person.sector), "place": (about.place, person.place)}
        said |= {"speaks": (about.speaks, person.speaks), "link_1": (list(about.links), person.links)}
    for field, (wanted, present) in said.items():
        if wanted and wanted != present:
            raise BadField(field, why)


def _screen_profile(user: User, name: str, bio: Any | None, about: About | None) -> None:
    """Raise `BadField` for what moderators let nobody say about themselves; what stood there already may stay."""
    screening.check("display_name", user, [name] if name != user.display_name else [])
    if bio is not None:
        screening.check("bio", user, [bio.text], bio.links)
    if about is not None:
        screening.check("place", user, [about.place] if about.place != user.place else [])
        screening.check("speaks", user, [about.speaks] if about.speaks != user.speaks else [])
        screening.check("link_1", user, [], [link for link in about.links if link not in user.links])


def _check_display_name(user: User, name: str) -> None:
    if not name or user.is_moderator:
        return
    if policy.is_reserved(name) or policy.imitates_badge(name):
        raise BadField(
            "display_name", _l("This name reads like a role or a badge of the forum. Please choose another.")
        )
    if any(other.id != user.id for other in queries.staff_or_experts_named(name)):
        raise BadField("display_name", _l("An expert or moderator has this name. Please choose another."))


def _rendered_bio(bio: str) -> Any:
    try:
        return markup.render(bio)
    except markup.NoTurn as error:
        raise Busy(
            _l("The forum is busy with other texts right now. Nothing is lost: please try again in a few seconds.")
        ) from error
    except markup.TooDeep as error:
        raise BadField("bio", _l("This text is nested too deeply to be shown. Please simplify it.")) from error
    except markup.TooCostly as error:
        raise BadField(
            "bio", _l("This text is built too intricately to be shown. Use fewer marks, or make it shorter.")
        ) from error
