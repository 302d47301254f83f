"""AZ-1, C-3: every route answers each kind of viewer as tests/authorization.py says, with strict headers; a refusal
writes nothing and is a page that says why, reading does not even try to write (C-2), nobody but an admin reads another
person's address, and the elements of a page name each other rightly (tests/core/ids.py).
"""

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import pytest
from flask import Flask

from tests import session_matrix
from tests.authorization import Line, answer_of, asked, lines, route
from tests.core.ids import wrong_ids
from tests.keeping import Kept
from tests.security.strict_headers import SAME_FOR_EVERYBODY, missing
from tests.stage import SILENCED, THEME_MODERATORS, VIEWERS, Stage, put_stage_back, written

REFUSALS = {"login", "400", "401", "403", "404", "405", "409", "422"}
ROUTES = {name: list(group) for name, group in groupby(lines(), lambda line: f"{line.method} {line.path}")}


def _is_staffs(line: Line) -> bool:
    """Whether an office gives more here than taking part does; own flags, messages and appeals are something else."""
    office = line.path.startswith(
        ("/threads/", "/posts/", "/moderation/", "/admin/", "/sessions/", "/questions/", "/subthemes/", "/programme/")
    )
    return (
        office
        and not line.path.endswith(("/flags", "/appeal"))
        and line.expected("moderator") != line.expected("netizen")
    )


# Of the viewers those who see what others don't, for what is looked at in each page itself
SEEING_DIFFERENT_PAGES = ("anonymous", "author", "admin")
_ADDRESS = re.compile(r"(?<![\w.+-])([\w.+-]+)@[\w-]+\.[a-z]+")
READING = [name for name in ROUTES if name.startswith("GET")]
WRITING = [name for name in ROUTES if not name.startswith("GET")]


def test_the_table_has_every_route_and_no_other(app: Flask) -> None:
    routes = {
        f"{method} {route(rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert sorted(routes - set(ROUTES)) == [], "routes that tests/authorization.py does not speak of"
    assert sorted(set(ROUTES) - routes) == [], "lines of tests/authorization.py without a route"


def test_the_table_says_each_thing_once() -> None:
    said = [str(line) for line in lines()]
    assert len(said) == len(set(said))
    assert len(ROUTES) == len(list(groupby(lines(), lambda line: (line.method, line.path)))), "keep a route together"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", READING)
def test_reading(app: Flask, stage: Stage, name: str) -> None:
    assert _differences(app, stage, ROUTES[name]) == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # who may what is asked before any database
@pytest.mark.parametrize("name", WRITING)
def test_writing(app: Flask, stage: Stage, name: str) -> None:
    assert _differences(app, stage, ROUTES[name]) == []


# What moderators of the whole forum may and those of a sub-theme may not, although it lies there or has no place.
STAFFS_WHOLE = (
    "/admin/", "/moderation/messages", "/moderation/inside", "/moderation/screens", "/moderation/appeals",
    "/moderation/second", "/moderation/ranker", "/moderation/presets",
)  # fmt: skip
FOR_ALL = (*STAFFS_WHOLE, "/flags/")  # the last: bea's own flags
# What bea may not decide and thea may, or the other way round: her own post, and the one that she flagged.
ABOVE_THEME = {
    "by_bea": {"claim": "403", "decisions": "403", "handover": "403", "notes": "303", "read": "200"},
    "flagged_by_bea": {"claim": "303", "decisions": "303"},
    "beas": {"grant": "303", "decline": "303"},
}
OWN_DESK = {
    "GET /moderation/cases": "200",
    "GET /moderation/bulk": "200",
    "GET /moderation/credentials": "200",
    "POST /moderation/bulk": "303",  # with a line that says: no such case on your desk
    "GET /programme/<slug>/items/new": "200",  # they have a track of their own, and are not offered this one
    "POST /programme/<slug>/items/new": "422",
    "GET /moderation/bulk/<act_id>": "404",
    "POST /moderation/bulk/<act_id>/reverse": "404",
}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", [name for name in ROUTES if any(_is_staffs(line) for line in ROUTES[name])])
def test_moderators_of_one_sub_theme(app: Flask, stage: Stage, name: str) -> None:
    assert _differences(app, stage, ROUTES[name], {"theme_here": _here, "theme_elsewhere": _elsewhere}) == []


def _here(line: Line) -> str:
    """In their sub-theme they are what a moderator is, but for what belongs to the whole forum."""
    if line.path.startswith(FOR_ALL) or line.thing in ("archived", "elsewhere"):
        return _elsewhere(line)
    if line.path.endswith("/move") and line.thing != "missing":
        return "422"  # only into sub-themes of one's own, and here is no other
    if line.thing == "flagged_by_bea" and line.path.endswith("/handover"):
        return "200" if line.method == "GET" else "303"
    return ABOVE_THEME.get(line.thing, {}).get(line.path.rsplit("/", 1)[-1], line.expected("moderator"))


def _elsewhere(line: Line) -> str:
    """Elsewhere they are netizens, who have a desk without these cases."""
    if line.path.startswith(("/moderation/cases/", "/moderation/credentials/")) or line.path.endswith("/undo"):
        return "404"
    if line.thing == "nowhere":
        return line.expected("netizen")
    return OWN_DESK.get(f"{line.method} {line.path}", line.expected("netizen"))


# Where a netizen would say something and somebody silenced may not: what they are answered instead. A form that they
# also need for other things is shown again.
SAYING = {
    "GET /subthemes/<slug>/threads/new": "403",
    "POST /subthemes/<slug>/threads/new": "403",
    "POST /threads/<thread_id>/posts": "403",
    "POST /sessions/<session_id>/posts": "403",
    "POST /questions/<post_id>/support": "403",
    "GET /posts/<post_id>/flags": "403",
    "POST /posts/<post_id>/flags": "403",
    "GET /threads/<thread_id>/flags": "403",
    "POST /threads/<thread_id>/flags": "403",
    "GET /people/<username>/flags": "403",
    "POST /people/<username>/flags": "403",
    "GET /threads/<thread_id>/invite": "403",
    "POST /threads/<thread_id>/invite": "403",
    "POST /programme/items/<item_id>/sign-up": "403",
    "POST /invitations": "403",
    "POST /settings/profile": "422",
    "POST /settings/name": "422",
    "GET /experts/apply": "403",
    "POST /experts/apply": "403",
}
MALLORYS = ("mallorys", "kept")  # things of the netizen in the table


def _is_open_to_netizens(line: Line) -> bool:
    """Whether a netizen gets through with it: what refuses them refuses somebody silenced, too."""
    return line.expected("netizen") in ("200", "303") and line.thing not in MALLORYS


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "name", [name for name in sorted({*WRITING, *SAYING}) if any(_is_open_to_netizens(line) for line in ROUTES[name])]
)
def test_somebody_silenced_says_nothing_and_does_all_else(app: Flask, stage: Stage, name: str) -> None:
    """Appealing, one's own data, settings and leaving stay as they are; there is no other way to say something."""
    mine = [line for line in ROUTES[name] if _is_open_to_netizens(line)]
    assert _differences(app, stage, mine, {"silenced": _silenced}) == []


