"""The public log as a page, as a feed and as files by month."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from forum.core import feeds, i18n, web
from forum.core.audit import head
from forum.core.database import now
from forum.core.errors import NotFound
from forum.core.paging import id_in
from moderation import rules
from moderation import wording as acts
from moderation.transparency import queries, sheets, wording
from moderation.transparency.choosing import Choice, chosen
from moderation.transparency.lines import Line, all_subthemes, lines

bp = Blueprint("public_log", __name__)


@bp.get("/moderation/log")
def show() -> Response:
    """Show what was decided, by which rule and in which role, to everybody; filtered by the address."""
    choice, before = _choice(), id_in(request.args.get("before"))
    found, subthemes = queries.entries(choice, before), all_subthemes()
    last, seal = head()
    return web.page(
        "moderation/log.html",
        lines=lines(found.entries, subthemes),
        looked_down_to=found.looked_down_to,
        choice=choice,
        groups=wording.grouped(),
        kinds=wording.KINDS,
        rules=rules.current().values(),
        roles=acts.ROLES,
        subthemes=subthemes.values(),
        last=last,
        seal=seal,
        this_month=queries.month_of(now()),
        feed=url_for(".feed", **choice.asked),
        older=url_for(".show", before=found.before, **choice.asked) if found.before else None,
        newest=url_for(".show", **choice.asked) if before else None,
    )


def _choice() -> Choice:
    return chosen(request.args, acts.ACTS, rules.current(), acts.ROLES)


@bp.get("/feeds/moderation-log.atom")
def feed() -> Response:
    """Return the newest rows that fit as an Atom feed; it takes the filters of the page."""
    choice = _choice()
    found = lines(queries.entries(choice).entries, all_subthemes())
    page = url_for(".show", **choice.asked)
    key = "/".join(["moderation-log", *(f"{name}={value}" for name, value in choice.asked.items())])
    return feeds.answer(feeds.Feed(key, gettext("Public moderation log"), page, [_entry(line) for line in found]))


def _entry(line: Line) -> feeds.Entry:
    place = line.subtheme.name(i18n.page_lang()) if line.subtheme else ""
    said = [str(line.rule), place, line.grounds, gettext("By: %(role)s", role=line.role)]
    seq = line.entry.seq
    return feeds.Entry(
        key=f"moderation-log/{seq}",
        title=gettext("No. %(number)s: %(what)s", number=seq, what=line.what),
        path=url_for(".show", kind="row", number=seq),
        updated=line.entry.at,
        summary=". ".join(filter(None, said)) + ".",
        category=line.entry.act,
    )


@bp.get("/moderation/log/<month>.csv")
def month_file(month: str) -> Response:
    """Return the rows of one month with everything that their hashes are made of, as a file."""
    bounds = queries.bounds_of(month)
    if bounds is None:
        raise NotFound
    last = queries.last_of(*bounds)
    answer = Response(mimetype="text/csv")
    answer.set_etag(f"{month}-{last[0]}-{last[1][:16]}" if last else month)
    answer.headers["Content-Disposition"] = f'attachment; filename="moderation-log-{month}.csv"'
    answer.make_conditional(request)
    if answer.status_code == 200:
        answer.response = sheets.lines(sheets.log_rows(queries.between(*bounds)))
        answer.headers.pop("Content-Length", None)
    return answer


@bp.get("/moderation/log/files")
def files() -> Response:
    """List the files, one for each month, and say how they are checked."""
    ends = queries.months()
    last, seal = head()
    context: dict[str, Any] = {"months": _months(*ends) if ends else [], "last": last, "seal": seal}
    return web.page("moderation/log_files.html", **context)


def _months(first: str, last: str) -> list[str]:
    """Return every month from the last to the first."""
    year, number = int(last[:4]), int(last[5:])
    found = []
    while f"{year:04}-{number:02}" >= first:
        found.append(f"{year:04}-{number:02}")
        year, number = (year, number - 1) if number > 1 else (year - 1, 12)
    return found
