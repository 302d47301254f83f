"""Experts: the directory that everybody reads, and the desk where an expert finds who waits for them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts.profiles import SECTORS
from forum.core import web
from forum.core.errors import Forbidden
from forum.core.paging import Page
from forum.experts import queries
from forum.experts.models import Credential
from forum.experts.wording import LANGUAGES, languages_of
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import open_subthemes
from forum.threads import directory, drafts, plugs, policy
from forum.threads.expert_queries import answered_lately
from forum.threads.lists import waiting
from forum.threads.models import AnswerDraft, Thread

bp = Blueprint("experts", __name__)

IN_DIRECTORY = 12  # experts of one sub-theme that the directory of all of them lists; then a link leads to the rest


@bp.get("/experts", endpoint="directory")
def everybody() -> Response:
    """List the experts whose credentials are in force: the first of each sub-theme, or all of one, page by page."""
    subthemes = open_subthemes()
    choice = _choice(subthemes)
    page: Page[Credential] = Page(())
    if choice.subtheme:
        page = directory.of_subtheme(choice.subtheme, choice, request.args.get("after", ""))
        groups = {choice.subtheme.id: list(page.items)}
    else:
        groups = directory.by_subtheme(subthemes, choice, IN_DIRECTORY + 1)
    longer = {place for place, group in groups.items() if len(group) > IN_DIRECTORY and not choice.subtheme}
    groups = {place: group[:IN_DIRECTORY] if place in longer else group for place, group in groups.items()}
    following = url_for(".directory", **choice.arguments, after=page.next_cursor) if page.next_cursor else None
    return web.page(
        "experts/directory.html",
        subthemes=subthemes,
        groups=groups,
        longer=longer,
        answered=directory.answered(credential for group in groups.values() for credential in group),
        answers_most=directory.MOST,
        choice=choice,
        sectors=SECTORS,
        languages=LANGUAGES,
        languages_of=languages_of,
        next_url=following,
        first_url=url_for(".directory", **choice.arguments) if "after" in request.args else None,
    )


def _choice(subthemes: Sequence[SubTheme]) -> directory.Choice:
    """Return what the address narrows the directory to; what is none of our values narrows nothing."""
    wanted = request.args.get("subtheme", "")
    sector, language = request.args.get("sector", ""), request.args.get("language", "")
    return directory.Choice(
        next((subtheme for subtheme in subthemes if subtheme.slug == wanted), None),
        sector if sector in SECTORS else "",
        language if language in LANGUAGES else "",
    )


@bp.get("/experts/desk")
@login_required
def desk() -> Response:
    """List what waits for an answer in my sub-themes, oldest first, and the answers I gave lately."""
    credentials = queries.in_force_of(current_user)
    if not credentials:
        raise Forbidden(gettext("This desk is for verified experts. You can apply for a credential in your settings."))
    after = request.args.get("after", "")
    page = waiting({credential.subtheme_id for credential in credentials}, after)
    return web.page(
        "experts/desk.html",
        credentials=credentials,
        panels=[] if after else plugs.panels(plugs.desk_panels, current_user),
        page=page,
        next_url=url_for(".desk", after=page.next_cursor) if page.next_cursor else None,
        first_url=url_for(".desk") if after else None,
        drafts=[] if after else _drafts(),
        answers=[] if after else answered_lately(current_user.id),
    )


def _drafts() -> list[tuple[AnswerDraft, Thread | None]]:
    """Return my drafts, each with its thread where I still see it."""
    mine = [(draft, draft.parent.thread) for draft in drafts.of_person(current_user.id)]
    return [(draft, thread if policy.sees_thread(current_user, thread) else None) for draft, thread in mine]
