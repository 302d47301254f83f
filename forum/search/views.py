"""The results page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext
from flask_login import current_user
from wtforms.fields import SelectChoice as Choice

from forum.accounts.queries import by_former_name, by_username
from forum.config import PAGE_SIZE
from forum.core.i18n import page_lang
from forum.core.limits import limited
from forum.core.paging import id_in
from forum.core.web import page
from forum.search.actions import ask_to_mend
from forum.search.forms import SearchForm
from forum.search.queries import Answer, find
from forum.subthemes.queries import open_subthemes
from search_index.interface import MAX_OFFSET, IndexUnavailable, Query

bp = Blueprint("search", __name__)
_NOBODY = "~"  # stands in no name that anybody can choose
FILTERS = ("q", "subtheme", "author", "lang", "after", "before", "sort", "expert")
LAST_PAGE = MAX_OFFSET // PAGE_SIZE + 1


def _row() -> str:
    return "SEARCH" if current_user.is_authenticated else "SEARCH_ANONYMOUS"


def _asks_nothing() -> bool:
    return not request.args.get("q", "").strip()


@bp.get("/search")
@limited(_row, methods=("GET",), unless=_asks_nothing)
def results() -> Response:
    """Show what was found, with what was asked kept in the form."""
    form = _form()
    number = _page_number()
    if not form.validate():
        return page("search/results.html", 422, form=form, answer=None, number=number)
    if not form.q.data:
        return page("search/results.html", form=form, answer=None, number=number)
    try:
        answer = find(_query(form, number), current_user.id)
    except IndexUnavailable as error:
        ask_to_mend(error)
        return page("search/results.html", form=form, answer=None, number=number, rebuilding=True)
    return page("search/results.html", form=form, answer=answer, number=number, **_neighbours(number, answer))


def _form() -> SearchForm:
    form = SearchForm(formdata=request.args)
    named = [Choice(subtheme.slug, subtheme.name(page_lang())) for subtheme in open_subthemes()]
    form.subtheme.choices = [Choice("", gettext("All sub-themes")), *named]
    return form


def _page_number() -> int:
    return min(id_in(request.args.get("page")) or 1, LAST_PAGE)


def _query(form: SearchForm, number: int) -> Query:
    return Query(
        text=form.q.data,
        subtheme=form.subtheme.data or None,
        author=_present_name(form.author.data),
        expert=form.expert.data,
        after=form.after.data,
        before=form.before.data,
        lang=form.lang.data or None,
        sort=form.sort.data,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )


def _present_name(author: str) -> str | None:
    """Return under which name the index knows them: posts of somebody who changed theirs are found by either.

    Visitors get no list of what somebody unlisted wrote (accounts.youth), as they don't get that person's page.
    """
    bearer = (by_username(author) or by_former_name(author)) if author else None
    if bearer and bearer.is_unlisted and not current_user.is_authenticated:
        return _NOBODY
    return bearer.username if bearer else author or None


def _neighbours(number: int, answer: Answer) -> dict[str, Any]:
    """Return the addresses of the page before and after, with the question kept."""
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name in FILTERS}
    return {
        "previous_url": url_for("search.results", **kept, page=number - 1) if number > 1 else None,
        "next_url": url_for("search.results", **kept, page=number + 1) if answer.more and number < LAST_PAGE else None,
    }
