"""What is different for young people, as a table: each rule for each band, seen by each kind of person."""

from collections.abc import Callable
from typing import Any

import pytest

from forum.accounts import youth
from forum.accounts.models import Role, User, Visitor
from forum.accounts.youth import Band
from forum.core.database import db
from forum.messages import policy as messages
from forum.notifications.models import Notification
from forum.search.actions import rebuild
from forum.threads.actions import post_reply, start_thread
from moderation.flags import flag_post
from moderation.models import Case
from moderation.queries import open_case_of
from moderation.scoring import FIRST_POINTS
from tests.discussions import opening_of

People = Callable[..., User]
sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no rule of a database

ABOUT = {"young": Band.YOUNG, "child": Band.CHILD, "adult": Band.ADULT, "unknown": Band.UNKNOWN}
VIEWERS: dict[str, dict[str, Any]] = {
    "netizen": {"trust_level": 1},
    "minor": {"trust_level": 1, "age_band": "young"},
    "expert": {"is_expert": True},
    "young expert": {"is_expert": True, "age_band": "young"},
    "theme moderator": {"moderates": (1,)},
    "moderator": {"role": Role.MODERATOR},
    "admin": {"role": Role.ADMIN},
}
# Who begins a talk in private with whom, as far as ages decide. Visitors can't, with nobody.
APPROACH = {
    "young": {"minor", "moderator", "admin"},
    "child": {"minor", "moderator", "admin"},
    "adult": set(VIEWERS),
    "unknown": set(VIEWERS),
}


@sqlite
@pytest.mark.parametrize("about", ABOUT)
def test_who_begins_to_talk_with_whom(person: People, about: str) -> None:
    other = person("other", age_band=ABOUT[about], trust_level=1)
    assert not messages.may_start(Visitor(), other, ())
    for name, facts in VIEWERS.items():
        by = person(name.replace(" ", "_"), **facts)
        assert messages.may_start(by, other, ()) == (name in APPROACH[about]), name


@sqlite
@pytest.mark.parametrize("about", ABOUT)
def test_who_reads_whose_page(person: People, client: Any, as_: Any, subtheme: Any, about: str) -> None:
    """Unlisted: for visitors no page, no link at the name, no list of what they wrote; for members as ever."""
    other = person("other", age_band=ABOUT[about])
    thread = start_thread(subtheme, other, "Who checks the ranking?", "Nobody tells us how a zebrafeed is ranked.")
    rebuild()
    is_open = about in ("adult", "unknown")
    answer = client.get("/people/other")
    assert answer.status_code == (200 if is_open else 303)
    assert is_open or answer.location.startswith("/login")
    page = client.get(f"/threads/{thread.id}/{thread.slug}").text
    assert "other" in page and ('href="/people/other"' in page) == is_open
    found = client.get("/search?q=zebrafeed&author=other").text
    assert ("zebrafeed" in found.replace('value="zebrafeed"', "").partition("<main")[2]) == is_open
    assert "Who checks the ranking?" in client.get("/search?q=zebrafeed").text, "public words are found by all"
    for name, facts in VIEWERS.items():
        browser = as_(person(name.replace(" ", "_"), **facts))
        page = browser.get("/people/other").text
        assert ("noindex" in page) is not is_open, name
        assert 'href="/people/other"' in browser.get(f"/threads/{thread.id}/{thread.slug}").text, name


@sqlite
def test_grown_ups_may_choose_the_same_so_that_it_says_nothing_of_an_age(alice: User, client: Any) -> None:
    assert client.get("/people/alice").status_code == 200
    alice.private = [youth.UNLISTED]
    db.session.commit()
    assert client.get("/people/alice").status_code == 303


@sqlite
@pytest.mark.parametrize("act", ["THREAD", "REPLY", "CONVERSATION", "MESSAGE", "FLAG", "EDIT"])
def test_which_row_counts_whom(person: People, act: str) -> None:
    capped = act in {"THREAD", "REPLY", "CONVERSATION", "MESSAGE"}
    for about, band in ABOUT.items():
        for name, facts in VIEWERS.items():
            one = person(f"{about}_{name}".replace(" ", "_"), **{**facts, "age_band": band})
            gentle = capped and about in ("young", "child") and not one.is_staff
            assert youth.row(act, one) == (f"{act}_YOUNG" if gentle else ""), (about, name)
    assert youth.row(act, Visitor()) == ""


@pytest.mark.parametrize("about", ABOUT)
def test_cases_by_and_about_the_young_come_first(person: People, ann: User, subtheme: Any, about: str) -> None:
    other = person("other", age_band=ABOUT[about])
    comes_first = about in ("young", "child")
    theirs = post_reply(start_thread(subtheme, ann, "A thread", "An opening."), other, "Theirs.")
    flag_post(theirs, ann, "abuse")
    anns = opening_of(start_thread(subtheme, ann, "Another", "Flagged by a grown-up, then by them."))
    flag_post(anns, person("adult"), "abuse")
    before = _case(anns).score
    flag_post(anns, other, "abuse")
    assert _case(theirs).comes_first is comes_first
    assert _case(anns).comes_first is comes_first
    gained = _case(anns).score - before
    assert (gained > FIRST_POINTS) is comes_first


def _case(post: Any) -> Case:
    found = open_case_of(post.id)
    assert found
    return found


@sqlite
def test_the_desk_says_that_it_comes_first_and_not_why(
    person: People, ann: User, bob: User, as_: Any, subtheme: Any
) -> None:
    mia = person("mia", age_band="young")
    post = opening_of(start_thread(subtheme, mia, "A thread", "An opening."))
    flag_post(post, ann, "abuse")
    page = as_(bob).get(f"/moderation/cases/{_case(post).id}").text
    assert "Comes first" in page
    assert not any(word in page for word in ("14 to 17", "young", "Young"))


@sqlite
def test_one_post_of_somebody_young_calls_five_people(person: People, ann: User, subtheme: Any, work: Any) -> None:
    named = [person(f"friend{number}") for number in range(7)]
    thread = start_thread(subtheme, ann, "A thread", "An opening.")
    for by, told in (
        (person("mia", age_band="young", trust_level=2), 5),
        (person("max", age_band="adult", trust_level=2), 7),
    ):
        post = post_reply(thread, by, " ".join(f"@{one.username}" for one in named))
        work()
        assert db.session.query(Notification).filter_by(post_id=post.id, kind="mention").count() == told