def _silenced(line: Line) -> str:
    return SAYING.get(f"{line.method} {line.path}", line.expected("netizen"))


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("phase", session_matrix.PHASES)
def test_who_may_do_what_in_each_state_of_a_session(app: Flask, stage: Stage, phase: str) -> None:
    things, kept = session_matrix.prepare(stage), Kept()
    clients = {person: stage.browser(app, name) for person, name in session_matrix.PEOPLE.items()}
    found = []
    for cell in (each for each in session_matrix.cells() if each.phase == phase):
        url, fields = session_matrix.request_of(cell, stage, things)
        with written() as wrote:
            answer = clients[cell.person].send(url, **fields)
        if answer_of(answer) not in ({"303"} if cell.is_done else REFUSALS):
            found.append(f"{cell}: {answer.status_code}")
        if wrote and not cell.is_done:
            found.append(f"{cell}: {answer.status_code}, and yet it wrote {wrote}")
        if wrote:
            kept.undo()
    assert found == []


def _differences(
    app: Flask, stage: Stage, group: list[Line], expected: dict[str, Callable[[Line], str]] | None = None
) -> list[str]:
    """Return where answers differ from the table, each cell asked with the stage as it was built.

    `expected` says it by rules for viewers that have no column of their own.
    """
    found = []
    by_rule = expected or {}
    for line in group:
        for viewer in by_rule or VIEWERS:
            answer, wrote, faults = _answer(app, stage, line, viewer)
            right = by_rule[viewer](line) if by_rule else line.expected(viewer)
            if answer != right:
                found.append(f"{line} for {viewer}: {answer}, not {right}")
            found += [f"{line} for {viewer}: {fault}" for fault in faults]
            if wrote and (answer in REFUSALS or line.method == "GET"):
                found.append(f"{line} for {viewer}: {answer}, and yet it wrote {wrote}")
            if wrote:
                put_stage_back()
    return found


def _answer(app: Flask, stage: Stage, line: Line, viewer: str) -> tuple[str, list[str], list[str]]:
    """Return what the viewer is answered, what was written, and what is wrong with the answer itself."""
    request, client = asked(line, stage, viewer), stage.client(app, viewer)
    fields = {"csrf_token": client.csrf_token(), **request.fields} if line.method != "GET" else None
    with written(tried=line.method == "GET") as wrote:
        answer = client.open(
            request.url,
            method=line.method,
            query_string=request.query,
            data=fields,
            headers={"Origin": "http://localhost", **request.headers},
            buffered=True,
        )
    return answer_of(answer), wrote, list(_faults(answer, line, viewer, str(request.fields)))


def _faults(answer: Any, line: Line, viewer: str, sent: str) -> Iterator[str]:
    """Yield what is wrong with an answer; `sent` is what the form of the request held, which may be shown again."""
    private = viewer not in ("anonymous", "suspended") and not line.path.startswith(SAME_FOR_EVERYBODY)
    if loose := missing(answer, private=private):
        yield f"headers {loose}"
    is_page = answer.content_type.startswith("text/html")
    if answer.status_code >= 400 and not (is_page and "<h1" in answer.text and "</html>" in answer.text):
        yield f"{answer.status_code} without a page that says why: {answer.text[:80]!r}"
    if is_page and viewer != "admin" and "<token>" not in line.path:  # a mailed link names the address it went to
        theirs = (VIEWERS | THEME_MODERATORS | SILENCED)[viewer]
        yield from (f"shows {name}@" for name in {*_ADDRESS.findall(answer.text)} - {theirs, *_ADDRESS.findall(sent)})
    if "<token>" in line.path:  # of a mailed link: a secret
        kept = answer.headers.getlist("Cache-Control"), answer.headers.getlist("Referrer-Policy")
        yield from [f"its address gets out: {kept}"] * (kept != (["no-store"], ["no-referrer"]))
    if line.method == "GET" and viewer != "suspended":  # whose cookie is taken back
        yield from (cookie for cookie in answer.headers.getlist("Set-Cookie") if "signin" in cookie)
    if line.method == "GET" and viewer in SEEING_DIFFERENT_PAGES and answer.content_type.startswith("text/html"):
        yield from wrong_ids(answer.text)
